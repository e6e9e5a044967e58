import should from 'should'
import { DEMO_APP, getToken, logIn, sendJson, signedCaller, simulatorFor } from './enos-client'

const device = (name: string, timezone: string) => ({
  productKey: 'pK11111',
  deviceKey: name,
  deviceSecret: 'ds54321',
  assetId: name,
  timezone,
})

const SEED = {
  enos: {
    apps: [DEMO_APP],
    devices: [device('utc', '+00:00'), device('seoul', 'Asia/Seoul'), device('berlin', 'Europe/Berlin')],
  },
}

const TSDB = '/tsdb-service/v2.1'

describe('The simulated time series service', () => {
  const simulator = simulatorFor({ seed: SEED })
  let token: string
  const { post } = signedCaller(
    () => simulator.current().url,
    () => token,
  )
  const items = async (path: string, body: object) => (await post(`${TSDB}/${path}`, '', body)).body.data.items
  const codeOf = async (path: string, body: object) => (await post(`${TSDB}/${path}`, '', body)).body.code

  const report = async (name: string, rows: [time: number, values: object][]) => {
    const { url } = simulator.current()
    const keys = { productKey: 'pK11111', deviceKey: name, deviceSecret: 'ds54321' }
    const sessionId = await logIn(url, keys)
    for (const [time, measurepoints] of rows) {
      const topic = `${url}/topic/sys/pK11111/${name}/thing/measurepoint/post?sessionId=${sessionId}`
      await sendJson(topic, {
        id: '1',
        version: '1.0',
        method: 'thing.measurepoint.post',
        params: { measurepoints, time },
      })
    }
  }

  beforeEach(async () => {
    token = await getToken(simulator.current().url)
  })

  const range = {
    assetIds: 'utc',
    pointIds: 'temp',
    startTime: '1970-01-01T00:00:01Z',
    endTime: '1970-01-01T00:00:03Z',
  }

  it('answers the last values and the history of what a device posted, with the start and without the end', async () => {
    await report('utc', [
      [2000, { temp: 2 }],
      [1000, { temp: 1 }],
      [3000, { temp: 3 }],
    ])
    should(await items('latest', { assetIds: 'utc', pointIds: 'temp,other' })).deepEqual([
      { assetId: 'utc', timestamp: 3000, temp: 3 },
    ])
    const seen = await post(
      '/connect-service/v2.1/measurepoints',
      'queryLatest',
      { measurepointIds: ['temp'] },
      { assetId: 'utc' },
    )
    should(seen.body.data).deepEqual([{ id: 'temp', time: '3000', value: 3 }])
    const times = async (body: object) => (await items('raw', body)).map((row: { timestamp: number }) => row.timestamp)
    should(await times(range)).deepEqual([1000, 2000])
    should(await times({ ...range, orderBy: 'timestamp desc', pageSize: 1 })).deepEqual([2000])
    simulator.current().setOptions({ enos: { seriesEndIncluded: true } })
    should(await times(range)).deepEqual([1000, 2000, 3000])
  })

  it('reads local times in the zone of each asset, by its name too, and shows them', async () => {
    const summer = Date.UTC(2026, 6, 1, 10)
    await report('utc', [[summer, { temp: 1 }]])
    await report('seoul', [[summer, { temp: 2 }]])
    await report('berlin', [[summer, { temp: 3 }]])
    const hour = (hours: number, assetId: string) => ({
      assetIds: assetId,
      pointIds: 'temp',
      startTime: `2026-07-01 ${hours}:00:00`,
      endTime: `2026-07-01 ${hours}:00:01`,
    })
    should((await items('raw', hour(10, 'utc')))[0]).containEql({ temp: 1, localtime: '2026-07-01 10:00:00' })
    should((await items('raw', hour(19, 'seoul')))[0]).containEql({ temp: 2, localtime: '2026-07-01 19:00:00' })
    const precise = { ...hour(12, 'berlin'), localTimeFormat: 1, localTimeAccuracy: 'true' }
    should((await items('raw', precise))[0].localtime).equal('2026-07-01T12:00:00.000+02:00')
    should(await codeOf('raw', { ...hour(10, 'utc'), endTime: '2026-07-01T10:00:01Z' })).equal(80400)
  })

  it('shows rows in the three formats', async () => {
    await report('utc', [
      [1000, { temp: 1, flow: 7 }],
      [2000, { temp: 2 }],
    ])
    const asked = { ...range, pointIds: 'temp,flow', withQuality: 'true' }
    const localtime = ['1970-01-01 00:00:01', '1970-01-01 00:00:02']
    should(await items('raw', asked)).deepEqual([
      { assetId: 'utc', timestamp: 1000, localtime: localtime[0], temp: 1, quality: 0 },
      { assetId: 'utc', timestamp: 2000, localtime: localtime[1], temp: 2, quality: 0 },
      { assetId: 'utc', timestamp: 1000, localtime: localtime[0], flow: 7, quality: 0 },
    ])
    should(await items('raw', { ...asked, itemFormat: 1 })).deepEqual([
      { assetId: 'utc', timestamp: 1000, localtime: localtime[0], temp: 1, flow: 7 },
      { assetId: 'utc', timestamp: 2000, localtime: localtime[1], temp: 2 },
    ])
    should(await items('raw', { ...asked, itemFormat: 2 })).deepEqual([
      {
        assetId: 'utc',
        pointId: 'temp',
        timestamp: [1000, 2000],
        localTime: localtime,
        value: [1, 2],
        dataQuality: [0, 0],
      },
      {
        assetId: 'utc',
        pointId: 'flow',
        timestamp: [1000],
        localTime: localtime.slice(0, 1),
        value: [7],
        dataQuality: [0],
      },
    ])
    should(await codeOf('raw', { ...asked, itemFormat: 3 })).equal(80400)
  })

  it('limits what one call asks for, and refuses what it does not understand', async () => {
    const points = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`).join(',')
    for (const path of ['latest', 'raw', 'ai', 'generic']) {
      should(await codeOf(path, { ...range, pointIds: points(3000), pageSize: 1 })).equal(0, path)
      should(await codeOf(path, { ...range, pointIds: points(3001), pageSize: 1 })).equal(80400, path)
    }
    should(await codeOf('raw', { ...range, pointIds: points(641) })).equal(80400)
    should(await codeOf('di', { ...range, pointIds: points(10) })).equal(0)
    should(await codeOf('di', { ...range, pointIds: points(11) })).equal(80400)
    should(await codeOf('raw', { ...range, assetIds: 'nobody' })).equal(80401)
    should(await codeOf('raw', { assetIds: 'utc', pointIds: 'temp' })).equal(80400)
    should(await codeOf('raw', { ...range, orderBy: 'temp' })).equal(80400)
  })

  it('sums up numbers by intervals', async () => {
    await report('utc', [
      [0, { temp: 1 }],
      [30_000, { temp: 4 }],
      [60_000, { temp: 8 }],
      [120_000, { temp: 9 }],
    ])
    const asked = {
      assetIds: 'utc',
      pointIdsWithLogic: 'avg(temp),last(temp)',
      startTime: '1970-01-01T00:00:00Z',
      endTime: '1970-01-01T00:02:00Z',
      interval: 1,
    }
    const rows = async (more: object) =>
      (await items('ai-normalized', { ...asked, ...more })).map(
        ({ localtime: _, assetId: __, ...row }: Record<string, unknown>) => row,
      )
    should(await rows({})).deepEqual([
      { timestamp: 0, 'avg(temp)': 2.5 },
      { timestamp: 60_000, 'avg(temp)': 8 },
      { timestamp: 0, 'last(temp)': 4 },
      { timestamp: 60_000, 'last(temp)': 8 },
    ])
    simulator.current().setOptions({ enos: { intervalStamp: 'end' } })
    should((await rows({ pointIdsWithLogic: 'count(temp)' }))[0]).deepEqual({ timestamp: 60_000, 'count(temp)': 2 })
    should(await codeOf('ai-normalized', { ...asked, interval: 1441 })).equal(80400)
    should(await codeOf('ai-normalized', { ...asked, pointIdsWithLogic: 'median(temp)' })).equal(80400)
  })

  const states: [title: string, state: (value: number) => unknown][] = [
    ['a state', (value) => value],
    ['a state with quality', (value) => ({ value, quality: 0 })],
  ]
  for (const [title, state] of states)
    it(`shows the changes of ${title}, and what it was at the start`, async () => {
      await report('utc', [
        [500, { temp: state(1) }],
        [1500, { temp: state(1) }],
        [2000, { temp: state(2) }],
        [2500, { temp: state(2) }],
      ])
      const rows = await items('di', range)
      should(rows.map((row: { timestamp: number; temp: number }) => [row.timestamp, row.temp])).deepEqual([
        [1000, 1],
        [2000, 2],
      ])
    })
})
