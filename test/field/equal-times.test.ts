import should from 'should'
import { openOutbox } from '../../lib/outbox'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { newFolder, removeFolder } from '../folder'
import { gatewayId, seed } from '../nodes/thingplus'
import { startTestCloud, type TestCloud } from '../thingplus/cloud'

const sensorId = 'temperature'

describe('Values of one Thing+ sensor in the same millisecond', () => {
  let cloud: TestCloud
  afterEach(() => cloud.close())
  const stored = () =>
    (cloud.simulator.points(`${gatewayId}/${sensorId}`) ?? []).map(({ timeMs, values }) => ({
      time: timeMs,
      value: values['value'],
    }))

  it('that have no time of their own all arrive, in order, a millisecond apart', async () => {
    cloud = await startTestCloud(seed, { equalTimes: 'refuse' })
    const client = cloud.client()
    const arrivalMs = Date.now()
    await client.sendValues(gatewayId, { [sensorId]: [1, 2, 3] }, { arrivalMs })
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => client.sendValues(gatewayId, { [sensorId]: at }, { arrivalMs })),
    )
    const values = stored()
    should(values.map(({ time }) => time - arrivalMs)).deepEqual(Array.from({ length: 13 }, (_, at) => at))
    should(values.map(({ value }) => Number(value))).deepEqual([1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('likewise where they are kept first, and beside such as are sent at once', async () => {
    cloud = await startTestCloud(seed, { equalTimes: 'refuse' })
    const client = cloud.client()
    const arrivalMs = Date.now()
    const kept = client.deferValues(gatewayId, { [sensorId]: [1, 2] }, { arrivalMs }).map(({ entry }) => entry)
    await client.deliverValues(gatewayId, sensorId, kept)
    await client.sendValues(gatewayId, { [sensorId]: 3 }, { arrivalMs })
    should(stored().map(({ value }) => Number(value))).deepEqual([1, 2, 3])
  })

  it('keep the time that an unset clock gives them, which the outbox sets right', () => {
    const arrivalMs = 1e12
    return startTestCloud(seed, { equalTimes: 'refuse' }).then((started) => {
      cloud = started
      const entries = cloud.client().deferValues(gatewayId, { [sensorId]: [1, 2] }, { arrivalMs })
      should(entries.map(({ entry }) => entry.time)).deepEqual([arrivalMs, arrivalMs])
    })
  })

  it('that are their own: the last of each time is taken, and the error says how many were not', async () => {
    cloud = await startTestCloud(seed, { equalTimes: 'refuse' })
    const time = Date.now() - 60_000
    const values = [0, 0, 0, 1, 2, 2].map((second, value) => ({ value, time: time + second * 1_000 }))
    await cloud
      .client()
      .sendValues(gatewayId, { [sensorId]: values })
      .should.be.rejectedWith({ code: 'PARTIAL_FAILURE', message: /^Not accepted: 3 of 6 values/ })
    should(stored().map(({ value }) => value)).deepEqual(['2', '3', '5'])
  })

  describe('that are their own, through an outbox', () => {
    const time = Date.now() - 60_000
    const deliver = async (values: number[], count: { delivered: number; dead: number }) => {
      const folder = await newFolder('equal-times')
      const outbox = await openOutbox({ folder, random: () => 0 })
      try {
        await outbox.acceptAll(
          'lane',
          values.map((value) => ({
            stream: `${gatewayId}/${sensorId}`,
            payload: JSON.stringify({ gatewayId, sensorId, entry: { value: String(value), time } }),
            eventTimeMs: time,
          })),
        )
        const lane = outbox.lane('lane')
        await lane.attach(thingplusDestinations.values(cloud.client()), { liveLimitMs: 0 })
        for (;;) {
          const { delivered, dead, pending } = await lane.figures()
          if (pending === 0) return should({ delivered, dead }).deepEqual(count)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      } finally {
        await outbox.close()
        await removeFolder(folder)
      }
    }

    it('the last counts, and the others become dead letters, where the cloud takes one only', async () => {
      cloud = await startTestCloud(seed, { equalTimes: 'refuse' })
      await deliver([1, 2, 3], { delivered: 1, dead: 2 })
      should(stored()).deepEqual([{ time, value: '3' }])
    })

    it('all count where the cloud takes all', async () => {
      cloud = await startTestCloud(seed, { equalTimes: 'accept' })
      await deliver([1, 2, 3], { delivered: 3, dead: 0 })
    })
  })

  it('are no proof that the cloud has taken a value which it refuses: the values themselves are compared', async () => {
    cloud = await startTestCloud(seed, { equalTimes: 'refuse' })
    const client = cloud.client()
    const time = Date.now() - 1_000
    await client.deliverValues(gatewayId, sensorId, [{ value: '1', time }])
    await client.deliverValues(gatewayId, sensorId, [{ value: '1', time }])
    await client
      .deliverValues(gatewayId, sensorId, [{ value: '2', time }])
      .should.be.rejectedWith({ code: 'VALIDATION_REFUSED' })
    should(stored()).deepEqual([{ time, value: '1' }])
  })
})
