import 'should'
import { gatewayId, newSensor, sensorId, sensorPath, visitWithSensor, visitWithToken } from './visitor'

describe('Statuses in the simulated Thing+ cloud', () => {
  const gatewayStatus = `/v2/gateways/${gatewayId}/status`
  const sensorStatus = `${sensorPath}/status`
  const on = { value: 'on', validDuration: 450 }

  for (const { what, path, id } of [
    { what: 'gateway', path: gatewayStatus, id: gatewayId },
    { what: 'sensor', path: sensorStatus, id: sensorId },
  ]) {
    it(`answers the first write ever to a ${what} with the ${what} and the id of its status, later ones with the status`, () => {
      const { call, clock } = visitWithSensor()
      clock.nowMs += 1000
      const first = call('PUT', path, on)
      first.data.should.containEql({ id, mtime: String(clock.nowMs) })
      String(first.data['status']).should.match(new RegExp(`^status\\.${what}\\.[\\w-]{6}$`))

      const firstMs = clock.nowMs
      clock.nowMs += 300_000
      call('PUT', path, on).body.should.eql({
        statusCode: 200,
        message: 'OK',
        data: {
          type: 'status',
          value: 'on',
          ...(what === 'sensor' && { srcType: 'temperature', srcCategory: 'sensor' }),
          srcDbType: what,
          time: String(clock.nowMs),
          expireAt: String(clock.nowMs + 450_000),
          vtime: String(firstMs),
          status: id,
          owner: gatewayId,
          [what]: id,
          mtime: String(clock.nowMs),
          ctime: String(firstMs),
          id: first.data['status'],
        },
      })
      call('PUT', path, { ...on, value: 'err' }).data.should.containEql({ value: 'err', vtime: String(clock.nowMs) })
    })

    it(`reads the status of a ${what} as the ${what} with the status in it`, () => {
      const { call } = visitWithSensor()
      call('GET', path).data.should.not.have.property('status')
      call('PUT', path, on)
      call('GET', path).data.should.containDeep({ id, status: { type: 'status', value: 'on', status: id } })
    })
  }

  for (const body of [
    {},
    { value: 'on' },
    { validDuration: 90 },
    { ...on, test: 'test' },
    { ...on, validDuration: '90' },
    { ...on, validDuration: 1.5 },
    { ...on, value: 123 },
    { ...on, value: 'test' },
  ]) {
    it(`refuses the status ${JSON.stringify(body)} with 400 SCHEMA_VALIDATE`, () => {
      const { call } = visitWithSensor()
      for (const path of [gatewayStatus, sensorStatus]) {
        const { status, code } = call('PUT', path, body)
        ;[status, code].should.eql([400, 'SCHEMA_VALIDATE'])
      }
    })
  }

  for (const { expiredStatus, shown } of [
    { expiredStatus: 'unknown', shown: 'unknown' },
    { expiredStatus: 'off', shown: 'off' },
    { expiredStatus: 'err', shown: 'err' },
    { expiredStatus: 'as-sent', shown: 'on' },
  ] as const) {
    it(`shows an expired status as "${shown}" with the option ${expiredStatus}`, () => {
      const { call, clock } = visitWithSensor({ expiredStatus })
      call('PUT', sensorStatus, on)
      const { nowMs } = clock
      clock.nowMs += 449_999
      call('GET', sensorStatus).data.should.containDeep({ status: { value: 'on' } })
      clock.nowMs += 1
      call('GET', sensorStatus).data.should.containDeep({ status: { value: shown, expireAt: String(nowMs + 450_000) } })
    })
  }

  it('has a virtual gateway and sensor report after five seconds, before anybody has written a value', () => {
    const { call, clock, cloud } = visitWithToken()
    const params = { name: 'Virtual', siteId: '1', model: '6', virtual: 'y', sensors: [{ ...newSensor, virtual: 'y' }] }
    call('POST', '/v2/registerGateway', { reqId: gatewayId, params }).status.should.equal(201)
    const createdMs = clock.nowMs
    clock.nowMs += 6000
    call('GET', gatewayStatus).data.should.containDeep({
      status: { value: 'on', expireAt: '-1', ctime: String(createdMs + 5000) },
    })
    call('PUT', gatewayStatus, on).data.should.containEql({ type: 'status', ctime: String(createdMs + 5000) })
    call('PUT', sensorStatus, on).data.should.containEql({ type: 'status', srcDbType: 'sensor' })
    call('PUT', `${sensorPath}/series`, { value: '1', time: clock.nowMs }).data.should.containEql({
      type: 'series',
      value: '1',
    })
    cloud.state().should.containEql({ valuesAccepted: 1 })
  })
})
