import 'should'
import { DEMO_APP, getToken, send, sendJson, signedCaller, signedHeaders, simulatorFor } from './enos-client'

const SEED = {
  enos: {
    apps: [DEMO_APP, { appKey: 'other-app', appSecret: 'other-secret', orgId: 'o-other' }],
    models: [
      { modelId: 'Demo', allowAdditionalMeasurepoint: true, allowAdditionalAttribute: true },
      {
        modelId: 'Meter',
        measurepoints: { power: { dataType: 'double' }, state: { dataType: 'INT', hasQuality: true } },
      },
      { modelId: 'Secret', orgId: 'o-other' },
    ],
    devices: [
      { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' },
      ...[1, 2, 3].map((number) => ({
        productKey: 'pkSub',
        deviceKey: `sub${number}`,
        assetId: `sub-${number}`,
        modelId: 'Meter',
        gateway: 'asset-1',
      })),
      { productKey: 'pkOther', deviceKey: 'far', assetId: 'far-1', orgId: 'o-other' },
    ],
  },
}

describe('The simulated API gateway', () => {
  const simulator = simulatorFor({ seed: SEED })
  let token: string

  beforeEach(async () => {
    token = await getToken(simulator.current().url)
  })

  const { call, get, post } = signedCaller(
    () => simulator.current().url,
    () => token,
  )

  const MODELS = '/model-service/v2.1/thing-models'
  const DEVICES = '/connect-service/v2.1/devices'

  it('signs the decoded query, so that spaces and unicode may be encoded either way', async () => {
    const query = { action: 'get', orgId: 'o-demo', modelId: 'M 1ü' }
    for (const encoded of ['M+1%C3%BC', 'M%201%C3%BC']) {
      const url = `${simulator.current().url}${MODELS}?action=get&orgId=o-demo&modelId=${encoded}`
      const answer = await send(url, { headers: signedHeaders(token, query) })
      answer.body.code.should.equal(99404)
    }
  })

  it('refuses a missing or unknown token, a wrong or stale signature, and a body changed after signing', async () => {
    const query = { action: 'search', orgId: 'o-demo' }
    const url = `${simulator.current().url}${MODELS}?action=search&orgId=o-demo`
    const text = '{"pagination":{"pageNo":1}}'
    const stale = Date.now() - 16 * 60_000
    const refusals: [Record<string, string>, number][] = [
      [{}, 1202],
      [signedHeaders('unknown', query, text), 1203],
      [signedHeaders(token, query, text, { timestamp: stale }), 1004],
      [signedHeaders(token, query, `${text} `), 1003],
      [signedHeaders(token, { ...query, orgId: 'o-other' }, text), 1003],
      [signedHeaders(token, query, text, { appSecret: 'wrong' }), 1003],
    ]
    for (const [headers, code] of refusals) {
      const answer = await sendJson(url, text, headers)
      answer.status.should.equal(200)
      answer.body.code.should.equal(code)
    }
    const good = await sendJson(url, text, signedHeaders(token, query, text))
    good.body.should.containEql({ code: 0, msg: 'OK' })
  })

  it('can refuse in each of the three envelopes, with an HTTP status of its own', async () => {
    const url = `${simulator.current().url}${MODELS}?action=get`
    const headers = { ...signedHeaders('gone', { action: 'get' }) }
    simulator.current().setOptions({ enos: { gatewayEnvelope: 'apim_status', gatewayRejectHttpStatus: 401 } })
    const apim = await send(url, { headers })
    apim.status.should.equal(401)
    apim.body.apim_status.should.equal(4011)
    simulator.current().setOptions({ enos: { gatewayEnvelope: 'status' } })
    const status = await send(url, { headers })
    status.body.status.should.equal(1203)
  })

  it('tells an unknown API, a missing orgId and a foreign organisation apart', async () => {
    const unknown = await post('/model-service/v2.1/nothing', 'get', {})
    unknown.body.code.should.equal(99404)
    const foreign = await call('GET', MODELS, { action: 'get', modelId: 'Demo' }, undefined, 'o-other')
    foreign.body.code.should.equal(99403)
    const query = { action: 'get', modelId: 'Demo' }
    const without = await send(`${simulator.current().url}${MODELS}?action=get&modelId=Demo`, {
      headers: signedHeaders(token, query),
    })
    without.body.code.should.equal(99400)
    const secret = await get(MODELS, { action: 'get', modelId: 'Secret' })
    secret.body.code.should.equal(99403)
  })

  it('gets and searches models, with expression, projection and pagination', async () => {
    const model = (await get(MODELS, { action: 'get', modelId: 'Meter' })).body
    model.requestId.should.be.a.String()
    model.data.should.containEql({ modelId: 'Meter', modelIdPath: '/Meter', orgId: 'o-demo' })
    model.data.measurepoints.state.should.containEql({ identifier: 'state', dataType: 'INT', hasQuality: true })
    const found = await post(MODELS, 'search', {
      expression: 'modelId in ("Meter", "Secret")',
      projection: ['modelId', 'name.defaultValue', 'measurepoints.*.dataType'],
      pagination: { pageNo: 1, pageSize: 5 },
    })
    found.body.data.should.eql([
      {
        modelId: 'Meter',
        name: { defaultValue: 'Meter' },
        measurepoints: { power: { dataType: 'DOUBLE' }, state: { dataType: 'INT' } },
      },
    ])
    found.body.pagination.should.containEql({ pageNo: 1, pageSize: 5, totalSize: 1 })
  })

  it('patches a model, deletes features, or replaces everything', async () => {
    await post(MODELS, 'update', {
      modelId: 'Meter',
      featuresToDelete: ['state'],
      measurepoints: { temp: { dataType: 'FLOAT' } },
    })
    const patched = (await get(MODELS, { action: 'get', modelId: 'Meter' })).body.data
    Object.keys(patched.measurepoints).should.eql(['power', 'temp'])
    await post(
      MODELS,
      'update',
      { modelId: 'Meter', attributes: { site: { dataType: 'STRING' } } },
      { isPatchUpdate: 'false' },
    )
    const replaced = (await get(MODELS, { action: 'get', modelId: 'Meter' })).body.data
    Object.keys(replaced.measurepoints).should.eql([])
    Object.keys(replaced.attributes).should.eql(['site'])
    const bad = await post(MODELS, 'update', { modelId: 'Meter', measurepoints: { x: { dataType: 'NUMBER' } } })
    bad.body.code.should.equal(99400)
    const unknown = await post(MODELS, 'update', { modelId: 'New' })
    unknown.body.code.should.equal(99404)
  })

  it('pages through devices, and knows them by asset id or by keys', async () => {
    const page = await post(DEVICES, 'search', {
      expression: "productKey = 'pkSub' and not deviceKey = 'sub1'",
      pagination: { pageNo: 2, pageSize: 1 },
    })
    page.body.data.map((device: { deviceKey: string }) => device.deviceKey).should.eql(['sub3'])
    page.body.pagination.totalSize.should.equal(2)
    const names: Record<string, string>[] = [{ assetId: 'sub-2' }, { productKey: 'pkSub', deviceKey: 'sub2' }]
    for (const name of names) {
      const device = (await get(DEVICES, { action: 'get', ...name })).body.data
      device.should.containEql({ assetId: 'sub-2', deviceKey: 'sub2', modelId: 'Meter', status: 'inactive' })
    }
    const foreign = await get(DEVICES, { action: 'get', assetId: 'far-1' })
    foreign.body.code.should.equal(99403)
    const bad = await post(DEVICES, 'search', { expression: 'modelId ==' })
    bad.body.code.should.equal(99400)
  })

  it('lists products and assets', async () => {
    const products = await post('/connect-service/v2.1/products', 'search', { expression: 'modelId = "Meter"' })
    products.body.data.map((product: { productKey: string }) => product.productKey).should.eql(['pkSub'])
    const product = await get('/connect-service/v2.1/products', { action: 'get', productKey: 'pK11111' })
    product.body.data.should.have.properties('productName', 'productSecret', 'modelId')
    const asset = await get('/asset-service/v2.1/assets', { action: 'get', assetId: 'asset-1' })
    asset.body.data.should.containEql({ assetId: 'asset-1', modelId: 'Demo', timezone: '+00:00' })
    const nodes = await post('/asset-tree-service/v2.1/asset-nodes', 'searchAsset', {
      expression: 'modelIds in ("Meter")',
    })
    nodes.body.data.should.have.length(3)
  })
})
