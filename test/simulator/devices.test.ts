import should from 'should'
import { DEMO_APP, getToken, logIn, sendJson, signedCaller, simulatorFor } from './enos-client'

const subDevice = (number: number) => ({
  productKey: 'pkSub',
  deviceKey: `sub${number}`,
  assetId: `sub-${number}`,
  modelId: 'Meter',
  gateway: 'asset-1',
})

const SEED = {
  enos: {
    apps: [DEMO_APP],
    models: [
      { modelId: 'Demo', allowAdditionalMeasurepoint: true, allowAdditionalAttribute: true },
      { modelId: 'Meter', attributes: { site: { dataType: 'STRING' } } },
    ],
    products: [{ productKey: 'pkGate', type: 'Gateway' }],
    devices: [
      { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' },
      { productKey: 'pkGate', deviceKey: 'gate', assetId: 'gate-1' },
      ...[1, 2, 3].map(subDevice),
    ],
  },
}

const DEVICES = '/connect-service/v2.1/devices'
const TOPOS = '/connect-service/v2.1/device-topos'

describe('The devices of the simulated connection service', () => {
  const simulator = simulatorFor({ seed: SEED })
  let token: string
  const { get, post } = signedCaller(
    () => simulator.current().url,
    () => token,
  )

  beforeEach(async () => {
    token = await getToken(simulator.current().url)
  })

  const fan = {
    productKey: 'pK11111',
    deviceKey: 'fan-7',
    timezone: '+08:00',
    deviceName: { defaultValue: 'Fan', i18nValue: { en_US: 'Fan', zh_CN: '风机' } },
  }
  const codeOf = async (answer: Promise<{ body: { code: number } }>) => (await answer).body.code

  it('are created, can log in, and are disabled, enabled and deleted', async () => {
    const { url } = simulator.current()
    const body = { ...fan, deviceAttributes: { kW: 5 } }
    const { data } = (await post(DEVICES, 'create', body)).body
    should(Object.keys(data)).deepEqual(['assetId', 'productKey', 'deviceKey', 'deviceSecret'])
    const device = { assetId: data.assetId }
    const sessionId = await logIn(url, data)
    const online = (await get(DEVICES, { action: 'get', ...device })).body.data
    should(online).containEql({ status: 'online', deviceAttributes: { kW: 5 }, deviceName: fan.deviceName })
    should(await codeOf(post(DEVICES, 'create', body))).equal(11702)
    should(await codeOf(post(DEVICES, 'enable', undefined, device))).equal(11794)
    should(await codeOf(post(DEVICES, 'disable', undefined, device))).equal(0)
    should(await codeOf(post(DEVICES, 'disable', undefined, device))).equal(11794)
    const topic = `${url}/topic/sys/pK11111/fan-7/thing/measurepoint/post?sessionId=${sessionId}`
    should((await sendJson(topic, {})).body.code).equal(401)
    should(await codeOf(post(DEVICES, 'delete', undefined, device))).equal(0)
    should(await codeOf(get(DEVICES, { action: 'get', ...device }))).equal(99404)
  })

  it('are refused with a key or a time zone that there is not, and where there are too many', async () => {
    should(await codeOf(post(DEVICES, 'create', { ...fan, deviceKey: 'fan' }))).equal(99400)
    should(await codeOf(post(DEVICES, 'create', { ...fan, deviceKey: 'fan 7' }))).equal(99400)
    should(await codeOf(post(DEVICES, 'create', { ...fan, timezone: 'Mars/Base' }))).equal(99400)
    should(await codeOf(post(DEVICES, 'create', { ...fan, timezone: 'Asia/Seoul' }))).equal(0)
    simulator.current().setOptions({ enos: { mostDevices: { product: 2, gateway: 3, organisation: 9 } } })
    should(await codeOf(post(DEVICES, 'create', { ...fan, deviceKey: 'fan-8' }))).equal(11739)
  })

  it('keep on an update what is not given, and lose the tags that are not given again', async () => {
    const { data } = (await post(DEVICES, 'create', { ...fan, deviceDesc: 'old', deviceTags: { a: '1', b: '2' } })).body
    const device = { assetId: data.assetId }
    const read = async () => (await get(DEVICES, { action: 'get', ...device })).body.data
    should(await read()).containEql({ deviceDesc: 'old', deviceTags: { a: '1', b: '2' } })
    await post(DEVICES, 'update', { deviceDesc: 'new', deviceTags: { c: '3' } }, device)
    should(await read()).containEql({ deviceDesc: 'new', deviceTags: { c: '3' }, timezone: '+08:00' })
    await post(DEVICES, 'update', { timezone: 'Asia/Seoul' }, device)
    should(await read()).containEql({ deviceDesc: 'new', deviceTags: { c: '3' }, timezone: 'Asia/Seoul' })
  })

  it('are searched by the status disable although theirs reads disabled, newest first, 200 a page', async () => {
    await post(DEVICES, 'disable', undefined, { assetId: 'sub-2' })
    const found = (await post(DEVICES, 'search', { expression: 'status = "disable"' })).body.data
    should(found.map(({ assetId, status }: Record<string, unknown>) => [assetId, status])).deepEqual([
      ['sub-2', 'disabled'],
    ])
    should((await post(DEVICES, 'search', { expression: 'status = "disabled"' })).body.data).be.empty()
    await post(DEVICES, 'create', fan)
    const [newest] = (await post(DEVICES, 'search', { pagination: { pageNo: 1, pageSize: 200 } })).body.data
    should(newest.deviceKey).equal('fan-7')
    const large = { pagination: { pageNo: 1, pageSize: 201 } }
    should(await codeOf(post(DEVICES, 'search', large))).equal(99400)
    simulator.current().setOptions({ enos: { pageTooLarge: 'cut' } })
    should((await post(DEVICES, 'search', large)).body.pagination.pageSize).equal(200)
  })

  it('are created in a batch row by row, whatever becomes of the others', async () => {
    const deviceList = [fan, { ...fan, deviceName: undefined, deviceKey: 'fan-8' }, { ...fan, productKey: 'pkSub' }]
    const { body } = await post('/connect-service/v2.0/devices', 'batchCreate', { deviceList })
    should(body).containEql({ code: 0, successSize: 2, totalSize: 3 })
    should(body.data.map(({ code }: { code: number }) => code)).deepEqual([0, -1, 0])
    should(body.data[0].data).containEql({ productKey: 'pK11111', deviceKey: 'fan-7' })
    should(body.data[0].data.deviceSecret).be.a.String()
    should(body.data[1].msg).match(/deviceName/)
    const later = { deviceList: [{ ...fan, deviceKey: 'fan-9' }], requireSecret: true }
    const [row] = (await post('/connect-service/v2.4/devices', 'batchCreate', later)).body.data
    should(Object.keys(row.data)).deepEqual(['assetId', 'productKey', 'deviceKey'])
    simulator.current().setOptions({ enos: { mostDevicesInBatch: 2, partialBatchCode: 99400 } })
    should(await codeOf(post('/connect-service/v2.0/devices', 'batchCreate', { deviceList }))).equal(99400)
    const two = { deviceList: deviceList.slice(1) }
    should((await post('/connect-service/v2.0/devices', 'batchCreate', two)).body).containEql({
      code: 99400,
      successSize: 0,
      totalSize: 2,
    })
  })

  it('can be replaced under their asset id, and log in with the new key only', async () => {
    const { url } = simulator.current()
    await logIn(url)
    const device = { assetId: 'asset-1' }
    should(await codeOf(post(DEVICES, 'replaceDevice', { newDeviceKey: 'dK987654' }, device))).equal(11704)
    const { data } = (await post(DEVICES, 'replaceDevice', { newDeviceKey: 'dK-new' }, device)).body
    should(data).containEql({ assetId: 'asset-1', deviceKey: 'dK-new' })
    should(data.deviceSecret).not.equal('ds54321')
    should((await get(DEVICES, { action: 'get', ...device })).body.data.status).equal('inactive')
    should(await codeOf(get(DEVICES, { action: 'get', productKey: 'pK11111', deviceKey: 'dK987654' }))).equal(99404)
    should(await logIn(url, data)).be.a.String()
    const behind = await post(TOPOS, 'searchSubDevice', { gateway: device })
    should(behind.body.data).have.length(3)
  })

  it('are added to a gateway, found behind it and removed', async () => {
    const gateway = { assetId: 'asset-1' }
    const assets = async () =>
      (await post(TOPOS, 'searchSubDevice', { gateway })).body.data.map((device: { assetId: string }) => device.assetId)
    should(await assets()).deepEqual(['sub-1', 'sub-2', 'sub-3'])
    const second = { gateway, subDevices: [{ productKey: 'pkSub', deviceKey: 'sub2' }] }
    should(await codeOf(post(TOPOS, 'removeSubDevice', second))).equal(0)
    should(await assets()).deepEqual(['sub-1', 'sub-3'])
    should(await codeOf(post(TOPOS, 'removeSubDevice', second))).equal(11795)
    should((await post(TOPOS, 'getGateway', { subDevice: { assetId: 'sub-2' } })).body.data).be.null()
    should(await codeOf(post(TOPOS, 'addSubDevice', { gateway, subDevices: [{ assetId: 'sub-2' }] }))).equal(0)
    should(await assets()).deepEqual(['sub-1', 'sub-2', 'sub-3'])
    const found = await post(TOPOS, 'getGateway', { subDevice: { assetId: 'sub-2' } })
    should(found.body.data).containEql({ assetId: 'asset-1', productType: 'Gateway' })
  })

  it('are not added to what is not a gateway, to a full one, nor to a second one', async () => {
    const subDevices = [{ assetId: 'asset-1' }]
    should(await codeOf(post(TOPOS, 'addSubDevice', { gateway: { assetId: 'sub-1' }, subDevices }))).equal(11738)
    should(await codeOf(post(TOPOS, 'searchSubDevice', { gateway: { assetId: 'sub-1' } }))).equal(11738)
    const elsewhere = { gateway: { assetId: 'gate-1' }, subDevices: [{ assetId: 'sub-1' }] }
    should(await codeOf(post(TOPOS, 'addSubDevice', elsewhere))).equal(99400)
    simulator.current().setOptions({ enos: { subDeviceElsewhere: 'move' } })
    should(await codeOf(post(TOPOS, 'addSubDevice', elsewhere))).equal(0)
    simulator.current().setOptions({ enos: { mostDevices: { product: 9, gateway: 1, organisation: 9 } } })
    const another = { gateway: { assetId: 'gate-1' }, subDevices }
    should(await codeOf(post(TOPOS, 'addSubDevice', another))).equal(11739)
  })
})
