import 'should'
import { createThingPlusCloud, type ThingPlusOptions, type ThingPlusSeed } from '../../../lib/simulator/thingplus'
import {
  gatewayId,
  neighbours,
  sensorId,
  sensorPath,
  startMs,
  visit,
  visitNeighbours,
  visitWithSensor,
} from './visitor'

type Json = Record<string, unknown>
const listOf = (data: unknown) => data as Json[]

describe('What the simulated Thing+ cloud lists', () => {
  it('offers model 52 with the 63 sensor types in order, each with driver, model and category', () => {
    const model = visit().call('GET', '/v2/gatewayModels/52').data
    model.should.containEql({
      idFormat: 'uuid',
      gatewayIdConfig: 'n',
      reportInterval: '300000',
      ctime: String(startMs),
    })
    const [device] = listOf(model['deviceModels'])
    device?.should.containEql({ id: 'open-api-device-v1.0', idTemplate: '{gatewayId}-{deviceAddress}', max: 99 })
    const sensors = listOf(device?.['sensors'])
    sensors.length.should.equal(63)
    const common = { network: 'daliworks', driverName: 'openApiSensor', category: 'sensor' }
    sensors[0]?.should.eql({ ...common, model: 'openApiTemp', type: 'temperature' })
    sensors[53]?.should.eql({ ...common, model: 'openApiConductivity', type: 'conductivity' })
    sensors.at(-1)?.should.have.property('type', 'methane')
  })

  it('describes sensor types and drivers to anybody, and answers an unknown one with 404', () => {
    const { call } = visit()
    call('GET', '/v2/sensorTypes/onoff').data.should.containEql({
      type: 'boolean',
      values: ['0', '1'],
      displayValues: ['off', 'on'],
    })
    call('GET', '/v2/sensorTypes/location').data.should.containDeep({
      type: 'object',
      contentType: { properties: { lat: {}, lng: {} } },
    })
    call('GET', '/v2/sensorTypes/temperature').data.should.containDeep({
      unit: '°C',
      decimalPlace: '1',
      range: { min: -273, max: 300 },
    })
    call('GET', '/v2/sensorDrivers/openApiSensor').data.should.containDeep({
      dataTypes: { openApiTemp: ['temperature'] },
      onChange: { openApiDi: true },
    })
    for (const name of ['gatewayModels', 'sensorTypes', 'sensorDrivers']) {
      call('GET', `/v2/${name}`).status.should.equal(200)
      call('GET', `/v2/${name}/70`).code.should.equal('NOT_FOUND')
      visit({}, { openMetadata: false }).call('GET', `/v2/${name}`).text.should.equal('Access denied')
    }
  })

  it('pages, orders, filters and cuts a list, and says so in _meta', () => {
    const gateways = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, name: id === 'c' ? 'odd' : 'even' }))
    const { call, openPortal } = visit({ gateways })
    openPortal('serviceadmin', 'demo-password')
    const ids = (query: string) => listOf(call('GET', `/v2/gateways?${query}`).data).map(({ id }) => id)
    call('GET', '/v2/gateways').body['_meta']?.should.eql({ count: 5, page: 0, total: 5, maxCount: 4000 })
    call('GET', '/v2/gateways?count=2&page=2').body['_meta']?.should.eql({
      count: 1,
      page: 2,
      total: 5,
      maxCount: 4000,
    })
    ids('count=2&page=1').should.eql(['c', 'd'])
    ids('orderBy=id&orderDir=desc&count=2').should.eql(['e', 'd'])
    ids('filter[name]=odd').should.eql(['c'])
    ids('filter[id]=a&filter[id]=c&filter[name]=even').should.eql(['a'])
    ids('start=2017-05-26T00:00:00.000Z').should.eql([])
    ids('end=2017-05-26T00:00:00.000Z').length.should.equal(5)
    call('GET', '/v2/gateways?fields=name&count=1').data.should.eql([{ name: 'even', id: 'a' }])
    call('GET', '/v2/gateways?count=many').code.should.equal('INVALID_INPUT')
  })

  it('embeds devices, sensors, statuses and series, also below each other', () => {
    const { call } = visitWithSensor()
    call('PUT', `/v2/gateways/${gatewayId}/status`, { value: 'on', validDuration: 450 })
    call('PUT', `${sensorPath}/series`, { value: '1', time: startMs - 60_000 })
    const range =
      'sensors[embed]=series&sensors[series][dataStart]=2017-05-25T12:00:00.000Z&sensors[series][interval]=0'
    const expected = {
      id: gatewayId,
      status: { value: 'on' },
      devices: [{ owner: gatewayId }],
      sensors: [{ id: sensorId, series: { value: '1', data: ['1', startMs - 60_000], _meta: { count: 1 } } }],
    }
    const query = `embed=status&embed=devices&embed=sensors&${range}`
    call('GET', `/v2/gateways/${gatewayId}?${query}`).data.should.containDeep(expected)
    call('GET', `/v2/gateways?${query}`).data.should.containDeep([expected])
    call('GET', `${sensorPath}?embed=series`).data.should.containDeep({ series: { value: '1' } })
    call('GET', `/v2/gateways/${gatewayId}/sensors?embed=series`).data.should.containDeep([{ series: { value: '1' } }])
  })

  it('shows the caller as users/me, and each customer only its own', () => {
    const { call, login, openPortal } = visitNeighbours()
    call('GET', '/v2/users/me').data.should.containEql({
      id: '1',
      loginId: 'me',
      timezone: '+9.00',
      _service: '1',
      _site: '1',
    })
    call('GET', '/v2/users/2').code.should.equal('ACCESSGROUP_DENY')
    call('GET', '/v2/users/10000').code.should.equal('NOT_FOUND')
    login.authorization = undefined
    openPortal('other', 'other-password')
    for (const [path, ids] of [
      ['users', ['2']],
      ['services', ['2']],
      ['sites', ['2']],
      ['gateways', ['other-gateway']],
    ] as const) {
      listOf(call('GET', `/v2/${path}`).data)
        .map(({ id }) => id)
        .should.eql(ids)
    }
    call('GET', '/v2/services/1').code.should.equal('ACCESSGROUP_DENY')
    call('GET', '/v2/sites/1').code.should.equal('ACCESSGROUP_DENY')
    call('GET', '/v2/authScopes/gateway').data.should.have.property('id', 'gateway')
  })

  const method = { id: 'over', name: 'Over', params: { degree: 30 } }
  const step = { agent: 'sensorValue', type: 'temperature', method }
  const items = [
    { name: 'tags', body: { name: 'Hall', sensors: ['my-sensor'] }, change: { name: 'Yard' } },
    {
      name: 'rules',
      body: {
        name: 'Hot',
        severity: 'warning',
        status: 'activated',
        timezone: '+9.00',
        trigger: { ...step, filter: { type: ['series'], gateway: '*', sensor: ['my-sensor'] } },
        actions: [[{ agent: 'email', type: 'email', method: { id: 'send' } }]],
      },
      change: { status: 'deactivated' },
    },
    {
      name: 'pushDevices',
      body: { reqId: 'phone', provider: 'g', activated: 'y', authClientId: 'mine' },
      change: { activated: 'n' },
    },
  ]
  for (const { name, body, change } of items) {
    it(`makes, lists, changes and deletes ${name}`, () => {
      const { call, login, openPortal } = visitNeighbours()
      const made = call('POST', `/v2/${name}`, body)
      made.status.should.equal(201)
      const { reqId: _reqId, ...fields } = { reqId: '', ...body }
      made.data.should.containDeep({ ...fields, _user: '1', ctime: startMs, mtime: startMs })
      const path = `/v2/${name}/${made.data['id']}`
      const read = { ...made.data, ctime: String(startMs), mtime: String(startMs) }
      call('GET', path).data.should.eql(read)
      call('PUT', path, change).data.should.containEql(change)
      call('PUT', path, { ...read, ...change }).status.should.equal(200)
      call('PUT', path, { ...change, test: 'test' }).code.should.equal('SCHEMA_VALIDATE')
      call('POST', `/v2/${name}`, {}).code.should.equal('SCHEMA_VALIDATE')
      listOf(call('GET', `/v2/${name}`).data).length.should.equal(1)
      const { authorization } = login
      login.authorization = undefined
      openPortal('other', 'other-password')
      call('GET', path).code.should.equal('ACCESSGROUP_DENY')
      call('DELETE', path, undefined, { authorization }).status.should.equal(204)
      call('GET', path).code.should.equal('NOT_FOUND')
    })
  }

  it('refuses a tag for a foreign sensor, a rule over the plan and a push device twice', () => {
    const { call } = visitNeighbours({ plan: { rules: 0 } })
    call('POST', '/v2/tags', { name: 'x', sensors: ['other-sensor'] }).code.should.equal('ACCESSGROUP_DENY')
    call('POST', '/v2/rules', items[1]?.body).status.should.equal(471)
    call('POST', '/v2/pushDevices', items[2]?.body).status.should.equal(201)
    call('POST', '/v2/pushDevices', items[2]?.body).code.should.equal('CONFLICT')
  })

  it('shows the timeline of the seed, newest first, between sinceId and maxId', () => {
    const { call, openPortal } = visit({ timelines: ['a', 'b', 'c', 'd'].map((text) => ({ text })) })
    openPortal('serviceadmin', 'demo-password')
    listOf(call('GET', '/v2/timelines?maxId=3&sinceId=1').data)
      .map(({ id, text }) => [id, text])
      .should.eql([
        ['3', 'c'],
        ['2', 'b'],
      ])
    call('GET', '/v2/timelines/4').data.should.have.property('text', 'd')
  })
})

