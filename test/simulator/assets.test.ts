import should from 'should'
import { DEMO_APP, getToken, logIn, signedCaller, simulatorFor } from './enos-client'

const SEED = {
  enos: {
    apps: [DEMO_APP, { appKey: 'other-app', appSecret: 'other-secret', orgId: 'o-other' }],
    models: [
      {
        modelId: 'Pump',
        attributes: { site: { dataType: 'STRING' } },
        measurepoints: { speed: { dataType: 'INT' } },
        services: { start: {} },
      },
    ],
    devices: [
      { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'pump-1', modelId: 'Pump' },
      ...[2, 3, 4, 5, 6, 7].map((number) => ({
        productKey: 'pK11111',
        deviceKey: `pump${number}`,
        assetId: `pump-${number}`,
        modelId: 'Pump',
      })),
    ],
    trees: [
      { treeId: 'plant', rootAssetId: 'root-1', name: 'Plant' },
      { treeId: 'foreign', rootAssetId: 'root-2', orgId: 'o-other' },
    ],
  },
}

const ASSETS = '/asset-service/v2.1/assets'
const NODES = '/asset-tree-service/v2.1/asset-nodes'
const COMMANDS = '/connect-service/v2.1/commands'

describe('Assets and commands of the simulated EnOS', () => {
  const simulator = simulatorFor({ seed: SEED })
  let token: string
  const { get, post } = signedCaller(
    () => simulator.current().url,
    () => token,
  )
  const codeOf = async (answer: Promise<{ body: { code: number } }>) => (await answer).body.code

  beforeEach(async () => {
    token = await getToken(simulator.current().url)
  })

  it('change what an update gives, or empty the rest when it is no patch', async () => {
    const assetId = 'pump-1'
    const read = async () => (await get(ASSETS, { action: 'get', assetId })).body.data
    const update = (asset: object, query = {}) => post(ASSETS, 'update', { asset: { assetId, ...asset } }, query)
    await update({ description: 'old', attributes: { site: 'A' }, tags: { line: '1', room: '2' } })
    await update({ tags: { line: '2' } })
    should(await read()).containEql({ desc: 'old', attributes: { site: 'A' }, tags: { line: '2' }, timezone: '+00:00' })
    const name = { defaultValue: 'Pump', i18nValue: { zh_CN: '泵' } }
    should(await codeOf(update({ timezone: '+09:00' }, { isPatchUpdate: 'false' }))).equal(99400)
    await update({ name, timezone: '+09:00' }, { isPatchUpdate: 'false' })
    should(await read()).containEql({ name, desc: null, attributes: {}, tags: {}, timezone: '+09:00' })
    should(await codeOf(update({ attributes: { site: 7 } }))).equal(12958)
    should(await codeOf(post(ASSETS, 'update', { asset: { assetId: 'nobody' } }))).equal(99404)
  })

  const at = (parentAssetId: string, treeId = 'plant') => ({ treeId, parentAssetId })

  it('hang in a tree, one by one or in a batch, and are found by their relations', async () => {
    should((await post(NODES, 'associateAsset', undefined, { ...at('root-1'), assetId: 'pump-1' })).body.data).equal(
      'pump-1',
    )
    const assetIdentifiers = [
      { assetId: 'pump-2' },
      { productKey: 'pK11111', deviceKey: 'pump3' },
      { assetId: 'pump-1' },
    ]
    const { body } = await post(NODES, 'associateAssetBatch', { assetIdentifiers }, at('pump-1'))
    should(body).containEql({ code: 0, successSize: 2, totalSize: 3 })
    should(body.data.map(({ code, data }: { code: number; data: string }) => [code, data])).deepEqual([
      [0, 'pump-2'],
      [0, 'pump-3'],
      [-1, null],
    ])
    const related = async (filter: object) =>
      (await post(NODES, 'searchRelatedAsset', { filter, projection: ['assetId'] }, { treeId: 'plant' })).body.data
        .map(({ assetId }: { assetId: string }) => assetId)
        .sort()
    should(await related({ isParentOfAssetId: 'pump-2' })).deepEqual(['pump-1'])
    should(await related({ isChildOfAssetId: 'root-1' })).deepEqual(['pump-1'])
    should(await related({ isAncestorOfAssetId: 'pump-2' })).deepEqual(['pump-1', 'root-1'])
    should(await related({ isDescendantOfAssetId: 'root-1' })).deepEqual(['pump-1', 'pump-2', 'pump-3'])
    should(await related({ isDescendantOfAssetId: 'root-1', assetIds: ['pump-3'] })).deepEqual(['pump-3'])
    should(await related({ nameLike: { locale: 'en_US', value: 'Plan' } })).deepEqual(['root-1'])
    const inTree = await post(NODES, 'searchAsset', {
      expression: 'treeId = "plant" and deviceKey in ("pump2", "pump4")',
    })
    should(inTree.body.data.map(({ assetId }: { assetId: string }) => assetId)).deepEqual(['pump-2'])
    await post('/connect-service/v2.1/devices', 'delete', undefined, { assetId: 'pump-1' })
    should(await related({ isChildOfAssetId: 'root-1' })).deepEqual(['pump-2', 'pump-3'])
  })

  it('are refused where there is no such tree or parent, twice, and below the seventh layer', async () => {
    const associate = (place: object, assetId: string) =>
      codeOf(post(NODES, 'associateAsset', undefined, { ...place, assetId }))
    should(await associate(at('root-1', 'nowhere'), 'pump-1')).equal(17404)
    should(await associate(at('root-2', 'foreign'), 'pump-1')).equal(99403)
    should(await associate(at('nobody'), 'pump-1')).equal(17752)
    should(await associate(at('root-1'), 'pump-1')).equal(0)
    should(await associate(at('root-1'), 'pump-1')).equal(17758)
    for (const number of [2, 3, 4, 5, 6]) should(await associate(at(`pump-${number - 1}`), `pump-${number}`)).equal(0)
    should(await associate(at('pump-6'), 'pump-7')).equal(17770)
    should(await codeOf(post(NODES, 'searchRelatedAsset', { filter: {} }, { treeId: 'nowhere' }))).equal(17404)
  })

  const device = { assetId: 'pump-1' }
  const setSpeed = (query: object = {}, value: unknown = 3) =>
    post(COMMANDS, 'setMeasurepoint', { value }, { measurepointId: 'speed', ...device, ...query })

  it('reach no device: one for now says whether it was ever online, is offline, or does not reply', async () => {
    should(await codeOf(setSpeed())).equal(11888)
    const { url } = simulator.current()
    await logIn(url)
    should(await codeOf(setSpeed())).equal(11915)
    const started = post(COMMANDS, 'invokeService', { inputData: {} }, { serviceId: 'start', ...device })
    should(await codeOf(started)).equal(11915)
    await post('/connect-service/v2.1/devices', 'disable', undefined, device)
    should(await codeOf(setSpeed())).equal(11900)
    const states = (await post(COMMANDS, 'search', { expression: 'state = 7' })).body.data
    should(states.map(({ commandType }: { commandType: number }) => commandType)).deepEqual([1, 2])
    for (const call of [
      setSpeed({}, 'fast'),
      setSpeed({ timeout: '61' }),
      setSpeed({ pendingTtl: '172801' }),
      post(COMMANDS, 'invokeService', {}, { serviceId: 'stop', ...device }),
    ])
      should(await codeOf(call)).equal(99400)
  })

  it('wait when they may, fifty for a device, until they are cancelled', async () => {
    const { commandId } = (await setSpeed({ pendingTtl: '172800' })).body.data
    const read = async () => (await get(COMMANDS, { action: 'get', commandId })).body.data
    should(await read()).containEql({ commandId, state: 1, tslIdentifier: 'speed', inputData: 3, pendingTtl: 172_800 })
    for (let more = 1; more < 50; more++) should(await codeOf(setSpeed({ pendingTtl: '172800' }))).equal(0)
    should(await codeOf(setSpeed({ pendingTtl: '172800' }))).equal(11902)
    await post(COMMANDS, 'cancel', undefined, { commandId })
    should((await read()).state).equal(2)
    should(await codeOf(setSpeed({ pendingTtl: '172800' }))).equal(0)
    await post(COMMANDS, 'cancel', undefined, device)
    should((await post(COMMANDS, 'search', { expression: 'state = 1' })).body.data).be.empty()
    should(await codeOf(get(COMMANDS, { action: 'get', commandId: 'unknown' }))).equal(99404)
  })
})
