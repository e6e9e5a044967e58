import should from 'should'
import { modelPoints, recogniseThingModel } from '../../lib/enos'
import { workbook } from './archive'
import { apiModel, exportedModel } from './models'

describe('The measurement points of a model file', () => {
  const pointsOf = (model: object) => modelPoints(recogniseThingModel(Buffer.from(JSON.stringify(model)), 'model.json'))

  it('are read from both dialects, with name, type, unit and range', () => {
    should(pointsOf(exportedModel)).deepEqual([
      { id: 'temp', name: 'Temperature', dataType: 'DOUBLE', unit: '°C', minimum: -50, maximum: 200 },
    ])
    should(pointsOf(apiModel)).match([{ id: 'temp', dataType: 'DOUBLE' }])
  })

  it('are none where the model has only attributes', () => {
    should(pointsOf({ ...exportedModel, thingMeasurepointMap: {} })).be.empty()
  })

  it('cannot be read from an .xlsx file, and the error says what can', () => {
    const excel = recogniseThingModel(workbook, 'model.xlsx')
    should(() => modelPoints(excel)).throw(/model\.xlsx .*Export the model as JSON/)
  })
})