describe('The seed of the simulated Thing+ cloud', () => {
  const wrong: { seed: ThingPlusSeed; problem: string }[] = [
    { seed: { users: [{ id: '1', loginId: 'a' } as never] }, problem: 'thingplus.users[0].password is missing' },
    { seed: { user: [] } as never, problem: 'thingplus.user is not a known key' },
    {
      seed: { gateways: [{ id: 'g', site: '9' }] },
      problem: 'thingplus.gateways[0].site is "9", which the seed does not hold',
    },
    {
      seed: { sensors: [{ id: 's', owner: 'g', type: 'door' }] },
      problem: 'thingplus.sensors[0].owner is "g", which the seed does not hold',
    },
    { seed: { sites: [{ id: '1' }, { id: '1' }] }, problem: 'thingplus.sites[1].id is "1" a second time' },
    { seed: { gateways: [{ id: 'g', service: '7' }] }, problem: 'thingplus.gateways: "g" has no site in the seed' },
  ]
  for (const { seed, problem } of wrong) {
    it(`is refused: ${problem}`, () => {
      ;(() => createThingPlusCloud(seed)).should.throw(problem)
    })
  }

  it('is refused with an option that does not exist or has the wrong value', () => {
    const create = (options: unknown) => () => createThingPlusCloud({}, options as ThingPlusOptions)
    create({ dialekt: 'any' }).should.throw('options.thingplus.dialekt is not a known key')
    create({ dialect: 'v1' }).should.throw(/options.thingplus.dialect must be one of any/)
  })

  it('puts a gateway of a service at the first site of that service', () => {
    const seed = { ...neighbours, gateways: [{ id: 'g', service: '2' }], devices: [], sensors: [] }
    createThingPlusCloud(seed)
      .state()
      .should.containDeep({ gateways: [{ id: 'g', site: '2', service: '2' }] })
  })
})
