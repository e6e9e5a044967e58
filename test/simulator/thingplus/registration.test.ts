import 'should'
import {
  deviceId,
  gatewayId,
  newDevice,
  newSensor,
  registration,
  sensorId,
  sensorPath,
  visitNeighbours,
  visitWithSensor,
  visitWithToken,
} from './visitor'

describe('Registration in the simulated Thing+ cloud', () => {
  const gatewayPath = `/v2/gateways/${gatewayId}`
  const tree = { ...registration.params, devices: [newDevice], sensors: [newSensor] }

  it('makes a whole tree in one call', () => {
    const { call } = visitWithToken()
    const { status, data } = call('POST', '/v2/registerGateway', {
      reqId: gatewayId,
      params: { ...tree, reportInterval: 60_000 },
    })
    status.should.equal(201)
    data.should.containDeep({
      id: gatewayId,
      reportInterval: 60_000,
      devices: [{ id: deviceId }],
      sensors: [{ id: sensorId }],
    })
    call('GET', gatewayPath).data.should.containEql({
      reportInterval: '60000',
      devices: [deviceId],
      sensors: [sensorId],
    })
  })

  it('answers 207 when a child cannot be made: the gateway stands, and errors name the reason', () => {
    const { call } = visitNeighbours()
    const devices = [{ ...newDevice, reqId: 'other-device' }]
    const answer = call('POST', '/v2/registerGateway', { reqId: gatewayId, params: { ...tree, devices } })
    answer.status.should.equal(207)
    answer.code.should.equal('CONFLICT')
    answer.data.should.containDeep({ id: gatewayId, devices: [], sensors: [{ id: sensorId }] })
    call('GET', gatewayPath).status.should.equal(200)
  })

  it('answers 471 once the plan is used up, and 207 when the children exceed it', () => {
    const { call } = visitWithToken({ plan: { gateways: 2, sensors: 1 } })
    const children = { ...tree, sensors: [newSensor, { ...newSensor, reqId: 'second' }] }
    const first = call('POST', '/v2/registerGateway', { reqId: gatewayId, params: children })
    ;[first.status, first.code].should.eql([207, 'BILLING'])
    call('POST', '/v2/registerGateway', { reqId: deviceId, params: registration.params }).status.should.equal(201)
    const third = call('POST', '/v2/registerGateway', { reqId: sensorId, params: registration.params })
    ;[third.status, third.code].should.eql([471, 'BILLING'])
  })

  it('shows times and the report interval as numbers in a 201 and as texts ever after', () => {
    const { call, clock } = visitWithSensor()
    for (const path of [gatewayPath, `${gatewayPath}/devices/${deviceId}`, sensorPath]) {
      call('GET', path).data.should.containEql({ ctime: String(clock.nowMs), mtime: String(clock.nowMs) })
    }
    call('GET', gatewayPath).data.should.containEql({ reportInterval: '300000' })
  })

  it('takes a gateway, device and sensor back as they were read, and keeps the change', () => {
    const { call, clock } = visitWithSensor()
    call('PUT', `${gatewayPath}/status`, { value: 'on', validDuration: 450 })
    call('PUT', `${sensorPath}/series`, { value: '1', time: clock.nowMs })
    for (const path of [gatewayPath, `${gatewayPath}/devices/${deviceId}`, sensorPath]) {
      const before = call('GET', path).data
      clock.nowMs += 1000
      const changed = { ...before, name: 'renamed', mtime: String(clock.nowMs) }
      call('PUT', path, { ...before, name: 'renamed' }).data.should.eql(changed)
      call('GET', path).data.should.eql(changed)
      call('PUT', path, { ...before, name: 123 }).code.should.equal('SCHEMA_VALIDATE')
      call('PUT', path, { ...before, test: 'test' }).code.should.equal('SCHEMA_VALIDATE')
    }
  })

  it('deletes with 204 and no body, a gateway with all below it', () => {
    const { call } = visitWithSensor()
    const deleted = call('DELETE', gatewayPath)
    deleted.status.should.equal(204)
    deleted.text.should.equal('{}')
    call('GET', gatewayPath).status.should.equal(404)
    call('POST', '/v2/registerGateway', { reqId: gatewayId, params: tree }).status.should.equal(201)
    call('DELETE', sensorPath).status.should.equal(204)
    call('DELETE', `${gatewayPath}/devices/${deviceId}`).status.should.equal(204)
    call('GET', gatewayPath).data.should.containEql({ devices: [], sensors: [] })
  })

  it('refuses an actuator below an Open API gateway', () => {
    const { status, code } = visitWithSensor().call('POST', `${gatewayPath}/sensors`, {
      ...newSensor,
      reqId: 'a',
      category: 'actuator',
    })
    ;[status, code].should.eql([400, 'INVALID_INPUT'])
  })

  for (const sensorDelayStatus of [404, 403] as const) {
    it(`hides a new sensor behind ${sensorDelayStatus} for as long as it is told to`, () => {
      const { call, clock } = visitWithSensor({ sensorDelayMs: 6000, sensorDelayStatus })
      const write = () => call('PUT', `${sensorPath}/series`, { value: '1', time: clock.nowMs }).status
      write().should.equal(sensorDelayStatus)
      clock.nowMs += 6000
      write().should.equal(200)
    })
  }

  it('checks the device model and the device of a sensor when told to', () => {
    const { call } = visitWithToken({ checkReferences: true })
    call('POST', '/v2/registerGateway', registration)
    call('POST', `${gatewayPath}/sensors`, newSensor).code.should.equal('NOT_FOUND')
    call('POST', `${gatewayPath}/devices`, { ...newDevice, model: 'x' }).code.should.equal('NOT_FOUND')
    call('POST', `${gatewayPath}/devices`, newDevice).status.should.equal(201)
    call('POST', `${gatewayPath}/sensors`, newSensor).status.should.equal(201)
  })

  it('gives out a key for a gateway, unless its id has the wrong format or somebody else has it', () => {
    const { call } = visitNeighbours()
    const key = { id: gatewayId, modelId: '52', authType: 'apikey' }
    const answer = call('POST', '/v2/registerGatewayKey', key)
    answer.status.should.equal(200)
    Object.keys(answer.data).should.eql([gatewayId])
    call('POST', '/v2/registerGatewayKey', { ...key, id: '1111gfd111e1' }).code.should.equal('SCHEMA_VALIDATE')
    call('POST', '/v2/registerGatewayKey', { ...key, id: 'other-gateway' }).code.should.equal('ACCESSGROUP_DENY')
  })

  const formats: [modelId: string, good: string, bad: string | undefined][] = [
    ['52', gatewayId, 'b827eb0f6a1c'],
    ['901', 'Any id (1)', undefined],
    ['902', '00124b0001a2b3c4', '00124B0001A2B3C4'],
    ['903', '490154203237518', '49015420323751'],
    ['18', 'Any id (1)', undefined],
  ]
  for (const [modelId, good, bad] of formats)
    it(`takes ids of the format that gateway model ${modelId} names, for a gateway and for its key`, () => {
      const { call } = visitWithToken()
      const format = call('GET', `/v2/gatewayModels/${modelId}`).data['idFormat']
      const register = (reqId: string) =>
        call('POST', '/v2/registerGateway', { reqId, params: { ...registration.params, model: modelId } })
      const keyFor = (id: string) => call('POST', '/v2/registerGatewayKey', { id, modelId, authType: 'apikey' })
      if (bad !== undefined) {
        register(bad).code.should.equal('SCHEMA_VALIDATE')
        keyFor(bad).code.should.equal('SCHEMA_VALIDATE')
      }
      keyFor(good).status.should.equal(200)
      register(good).status.should.equal(201)
      ;[undefined, 'uuid', 'custom', 'eui64', 'imei'].should.containEql(format)
    })

  it('takes MAC addresses alone for a model without a format when told to', () => {
    const { call } = visitWithToken({ idWithoutFormat: 'mac' })
    const register = (reqId: string) =>
      call('POST', '/v2/registerGateway', { reqId, params: { ...registration.params, model: '18' } })
    register(gatewayId).code.should.equal('SCHEMA_VALIDATE')
    register('b827eb0f6a1c').status.should.equal(201)
  })

  it('answers a command with 504, for no gateway is connected', () => {
    const { call } = visitNeighbours()
    const command = { id: 'my-gateway', act: 'controlActuator', params: { id: 'my-sensor', cmd: 'on', options: {} } }
    const answer = call('POST', '/v2/controlActuator', command)
    ;[answer.status, answer.code].should.eql([504, 'PROCESS_COMMAND_RESULT'])
    call('POST', '/v2/controlActuator', { ...command, id: 'nowhere' }).code.should.equal('NOT_FOUND')
    call('POST', '/v2/controlActuator', { ...command, test: 1 }).code.should.equal('SCHEMA_VALIDATE')
  })
})
