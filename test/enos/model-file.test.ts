import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import 'should'
import { readThingModel, recogniseThingModel } from '../../lib/enos'
import { toUpdateBody } from '../../lib/enos/model-dialect'
import { newFolder, removeFolder } from '../folder'
import { archiveOf, workbook } from './archive'
import { apiModel, exportedModel } from './models'

describe('Reading a thing model', () => {
  let folder: string
  before(async () => {
    folder = await newFolder('thing-model')
  })
  after(() => removeFolder(folder))

  const inFile = async (name: string, content: string | Buffer) => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }

  it('reads an exported file with a byte order mark from its path, and keeps its bytes as they are', async () => {
    const content = `\uFEFF${JSON.stringify(exportedModel)}`
    const file = await readThingModel(await inFile('model_Pump.json', content))
    file.should.containEql({ kind: 'export', modelId: 'Pump', fileName: 'model_Pump.json' })
    ;(file as { bytes: Buffer }).bytes.toString().should.equal(content)
  })

  it('takes a Buffer, a text and an object alike', async () => {
    for (const source of [Buffer.from(JSON.stringify(exportedModel)), JSON.stringify(exportedModel), exportedModel]) {
      const file = await readThingModel(source)
      file.should.containEql({ kind: 'export', modelId: 'Pump', fileName: 'ThingModel.json' })
    }
  })

  it("recognises the API's own dialect", async () => {
    ;(await readThingModel(apiModel)).should.containEql({ kind: 'api', modelId: 'Pump' })
  })

  it('takes an .xlsx file by the names of its parts, unpacked by nobody', async () => {
    const file = await readThingModel(await inFile('ThingModel_Pump.xlsx', workbook))
    file.should.containEql({ kind: 'excel', fileName: 'ThingModel_Pump.xlsx' })
    ;(file as { bytes: Buffer }).bytes.equals(workbook).should.be.true()
  })

  const refused: [title: string, source: () => unknown, code: string, text: RegExp][] = [
    ['a missing file', () => join(folder, 'nowhere.json'), 'FILE_NOT_FOUND', /Check the path/],
    ['a folder', () => folder, 'FILE_UNREADABLE', /not a regular file/],
    ['another archive', () => archiveOf([{ name: 'a.txt', content: 'x' }]), 'FILE_NOT_A_MODEL', /a\.txt in the Buffer/],
    ['an empty file', () => inFile('empty.json', ''), 'FILE_EMPTY', /is empty/],
    ['a file with only a byte order mark', () => inFile('bom.json', '\uFEFF'), 'FILE_EMPTY', /is empty/],
    ['JSON that is no model', () => inFile('package.json', '{"name":"x"}'), 'FILE_NOT_A_MODEL', /nothing was sent/],
    ['a text file', () => inFile('notes.txt', 'hello'), 'FILE_NOT_A_MODEL', /neither a JSON object nor an .xlsx/],
    ['an array', () => '[]', 'FILE_NOT_A_MODEL', /neither a JSON object/],
    ['no payload', () => undefined, 'INPUT_EMPTY', /No thing model/],
  ]
  for (const [title, source, code, text] of refused) {
    it(`refuses ${title} with ${code}`, async () => {
      await readThingModel(await source()).should.be.rejectedWith({ code, message: text })
    })
  }

  it('refuses a file of 200 MB without reading all of it', async () => {
    const path = await inFile('large.json', '')
    await truncate(path, 200 * 1024 * 1024)
    const before = process.memoryUsage().rss
    await readThingModel(path).should.be.rejectedWith({ code: 'FILE_TOO_LARGE', message: /larger than 50 MB/ })
    ;(process.memoryUsage().rss - before).should.be.below(100 * 1024 * 1024)
  })

  it('refuses an object that contains itself', async () => {
    const model: Record<string, unknown> = { ...exportedModel }
    model.self = model
    await readThingModel(model).should.be.rejectedWith({ code: 'INPUT_CIRCULAR' })
  })
})

describe("Turning an exported model into the update API's body", () => {
  const fileOf = (model: object) => {
    const file = recogniseThingModel(Buffer.from(JSON.stringify(model)), 'model.json')
    if (file.kind === 'excel') throw new Error('read as a workbook')
    return file
  }

  it('keys features by identifier, with data type, definition, unit and signal type', () => {
    toUpdateBody(fileOf(exportedModel), false).body.should.deepEqual({
      modelId: 'Pump',
      name: { defaultValue: 'Pump', i18nValue: {} },
      desc: 'A pump',
      category: 'Demo',
      tags: { line: '7' },
      attributes: {
        serialNumber: {
          identifier: 'serialNumber',
          name: { defaultValue: 'Serial number', i18nValue: {} },
          dataType: 'STRING',
          dataDefinition: '{"maxLength":64}',
          isRequired: true,
        },
      },
      measurepoints: {
        temp: {
          identifier: 'temp',
          name: { defaultValue: 'Temperature', i18nValue: {} },
          dataType: 'DOUBLE',
          dataDefinition: null,
          unit: { unitId: '°C', multiplier: 'ONE' },
          hasQuality: false,
          signalType: 'AI',
        },
      },
      services: {
        restart: {
          identifier: 'restart',
          name: { defaultValue: 'Restart', i18nValue: {} },
          callType: 'ASYNC',
          inputData: [
            {
              identifier: 'delay',
              name: { defaultValue: 'Delay', i18nValue: {} },
              dataType: 'INT',
              dataDefinition: null,
              unit: { unitId: 's', multiplier: 'ONE' },
            },
          ],
          outputData: [
            {
              identifier: 'result',
              name: { defaultValue: 'Result', i18nValue: {} },
              dataType: 'ENUM',
              dataDefinition: '{"enumDesc":{"0":{"defaultValue":"success","i18nValue":{}}},"enumType":"INT"}',
            },
          ],
        },
      },
      events: {},
    })
  })

  it('sends a model of the API dialect without what the update does not know, and names that', () => {
    const { body, notSent } = toUpdateBody(fileOf({ ...apiModel, orgId: 'o-1', modelIdPath: '/Pump' }), false)
    body.should.deepEqual(apiModel)
    notSent.map(({ field }) => field).should.deepEqual(['orgId', 'modelIdPath'])
  })
})
