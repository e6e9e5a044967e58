import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { enosChoices, thingplusChoices } from '../../lib/runtime'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { startProxy } from '../http/proxy-server'
import { startServer } from '../http/server'
import { configurations, demoCredentials } from '../nodes/enos'
import { configuration, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { Users, user } from './log-in'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from './packed-package'

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
const types = Object.keys(manifest['node-red'].nodes)
const ofForm = (path: string): [string, string, string] => [`post ${path}`, 'flows.write', path]
const listKinds = [...Object.keys(enosChoices), ...Object.keys(thingplusChoices)]

/** Every endpoint of ours, who may use it, and a path of it. */
const endpoints: [route: string, permission: string, path: string][] = [
  ['get /edgecourier/outbox/:id', 'cloud-outbox.read', '/edgecourier/outbox/outbox'],
  ['get /edgecourier/outbox/:id/metrics', 'cloud-outbox.read', '/edgecourier/outbox/outbox/metrics'],
  ['get /edgecourier/outbox/:id/evictions', 'cloud-outbox.read', '/edgecourier/outbox/outbox/evictions'],
  ['get /edgecourier/outbox/:id/left-behind', 'cloud-outbox.read', '/edgecourier/outbox/outbox/left-behind'],
  ...['give', 'drop'].map((what): [string, string, string] => {
    const path = `/edgecourier/outbox/${what}-left-behind`
    return [`post ${path}`, 'cloud-outbox.write', path]
  }),
  ...['cloud-outbox', 'enos-app', 'enos-device', 'thingplus-client'].map((type) => ofForm(`/edgecourier/test/${type}`)),
  ...listKinds.map((kind) => ofForm(`/edgecourier/choices/${kind}`)),
  ...['enos-app', 'enos-device', 'thingplus-client'].map((type) => ofForm(`/edgecourier/try/${type}`)),
  ofForm('/edgecourier/simulator'),
  ...['enos-post-measurepoint', 'thingplus-send-value'].map((type) => ofForm(`/edgecourier/preview/${type}`)),
  ['post /edgecourier/model-points', 'enos-post-measurepoint.write', '/edgecourier/model-points'],
  ...types.map((type): [string, string, string] => {
    const path = `/edgecourier/settings/${type}`
    return [`post ${path}`, 'flows.read', path]
  }),
]

/** A node file of the test's own, which tells what routes there are. */
const routeTeller = `module.exports = (RED) => {
  RED.httpAdmin.get('/routes', (request, response) => {
    const { stack } = RED.httpAdmin._router ?? RED.httpAdmin.router
    const routes = stack.flatMap(({ route }) => (route ? Object.keys(route.methods).map((method) => method + ' ' + route.path) : []))
    response.json(routes)
  })
}`

const stored = { appKey: '__PWRD__', appSecret: '__PWRD__' }

describe('The threat model', () => {
  const text = readFileSync(join(packageRoot, 'docs/threat-model.md'), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('|'))
  it('names every admin endpoint with its permission', () => {
    for (const [route, permission] of endpoints) {
      const [, method = '', kind = '', rest = ''] = /^(\w+) \/edgecourier\/([^/]+)\/?(.*)$/.exec(route) ?? []
      const family = `${method.toUpperCase()} edgecourier/${kind}`
      const row = rows.find((line) => line.includes(family) && line.includes(`\`${permission}\``))
      should(row).be.ok()
      if (kind === 'outbox') should(row).containEql(rest)
      if (kind === 'test' || kind === 'preview') should(text).containEql(rest)
    }
  })
})

describe('The admin endpoints with adminAuth on', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  let users: Users
  const closing: (() => unknown)[] = []
  const closed = <Started extends { close: () => unknown }>(started: Started) => {
    closing.push(started.close)
    return started
  }
  let app: Record<string, unknown>
  let device: Record<string, unknown>
  let client: Record<string, unknown>
  let valuesOf: Record<string, Record<string, unknown>>
  before(async () => {
    installed = await installPackedPackage()
    mkdirSync(join(installed.userDir, 'nodes'))
    writeFileSync(join(installed.userDir, 'nodes', 'routes.js'), routeTeller)
    writeFileSync(join(installed.userDir, 'nodes', 'routes.html'), '')
    simulator = await startSimulator({ port: 0 })
    const proxy = closed(await startProxy())
    const logins = [user('operator', '*'), user('onlooker', 'read'), user('stranger', 'flows.read')]
    const owners = endpoints.map(([, permission]) => user(permission, [permission]))
    const users_ = [...logins, ...new Map(owners.map((owner) => [owner.username, owner])).values()]
    nodeRed = await startNodeRed(installed.userDir, { adminAuth: { type: 'credentials', users: users_ } })
    users = new Users(nodeRed.url)
    const [plainApp, plainDevice] = configurations(simulator.url)
    app = { ...plainApp, proxy: 'proxy' }
    device = { ...plainDevice }
    client = configuration(simulator.url)
    valuesOf = {
      'enos-app': { ...app, ...stored },
      'enos-device': { ...device, deviceSecret: '__PWRD__' },
      'thingplus-client': { ...client, clientSecret: '__PWRD__', password: '__PWRD__' },
    }
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    const tls = { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true }
    const nodes = [
      { id: 'tab', type: 'tab', label: 'plant' },
      ...[app, device, client].map((node) => ({ ...node, credentials: credentials[String(node.id)] })),
      { id: 'proxy', type: 'http proxy', url: proxy.url, noproxy: [] },
      { id: 'other-proxy', type: 'http proxy', url: proxy.url, noproxy: [] },
      tls,
      { id: 'outbox', type: 'cloud-outbox', folder: 'plant-outbox', maxMegabytes: 10, whenFull: 'refuse' },
      // Another node with a secret of the very name, and a place that it is not stored for.
      { ...client, id: 'twin', type: 'http proxy', url: 'http://127.0.0.1:9', credentials: { password: 'MARK' } },
    ]
    const answer = await users.ask('/flows', 'operator', { method: 'POST', body: JSON.stringify(nodes) })
    should(answer.ok).be.true()
  })
  after(async () => {
    await nodeRed?.stop()
    for (const close of closing) await close()
    await simulator?.close()
    installed?.remove()
  })

  const requestOf = (route: string): RequestInit => {
    if (!route.startsWith('post')) return {}
    const name = route.split('/').at(-1) ?? ''
    const type = name.startsWith('thingplus-') ? 'thingplus-client' : name in valuesOf ? name : 'enos-app'
    return { method: 'POST', body: JSON.stringify({ id: valuesOf[type]?.id, values: valuesOf[type] }) }
  }
  const test = async (type: string, id: string, values: object) => {
    const body = JSON.stringify({ id, values })
    const answer = await users.ask(`/edgecourier/test/${type}`, 'operator', { method: 'POST', body })
    return {
      status: answer.status,
      ...((await answer.json()) as { code?: string; message?: string; findings?: { ok?: boolean }[] }),
    }
  }

  it('are exactly those that are listed here', async () => {
    const routes = (await (await users.ask('/routes', 'operator')).json()) as string[]
    const ours = routes.filter((route) => route.includes('/edgecourier'))
    should(ours.sort()).deepEqual(endpoints.map(([route]) => route).sort())
  })

  for (const [route, permission, path] of endpoints) {
    it(`answer ${route} with the permission ${permission}, and neither without it nor without a login`, async () => {
      // Some lists want to know of which gateway or device, and a model file is no form.
      should((await users.ask(path, permission, requestOf(route))).status).be.equalOneOf(200, 400, 404)
      const requests = simulator.state().requests
      const others = [...new Set(endpoints.map(([, other]) => other))].filter((other) => other !== permission)
      const mayAll = permission === 'flows.read' ? ['onlooker', 'stranger'] : []
      const readers = permission.endsWith('read') ? [] : ['onlooker']
      const strangers = [undefined, 'stranger', ...others, ...readers]
      for (const username of strangers.filter((name) => !name || !mayAll.includes(name))) {
        const answer = await users.ask(path, username, requestOf(route))
        should(answer.status).equal(401)
        should(await answer.text()).not.match(/demo|findings|lanes/)
      }
      should(simulator.state().requests).equal(requests)
    })
  }

  it('refuse a body that is nested 5,000 deep with one error, and go on', async () => {
    const abyss = '['.repeat(5_000) + ']'.repeat(5_000)
    for (const [route, , path] of endpoints.filter(([name]) => name.startsWith('post'))) {
      const body = `{"id":"app","values":{"a":${abyss}},"payload":${abyss}}`
      const answer = await users.ask(path, 'operator', { method: 'POST', body })
      should({ route, status: answer.status }).deepEqual({ route, status: 400 })
      should(await answer.json()).have.property('code', 'INPUT_INVALID')
    }
  })

  it('let a user who may only read make no request to a cloud by any method', async () => {
    const requests = simulator.state().requests
    for (const [route, , path] of endpoints) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const { body } = requestOf(route)
        await users.ask(path, 'onlooker', { method, ...(/^(GET|HEAD)$/.test(method) ? {} : { body: body ?? '{}' }) })
      }
    }
    for (const id of ['app', 'device', 'client', 'proxy', 'twin']) {
      await users.ask(`/edgecourier/outbox/${id}`, 'onlooker')
      await users.ask(`/inject/${id}`, 'onlooker', { method: 'POST' })
    }
    should(simulator.state().requests).equal(requests)
  })

  it('give figures of an outbox only, and know no other node', async () => {
    for (const id of ['app', 'device', 'client', 'proxy', '__proto__', 'constructor']) {
      const answer = await users.ask(`/edgecourier/outbox/${id}`, 'onlooker')
      should(answer.status).equal(404)
      should(await answer.json()).have.property('code', 'NOT_FOUND')
    }
  })

  it('test a form that is stored as it is, through its proxy', async () => {
    should((await test('enos-app', 'app', { ...app, ...stored })).findings?.[2]).match({ ok: true })
  })

  const changes: [title: string, change: (url: string) => object][] = [
    ['gatewayUrl', (url) => ({ gatewayUrl: url })],
    ['integrationUrl', (url) => ({ integrationUrl: url })],
    ['modelUploadUrl', (url) => ({ modelUploadUrl: url })],
    ['no proxy', () => ({ proxy: '' })],
    ['another proxy', () => ({ proxy: 'other-proxy' })],
    ['a TLS configuration', () => ({ tls: 'tls' })],
    ['the proxy in a list, which is none', () => ({ proxy: ['proxy'] })],
    ['a URL in a list', (url) => ({ gatewayUrl: [url] })],
    ['a user name in the URL', () => ({ gatewayUrl: simulator.url.replace('//', '//user@') })],
    ['another spelling of the host', () => ({ gatewayUrl: simulator.url.replace('127.0.0.1', 'localhost') })],
  ]
  for (const [title, change] of changes) {
    it(`send a stored secret nowhere but to where it is stored for: ${title}`, async () => {
      let isAsked = false
      const other = closed(
        await startServer((_, response) => {
          isAsked = true
          response.end()
        }),
      )
      const requests = simulator.state().requests
      const answer = await test('enos-app', 'app', { ...app, ...stored, ...change(other.url) })
      should(answer.status).equal(400)
      should(answer.code).match(/^(CONFIG_INCOMPLETE|INPUT_INVALID)$/)
      should(isAsked).be.false()
      should(simulator.state().requests).equal(requests)
    })
  }

  for (const [type, field] of [
    ['enos-device', 'brokerUrl'],
    ['thingplus-client', 'baseUrl'],
  ] as const) {
    it(`ask for the secret again where ${field} was changed`, async () => {
      const values = { ...valuesOf[type], [field]: 'http://127.0.0.1:9' }
      should(await test(type, String(values.id), values)).have.properties({ status: 400, code: 'CONFIG_INCOMPLETE' })
    })
  }

  it('use no secret of a node of another type', async () => {
    const requests = simulator.state().requests
    const answer = await test('thingplus-client', 'twin', { ...client, clientSecret: 'x', password: '__PWRD__' })
    should(answer).have.properties({ status: 400, code: 'CONFIG_INCOMPLETE' })
    should(simulator.state().requests).equal(requests)
  })

  it('answer any body with findings or an error of the form, and never with a fault of ours or a secret', async () => {
    const word = fc.oneof(
      fc.constantFrom('app', 'device', 'client', '__PWRD__', '', 'http://127.0.0.1:9', 'proxy', 'tls', '__proto__'),
      fc.string({ unit: 'binary' }),
    )
    const value = fc.oneof({ weight: 3, arbitrary: word }, fc.jsonValue())
    const fields = [
      'gatewayUrl',
      'orgId',
      'appKey',
      'appSecret',
      'tls',
      'proxy',
      'brokerUrl',
      'productKey',
      'deviceKey',
    ]
    const more = [
      'deviceSecret',
      'lifetimeMs',
      'baseUrl',
      'clientId',
      'clientSecret',
      'userName',
      'password',
      'dialect',
    ]
    const record = fc.record(Object.fromEntries([...fields, ...more].map((name) => [name, value])), {
      requiredKeys: [],
    })
    const body = fc.oneof(fc.jsonValue(), fc.record({ id: value, values: fc.oneof(record, value) }))
    const configurations = fc.array(fc.record({ id: value, type: fc.constantFrom(...types), values: record }))
    const look = fc.record(
      { id: value, values: record, configurations, sample: fc.json() },
      { requiredKeys: ['values'] },
    )
    const tests = fc.constantFrom('enos-app', 'enos-device', 'thingplus-client').map((type) => `test/${type}`)
    const previews = fc.constantFrom('enos-post-measurepoint', 'thingplus-send-value').map((type) => `preview/${type}`)
    const question = fc.oneof(fc.tuple(tests, body), fc.tuple(previews, fc.oneof(look, body)))
    await fc.assert(
      fc.asyncProperty(question, async ([path, content]) => {
        const answer = await users.ask(`/edgecourier/${path}`, 'operator', {
          method: 'POST',
          body: JSON.stringify(content),
        })
        const text = await answer.text()
        should(answer.status).be.oneOf(200, 400, 404)
        should(text).not.match(/INTERNAL|demo-secret|ds54321|demo-password|demo-client-secret/)
      }),
      { numRuns: 120 },
    )
  })
})
