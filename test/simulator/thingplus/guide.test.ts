import 'should'
import {
  deviceId,
  gatewayId,
  md5,
  newDevice,
  newSensor,
  registration,
  sensorId,
  sensorPath,
  startMs,
  visit,
} from './visitor'

describe('The simulated Thing+ cloud', () => {
  it('goes through the whole interworking guide, answering as the guide shows', () => {
    const visitor = visit()
    const { call, clock } = visitor

    visitor.openPortal('serviceadmin', md5('demo-password')).status.should.equal(200)
    const client = {
      name: 'Test Client',
      reqId: 'guideClient',
      clientSecret: 'pwd12!@',
      scopes: ['gateway', 'site-read'],
    }
    call('POST', '/v2/authClients', client).body.should.eql({
      statusCode: 201,
      message: 'Created',
      data: {
        name: 'Test Client',
        clientSecret: 'pwd12!@',
        scopes: ['gateway', 'site-read'],
        _user: '1',
        mtime: startMs,
        ctime: startMs,
        id: 'guideClient',
      },
    })
    visitor.login.cookie = undefined

    const token = visitor.getToken({
      client_id: 'guideClient',
      client_secret: 'pwd12!@',
      username: 'serviceadmin',
      password: md5('demo-password'),
    })
    Object.keys(token.body).should.eql(['access_token', 'token_type'])
    token.body.should.have.property('token_type', 'Bearer')
    const [header, payload] = String(token.body['access_token']).split('.')
    Buffer.from(header ?? '', 'base64url')
      .toString()
      .should.equal('{"typ":"JWT","alg":"HS256"}')
    JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()).should.eql({
      userId: '1',
      clientId: 'guideClient',
      iat: startMs / 1000,
      exp: startMs / 1000 + 7_776_000,
    })

    call('GET', '/v2/sites').data.should.eql([
      {
        billing: 'site:1',
        code: 'iService',
        ctime: String(startMs),
        _service: '1',
        billingReserve: 'site:1:reserve',
        billingLimit: 'site:1:limit',
        name: 'default',
        id: '1',
        billingMeter: 'site:1:meter',
        mtime: String(startMs),
        billingCurrent: 'site:1:current',
      },
    ])
    call('GET', '/v2/gatewayModels/52').data.should.have.property('model', 'open-api-gateway-v1.0')

    clock.nowMs += 1000
    call('POST', '/v2/registerGateway', registration).body.should.eql({
      statusCode: 201,
      message: 'Created',
      data: {
        name: 'Open Gateway 1',
        model: '52',
        _site: '1',
        _service: '1',
        reportInterval: '300000',
        mtime: clock.nowMs,
        ctime: clock.nowMs,
        tree: gatewayId,
        id: gatewayId,
      },
    })
    call('POST', `/v2/gateways/${gatewayId}/devices`, newDevice).body.should.eql({
      statusCode: 201,
      message: 'Created',
      data: {
        name: 'Open Gateway Device 1',
        model: 'open-api-device-v1.0',
        owner: gatewayId,
        mtime: clock.nowMs,
        ctime: clock.nowMs,
        id: deviceId,
      },
    })
    const { reqId: _reqId, ...sensorFields } = newSensor
    call('POST', `/v2/gateways/${gatewayId}/sensors`, newSensor).body.should.eql({
      statusCode: 201,
      message: 'Created',
      data: { ...sensorFields, owner: gatewayId, mtime: clock.nowMs, ctime: clock.nowMs, id: sensorId },
    })

    const status = { value: 'on', validDuration: 450 }
    call('PUT', `/v2/gateways/${gatewayId}/status`, status).status.should.equal(200)
    call('PUT', `${sensorPath}/status`, status).status.should.equal(200)
    call('PUT', `${sensorPath}/series`, { value: '36.5', time: clock.nowMs }).status.should.equal(200)
    call('PUT', `${sensorPath}/series`, [
      { value: '36.4', time: clock.nowMs + 1 },
      { value: '36.3', time: clock.nowMs + 2 },
    ]).data.should.have.property('value', '36.3')

    visitor.cloud.state().should.containDeep({
      gateways: [{ id: gatewayId, name: 'Open Gateway 1' }],
      devices: [{ id: deviceId, owner: gatewayId }],
      sensors: [{ id: sensorId, type: 'temperature', values: 3 }],
      statuses: [
        { target: gatewayId, value: 'on', expireAt: clock.nowMs + 450_000 },
        { target: `${gatewayId}/${sensorId}`, value: 'on', expireAt: clock.nowMs + 450_000 },
      ],
      valuesAccepted: 3,
    })
    JSON.stringify(visitor.cloud.state()).should.not.match(
      /pwd12|password|eyJ0|[0-9a-f]{32}(?<!87cd2a6e407511e7922eb724f8803770|366d685f93f5477a8d29e8c45bae0a31|d815ba2f84eb490b8e68d9dd744da397)/,
    )
    for (const stream of [sensorId, `${gatewayId}/${sensorId}`]) {
      const points = visitor.cloud.points(stream) ?? []
      points
        .map(({ values, channel }) => [values['value'], channel])
        .should.eql([
          ['36.5', 'series'],
          ['36.4', 'series'],
          ['36.3', 'series'],
        ])
    }
  })

  it('answers the same under the prefix of a white-label host, and leaves other paths alone', () => {
    const { call, cloud, ...visitor } = visit()
    visitor.openPortal('serviceadmin', 'demo-password')
    call('GET', '/api/v2/sites').text.should.equal(call('GET', '/v2/sites').text)
    const request = { method: 'GET', headers: {}, body: Buffer.alloc(0), receivedMs: 0 }
    for (const path of ['/v2.0/token/get', '/v3/sites', '/connect-service/v2.1/products']) {
      ;(cloud.handle({ ...request, url: new URL(path, 'http://x') }) === undefined).should.be.true()
      ;(cloud.refuse({ ...request, url: new URL(path, 'http://x') }, 'throttled') === undefined).should.be.true()
    }
  })

  it('speaks the dialect of April 2017: cookie, oauth2/authClients, id and timeout, inner series', () => {
    const visitor = visit({}, { dialect: 'april-2017', seriesShape: 'parent' })
    const { call, clock } = visitor
    visitor.openPortal('serviceadmin', md5('demo-password'))
    const client = { name: 'Old', reqId: 'oldClient', clientSecret: 's', scopes: ['gateway'] }
    call('POST', '/v2/oauth2/authClients', client).status.should.equal(201)
    call('POST', '/v2/registerGateway', registration).code.should.equal('SCHEMA_VALIDATE')
    call('POST', '/v2/registerGateway', { id: gatewayId, params: registration.params }).status.should.equal(201)
    call('POST', `/v2/gateways/${gatewayId}/sensors`, newSensor).status.should.equal(201)
    call('PUT', `${sensorPath}/status`, { value: 'on', validDuration: 90 }).code.should.equal('SCHEMA_VALIDATE')
    call('PUT', `${sensorPath}/status`, { value: 'on', timeout: 90 }).status.should.equal(200)
    call('PUT', `${sensorPath}/series`, { value: { lat: 1 }, time: clock.nowMs }).code.should.equal('SCHEMA_VALIDATE')
    call('PUT', `${sensorPath}/series`, { value: '123', time: clock.nowMs }).status.should.equal(200)
    call('GET', `${sensorPath}/series`).data.should.containDeep({
      id: sensorId,
      series: { type: 'series', value: '123', time: String(clock.nowMs), sensor: sensorId },
    })
    call('POST', '/v2/logout').status.should.equal(200)
    call('GET', '/v2/gateways').text.should.equal('Access denied')
  })

  it('takes either name of the id and of the lifetime, but never both at once', () => {
    const visitor = visit()
    visitor.openPortal('serviceadmin', 'demo-password')
    const { call } = visitor
    const { params } = registration
    call('POST', '/v2/registerGateway', { ...registration, id: gatewayId }).code.should.equal('SCHEMA_VALIDATE')
    call('POST', '/v2/registerGateway', { id: gatewayId, params }).status.should.equal(201)
    call('POST', '/v2/registerGateway', { reqId: deviceId, params }).status.should.equal(201)
    const path = `/v2/gateways/${gatewayId}/status`
    call('PUT', path, { value: 'on', timeout: 90, validDuration: 90 }).code.should.equal('SCHEMA_VALIDATE')
    call('PUT', path, { value: 'on', timeout: 90 }).status.should.equal(200)
    call('PUT', path, { value: 'on', validDuration: 90 }).status.should.equal(200)
  })
})
