import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { type DialectName, ThingPlus } from '../../lib/thingplus'
import { gatewayId, seed } from '../nodes/thingplus'
import { patienceMs } from '../patience'

describe('What others have registered at Thing+', () => {
  let simulator: Simulator
  let client: ThingPlus
  const start = async (dialect?: DialectName) => {
    simulator = await startSimulator({
      port: 0,
      seed: {
        thingplus: {
          gateways: [...seed.gateways, { id: 'gw (old)', name: 'Old', site: '1' }],
          devices: [...seed.devices, { ...seed.devices[0], id: 'pump (2)' }],
          sensors: [
            ...seed.sensors,
            { ...seed.sensors[0], id: 'temp (°C)', name: 'T', type: 'temperature', deviceId: 'pump (2)' },
          ],
        },
      },
    })
    client = new ThingPlus({
      baseUrl: `${simulator.url}/v2`,
      clientId: 'testClientId',
      clientSecret: 'demo-client-secret',
      userName: 'serviceadmin',
      password: 'demo-password',
      dialect,
    })
  }
  afterEach(async () => {
    client.close()
    await simulator.close()
  })

  it('is adopted by its id, also where it holds characters that no new id may have', async () => {
    await start()
    should(await client.registerDevice(gatewayId, { id: 'pump (2)', name: 'P' })).match({
      created: false,
      item: { id: 'pump (2)' },
    })
    const sensor = { id: 'temp (°C)', name: 'T', type: 'temperature', deviceId: 'pump (2)' }
    should(await client.registerSensor(gatewayId, sensor)).match({ created: false, item: { id: 'temp (°C)' } })
    should(await client.registerGateway({ id: 'gw (old)', siteId: '1', name: 'Old' })).match({
      created: false,
      item: { id: 'gw (old)' },
    })
    const tree = [{ id: 'pump (2)', name: 'P', sensors: [{ id: 'temp (°C)', name: 'T', type: 'temperature' }] }]
    should(await client.registerGateway({ id: gatewayId, siteId: '1', name: 'GW A', devices: tree })).match({
      created: false,
      devices: [{ id: 'pump (2)' }],
      sensors: [{ id: 'temp (°C)' }],
    })
  }).timeout(patienceMs)

  it('is not made anew under such an id: what is not there is refused before it is sent', async () => {
    await start()
    const refused = { code: 'INPUT_INVALID', message: /letters, digits|32 hexadecimal/ }
    await client.registerDevice(gatewayId, { id: 'pump (3)', name: 'P' }).should.be.rejectedWith(refused)
    const sensor = { id: 'temp (3)', name: 'T', type: 'temperature', deviceId: 'pump (2)' }
    await client.registerSensor(gatewayId, sensor).should.be.rejectedWith(refused)
    await client.registerGateway({ id: 'gw (3)', siteId: '1', name: 'G' }).should.be.rejectedWith(refused)
    const devices = [{ id: 'pump (4)', name: 'P' }]
    await client.registerGateway({ siteId: '1', name: 'G', devices }).should.be.rejectedWith(refused)
    should(simulator.state().thingplus).match({ gateways: { length: 2 }, devices: { length: 2 } })
  })

  for (const [dialect, wanted] of [
    ['2017-05', 'current'],
    ['current', 'may-2017'],
  ] as const) {
    it(`is told to be a matter of the dialect where the cloud calls a field otherwise (${dialect} to ${wanted})`, async () => {
      await start(dialect)
      simulator.setOptions({ thingplus: { dialect: wanted } })
      const hint = /choose its API dialect in the Thing\+ configuration/
      await client
        .registerGateway({ siteId: '1', name: 'G' })
        .should.be.rejectedWith({ code: 'VALIDATION_REFUSED', message: hint })
    })
  }

  it('is told so of a status too', async () => {
    await start('2017-04')
    simulator.setOptions({ thingplus: { dialect: 'current' } })
    const hint = { code: 'VALIDATION_REFUSED', message: /API dialect/ }
    await client.sendStatus({ gatewayId }, { value: 'on' }).should.be.rejectedWith(hint)
  })

  it('names no dialect where another field is wrong', async () => {
    await start()
    const work = client.sendValues(gatewayId, { temperature: { value: 1, time: 1_600_000_000_000 } })
    await work.catch(() => undefined)
    const again = client.sendValues(gatewayId, { temperature: { value: 1, time: 1_500_000_000_000 } })
    await again.should.be.rejectedWith({ code: 'VALIDATION_REFUSED', message: /^(?!.*dialect)/s })
  })
})
