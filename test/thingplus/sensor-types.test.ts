import should from 'should'
import { chooseSensorModel, closestFirst } from '../../lib/thingplus/sensor-types'
import { readGatewayModel } from '../../lib/thingplus/types'

const entry = (type: string, model: string, category = 'sensor') => ({
  network: 'daliworks',
  driverName: 'openApiSensor',
  model,
  type,
  category,
})

const gatewayModel = readGatewayModel({
  id: 52,
  displayName: 'Open API Gateway',
  reportInterval: '300000',
  deviceModels: [
    {
      id: 'open-api-device-v1.0',
      max: 99,
      sensors: [
        entry('temperature', 'openApiTemp'),
        entry('humidity', 'openApiHumi'),
        entry('powerSwitch', 'genericSwitch', 'actuator'),
        entry('powerSwitch', 'openApiFan'),
        entry('lcd', 'openApiLcd', 'actuator'),
      ],
    },
  ],
})

describe('Choosing a sensor type by its name', () => {
  it('yields model, driver and category from the gateway model', () => {
    chooseSensorModel(gatewayModel, 'temperature').should.deepEqual(entry('temperature', 'openApiTemp'))
    chooseSensorModel(gatewayModel, ' Humidity ').model.should.equal('openApiHumi')
  })

  it('takes the sensor where a name is a sensor’s and an actuator’s', () => {
    chooseSensorModel(gatewayModel, 'powerSwitch').model.should.equal('openApiFan')
  })

  it('refuses an actuator with the reason, listed or not', () => {
    for (const type of ['lcd', 'buzzer']) {
      should(() => chooseSensorModel(gatewayModel, type)).throw(/doesn't link actuators over HTTPS/, {
        code: 'INPUT_INVALID',
      })
    }
  })

  it('answers an unknown name with the known ones, the closest first', () => {
    should(() => chooseSensorModel(gatewayModel, 'temprature')).throw(/It has: temperature, /, {
      code: 'INPUT_INVALID',
    })
    closestFirst(['co2', 'light', 'no2'], 'no').should.deepEqual(['no2', 'co2', 'light'])
  })

  it('looks into the given device model only', () => {
    should(() => chooseSensorModel(gatewayModel, 'temperature', 'other-device')).throw({ code: 'INPUT_INVALID' })
  })
})
