import fc from 'fast-check'
import should from 'should'
import { deviceText, EnosDevice, EnosIntegration } from '../../lib/enos'
import { idPath, idsOfPath } from '../../lib/message'
import { readLaneText } from '../../lib/runtime/lane-name'
import { statusStream, thingplusLane, valueStream } from '../../lib/runtime/thingplus-way'
import { ThingPlus } from '../../lib/thingplus'

/** Ids of few characters, among them all that could part one id from the next. */
const id = fc
  .array(fc.constantFrom('a', 'b', '/', '%', '2', '5', 'F', ' ', ',', ':', '·', ' at '), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''))
const pair = fc.tuple(id, id)

/** Two pairs that are the same when they are written with this between them. */
const alikePairs = fc
  .tuple(id, id, id, fc.constantFrom('/', ' ', '%2F', '%252F'))
  .map(([a, b, c, between]): [[string, string], [string, string]] => [
    [a, b + between + c],
    [a + between + b, c],
  ])

const closed = <Client extends { close(): unknown }, Result>(client: Client, read: (client: Client) => Result) => {
  try {
    return read(client)
  } finally {
    client.close()
  }
}
const url = 'http://127.0.0.1:9'
const deviceName = ([productKey, deviceKey]: readonly [string, string]) =>
  closed(
    new EnosDevice({ brokerUrl: url, productKey, deviceKey, deviceSecret: 's', lifetimeMs: 300_000 }),
    ({ name }) => name,
  )
const clientLane = ([clientId, userName]: readonly [string, string]) =>
  closed(new ThingPlus({ baseUrl: `${url}/v2`, clientId, clientSecret: 's', userName, password: 'p' }), (client) =>
    thingplusLane(client, 'values'),
  )

const names: Record<string, (ids: readonly [string, string]) => string> = {
  'the lane of an EnOS device': deviceName,
  'the lane of a Thing+ client and user': clientLane,
  'the stream of an EnOS device': ([productKey, deviceKey]) => deviceText({ productKey, deviceKey }),
  'the stream of the values of a Thing+ sensor': ([gatewayId, sensorId]) => valueStream(gatewayId, sensorId),
  'the stream of the statuses of a Thing+ sensor': ([gatewayId, sensorId]) =>
    statusStream('sensor', { gatewayId, sensorId }),
}

describe('A name that is made of several ids', () => {
  for (const [what, name] of Object.entries(names)) {
    it(`is another one for every other pair of ids: ${what}`, () => {
      should(name(['a', 'b/c'])).not.equal(name(['a/b', 'c']))
      fc.assert(
        fc.property(fc.oneof(fc.tuple(pair, pair), alikePairs), ([one, other]) => {
          should(name(one) === name(other)).equal(one[0] === other[0] && one[1] === other[1])
        }),
      )
    })

    it(`is the ids themselves where they have no slash and no percent sign: ${what}`, () => {
      should(name(['pK 1', 'dK:2'])).match(/pK 1\/dK:2/)
    })
  }

  it('tells a device that is named by its asset id from one that is named by its keys', () => {
    fc.assert(
      fc.property(id, pair, (assetId, [productKey, deviceKey]) => {
        should(deviceText({ assetId })).not.equal(deviceText({ productKey, deviceKey }))
      }),
    )
  })

  it('tells the status of a gateway from that of a sensor', () => {
    fc.assert(
      fc.property(id, pair, (gateway, [gatewayId, sensorId]) => {
        should(statusStream('gateway', { gatewayId: gateway })).not.equal(
          statusStream('sensor', { gatewayId, sensorId }),
        )
      }),
    )
  })

  it('gives the ids back, also out of the name of a lane', () => {
    fc.assert(
      fc.property(pair, (ids) => {
        should(idsOfPath(idPath(...ids))).deepEqual(ids)
        const { account = '' } = readLaneText(`${deviceName(ids)}, measurepoint late`) ?? {}
        should(idsOfPath(account.slice('enos-device '.length))).deepEqual(ids)
      }),
    )
  })

  it('is read by the integration channel as the same that the entry names', () => {
    const uplink = new EnosIntegration({ options: { orgId: 'o', integrationUrl: url } } as never)
    fc.assert(
      fc.property(pair, ([productKey, deviceKey]) => {
        const entry = { device: { productKey, deviceKey } }
        should(uplink.streamOf(entry as never)).equal(idPath(productKey, deviceKey))
      }),
    )
  })
})
