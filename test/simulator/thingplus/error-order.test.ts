import 'should'
import { gatewayId, registration, visitNeighbours, visitWithToken } from './visitor'

const foreign = [403, 'ACCESSGROUP_DENY']
const unknown = [404, 'NOT_FOUND']
const schema = [400, 'SCHEMA_VALIDATE']
const sensorOf = (gateway: string, sensor: string) => `/v2/gateways/${gateway}/sensors/${sensor}`

describe('The order of errors in the simulated Thing+ cloud', () => {
  const items: { path: string; answer: (number | string)[] }[] = [
    { path: '/v2/gateways/other-gateway', answer: foreign },
    { path: '/v2/gateways/nowhere', answer: unknown },
    { path: '/v2/gateways/my-gateway/devices/other-device', answer: foreign },
    { path: '/v2/gateways/my-gateway/devices/nowhere', answer: unknown },
    { path: sensorOf('my-gateway', 'other-sensor'), answer: foreign },
    { path: sensorOf('my-gateway', 'nowhere'), answer: unknown },
    { path: sensorOf('my-second-gateway', 'my-sensor'), answer: unknown },
  ]
  for (const { path, answer } of items) {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      it(`answers ${method} ${path} with ${answer.join(' ')}, even for an empty body`, () => {
        const { status, code } = visitNeighbours().call(method, path, {})
        ;[status, code].should.eql(answer)
      })
    }
  }

  const below: { gateway: string; sensor: string; answer: (number | string)[] }[] = [
    { gateway: 'my-gateway', sensor: 'other-sensor', answer: foreign },
    { gateway: 'other-gateway', sensor: 'my-sensor', answer: foreign },
    { gateway: 'other-gateway', sensor: 'other-sensor', answer: foreign },
    { gateway: 'other-gateway', sensor: 'nowhere', answer: foreign },
    { gateway: 'my-gateway', sensor: 'nowhere', answer: unknown },
    { gateway: 'nowhere', sensor: 'my-sensor', answer: unknown },
  ]
  for (const { gateway, sensor, answer } of below) {
    for (const leaf of ['status', 'series']) {
      it(`answers the ${leaf} of ${sensor} under ${gateway} with ${answer.join(' ')}, before it looks at the body`, () => {
        const { call } = visitNeighbours()
        for (const method of ['GET', 'PUT']) {
          const { status, code } = call(method, `${sensorOf(gateway, sensor)}/${leaf}`, { wrong: 1 })
          ;[status, code].should.eql(answer)
        }
      })
    }
  }

  it('checks an item route for the schema before the conflict, and for the conflict before the plan', () => {
    const { call } = visitNeighbours({ plan: { sensors: 1 } })
    const path = '/v2/gateways/my-gateway/sensors'
    const post = (body: object) => call('POST', path, body).code
    post({ reqId: 'my-sensor', extra: 1 }).should.equal('SCHEMA_VALIDATE')
    post({ reqId: 'my-sensor' }).should.equal('CONFLICT')
    post({ reqId: 'new-sensor' }).should.equal('BILLING')
  })

  it('answers 409 for the id of a device or sensor that somebody else owns, whatever its model or device', () => {
    const { call } = visitNeighbours({ checkReferences: true })
    const device = call('POST', '/v2/gateways/my-gateway/devices', {
      reqId: 'other-device',
      name: 'a',
      model: 'unknown',
    })
    ;[device.status, device.code].should.eql([409, 'CONFLICT'])
    const sensor = call('POST', '/v2/gateways/my-gateway/sensors', { reqId: 'other-sensor', deviceId: 'unknown' })
    ;[sensor.status, sensor.code].should.eql([409, 'CONFLICT'])
  })

  describe('of registerGateway', () => {
    const register = (body: object) => {
      const { status, code } = visitNeighbours().call('POST', '/v2/registerGateway', body)
      return [status, code]
    }
    const params = registration.params
    const cases: { title: string; body: object; answer: (number | string)[] }[] = [
      {
        title: 'a schema error at an unknown site',
        body: { reqId: 'x', params: { ...params, siteId: '9', virtual: 'maybe' } },
        answer: schema,
      },
      {
        title: 'a schema error at a site without a plan',
        body: { reqId: '', params: { ...params, siteId: '3' } },
        answer: schema,
      },
      { title: 'a site of one blank', body: { reqId: gatewayId, params: { ...params, siteId: ' ' } }, answer: unknown },
      {
        title: 'a site of no character',
        body: { reqId: gatewayId, params: { ...params, siteId: '' } },
        answer: schema,
      },
      { title: 'a foreign site', body: { reqId: gatewayId, params: { ...params, siteId: '2' } }, answer: foreign },
      { title: 'an unknown site', body: { reqId: gatewayId, params: { ...params, siteId: '9' } }, answer: unknown },
      { title: 'an unknown model', body: { reqId: gatewayId, params: { ...params, model: '1000' } }, answer: unknown },
      { title: 'the id of a foreign gateway', body: { reqId: 'other-gateway', params }, answer: foreign },
      { title: 'the id of an own gateway', body: { reqId: 'my-gateway', params }, answer: [409, 'CONFLICT'] },
      { title: 'an id of the wrong format', body: { reqId: 'ABC', params }, answer: schema },
      {
        title: 'a site without a plan',
        body: { reqId: gatewayId, params: { ...params, siteId: '3' } },
        answer: [471, 'BILLING'],
      },
      { title: 'a number as the site', body: { reqId: gatewayId, params: { ...params, siteId: 1 } }, answer: schema },
      {
        title: 'a report interval below a minute',
        body: { reqId: gatewayId, params: { ...params, reportInterval: 59_999 } },
        answer: schema,
      },
      {
        title: 'a report interval as text',
        body: { reqId: gatewayId, params: { ...params, reportInterval: '300000' } },
        answer: schema,
      },
      { title: 'an unknown key beside params', body: { reqId: gatewayId, params, more: 1 }, answer: schema },
      { title: 'an unknown key in params', body: { reqId: gatewayId, params: { ...params, more: 1 } }, answer: schema },
      {
        title: 'an unknown key in a child',
        body: { reqId: gatewayId, params: { ...params, sensors: [{ reqId: 's', more: 1 }] } },
        answer: schema,
      },
      { title: 'no params', body: { reqId: gatewayId }, answer: schema },
      { title: 'no id', body: { params }, answer: schema },
    ]
    for (const { title, body, answer } of cases) {
      it(`answers ${title} with ${answer.join(' ')}`, () => {
        register(body).should.eql(answer)
      })
    }
  })

  it('answers an unknown path, and PUT /gateways without an id, with an enveloped 404', () => {
    const { call } = visitWithToken()
    for (const [method, path] of [
      ['PUT', '/v2/gateways'],
      ['GET', '/v2/nothing'],
      ['GET', '/v2/users/me/2'],
    ] as const) {
      const answer = call(method, path)
      ;[answer.status, answer.code].should.eql(unknown)
      answer.body.should.containEql({ statusCode: 404, message: 'Not Found' })
    }
  })

  it('answers a body that is no JSON with 400 JSON_PARSING', () => {
    const { status, code } = visitWithToken().call('POST', '/v2/registerGateway', '{"reqId":')
    ;[status, code].should.eql([400, 'JSON_PARSING'])
  })
})
