import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import should from 'should'
import { type Answer, send } from '../enos-client'
import { deviceId, gatewayId, md5, sensorId } from './visitor'

/** How a client of the real cloud writes a request: a base URL, and its login in a header. */
const caller = (baseUrl: string, headers: Record<string, string> = {}) => {
  return (method: string, path: string, body?: object): Promise<Answer> =>
    send(`${baseUrl}/v2${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
}

const sensorPath = `/gateways/${gatewayId}/sensors/${sensorId}`
const timeMs = Date.parse('2018-09-03T04:05:06.789Z')

describe('The simulator as a program', () => {
  let program: ChildProcess
  afterEach(async () => {
    const ended = once(program, 'exit')
    program.kill()
    await ended
  })

  /** Starts `npm run simulator`'s program, and gives the URL that it prints. */
  const start = async (...settings: string[]): Promise<string> => {
    program = spawn(process.execPath, ['--require', 'tsx/cjs', 'lib/simulator/cli.ts', '--port', '0', ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (!program.stdout) throw new Error('The program has no output')
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string]
    return /http:\/\/[\d.]+:\d+/.exec(line)?.[0] ?? line
  }

  it('serves a client of 2018: a token by JSON, reqId, validDuration, series with the latest value', async () => {
    const url = await start()
    const { body: token } = await caller(url)('POST', '/oauth2/token', {
      grant_type: 'password',
      client_id: 'testClientId',
      client_secret: 'demo-client-secret',
      username: 'serviceadmin',
      password: md5('demo-password'),
    })
    const call = caller(url, { authorization: `${token.token_type} ${token.access_token}` })

    const siteId = (await call('GET', '/sites')).body.data[0].id
    const model = (await call('GET', '/gatewayModels/52')).body.data
    const [deviceModel] = model.deviceModels
    const { driverName, model: sensorModel, type, category } = deviceModel.sensors[0]
    const gateway = await call('POST', '/registerGateway', {
      reqId: gatewayId,
      params: { siteId, model: model.id, name: 'GW 2018', reportInterval: 60_000 },
    })
    should(gateway.body).containDeep({ statusCode: 201, message: 'Created', data: { id: gatewayId } })
    const device = { reqId: deviceId, name: 'Device 2018', model: deviceModel.id }
    should(await call('POST', `/gateways/${gatewayId}/devices`, device)).have.property('status', 201)
    const sensor = { reqId: sensorId, name: 'Temp', driverName, model: sensorModel, type, category, deviceId }
    should(await call('POST', `/gateways/${gatewayId}/sensors`, sensor)).have.property('status', 201)

    const status = { value: 'on', validDuration: 90 }
    should(await call('PUT', `/gateways/${gatewayId}/status`, status)).have.property('status', 200)
    should(await call('PUT', `${sensorPath}/status`, status)).have.property('status', 200)
    should(await call('PUT', `${sensorPath}/series`, { value: '26.1', time: timeMs })).have.property('status', 200)
    const values = [1, 2].map((step) => ({ value: `26.${step + 1}`, time: timeMs + 1000 * step }))
    should((await call('PUT', `${sensorPath}/series`, values)).body.data.seriesPack).deepEqual(values)

    should((await call('GET', `${sensorPath}/series`)).body.data).containDeep({
      latest: { type: 'series', value: '26.3', time: String(timeMs + 2000) },
      data: ['26.3', timeMs + 2000],
      _meta: { count: 1 },
    })
    const range = `dataStart=${new Date(timeMs).toISOString()}&interval=0`
    should((await call('GET', `${sensorPath}/series?${range}`)).body.data.data).deepEqual(
      ['26.1', '26.2', '26.3'].flatMap((value, step) => [value, timeMs + 1000 * step]),
    )
    const embedded = (await call('GET', `/gateways/${gatewayId}?embed=sensors&embed=status&sensors[embed]=status`)).body
    should(embedded.data).containDeep({ status: { value: 'on' }, sensors: [{ id: sensorId, status: { value: 'on' } }] })
  })

  it('serves a client of April 2017: a cookie, oauth2/authClients, id, timeout, series in the sensor', async () => {
    const url = await start('--option', 'thingplus.dialect=april-2017', '--option', 'thingplus.seriesShape=parent')
    const login = await caller(url)('POST', '/login', { loginId: 'serviceadmin', password: md5('demo-password') })
    const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? ''
    should(cookie).startWith('dwTPlus=')
    const call = caller(url, { cookie })

    const me = (await call('GET', '/users/me')).body.data
    should(me).containDeep({ loginId: 'serviceadmin', _service: '1' })
    const client = { reqId: 'testClient17', name: 'Client 2017', clientSecret: 's', scopes: ['gateway', 'site-read'] }
    should((await call('POST', '/oauth2/authClients', client)).body.data).have.property('id', 'testClient17')

    const params = {
      siteId: me._site,
      model: '52',
      name: 'GW 2017',
      location: { longitude: 127, latitude: 37, address: 'Seoul' },
    }
    should((await call('POST', '/registerGateway', { id: gatewayId, params })).body.data).containDeep({
      id: gatewayId,
      name: 'GW 2017',
    })
    const sensor = {
      reqId: sensorId,
      name: 'Temp',
      type: 'temperature',
      driverName: 'openApiSensor',
      model: 'openApiTemp',
      category: 'sensor',
      network: 'daliworks',
      sequence: '1',
    }
    should(await call('POST', `/gateways/${gatewayId}/sensors`, sensor)).have.property('status', 201)

    const status = { value: 'on', timeout: 90 }
    should(await call('PUT', `/gateways/${gatewayId}/status`, status)).have.property('status', 200)
    const first = (await call('PUT', `${sensorPath}/status`, status)).body.data
    should(first)
      .containDeep({ id: sensorId })
      .and.have.property('status')
      .which.match(/^status\.sensor\./)
    const leaf = (await call('PUT', `${sensorPath}/status`, status)).body.data
    should(Number(leaf.expireAt) - Number(leaf.time)).equal(90_000)
    should((await call('GET', `${sensorPath}/status`)).body.data).containDeep({ id: sensorId, status: { value: 'on' } })

    should(await call('PUT', `${sensorPath}/series`, { value: '26.1', time: timeMs })).have.property('status', 200)
    should((await call('GET', `${sensorPath}/series`)).body.data).containDeep({
      id: sensorId,
      series: { type: 'series', value: '26.1', time: String(timeMs) },
    })

    should(await call('DELETE', `/gateways/${gatewayId}`)).containDeep({ status: 204, body: '' })
    should(await call('GET', `/gateways/${gatewayId}`)).containDeep({ status: 404 })
    should(await call('POST', '/logout')).have.property('status', 200)
    should(await call('GET', '/users/me')).containDeep({ status: 401, body: 'Access denied' })
  })
})
