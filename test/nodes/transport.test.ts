import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeInitializer } from 'node-red'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { CertificateAuthority } from '../http/certificates'
import { startProxy } from '../http/proxy-server'
import { startTlsServer, type TlsServer } from '../http/tls-server'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

const core = (name: string) => require(`@node-red/nodes/core/network/${name}`) as NodeInitializer
const types = [...enosTypes, core('05-tls'), core('06-httpproxy')]

describe("Node-RED's own TLS and proxy configurations", () => {
  const plantCa = new CertificateAuthority('Plant CA')
  const { key, certificate: cert } = plantCa.issue({ commonName: 'x', hosts: ['localhost'] })
  const gateway = plantCa.issue({ commonName: 'gateway 7' })
  const folder = mkdtempSync(join(tmpdir(), 'edgecourier-tls-'))
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const closing: (() => unknown)[] = []
  let simulator: Simulator
  let cloud: TlsServer
  before(async () => {
    await startRuntime()
    simulator = await startSimulator({ port: 0 })
  })
  after(async () => {
    await stopRuntime()
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    cloud = await startTlsServer({ key, cert, requestCert: true, ca: plantCa.certificate, rejectUnauthorized: false })
    closing.push(cloud.close)
  })
  afterEach(async () => {
    await stopFlow()
    for (const close of closing.splice(0)) await close()
  })

  const noFiles = { cert: '', key: '', ca: '', servername: '', verifyservercert: true }
  const call = { id: 'call', type: 'enos-call-api', app: 'app', method: 'GET', path: '/x', wires: [['out']] }
  /** Asks a cloud that answers everything with a text: what the error says tells how far the request came. */
  const failureOf = async (
    url: string,
    transport: readonly ({ id: string; type: string } & Record<string, unknown>)[],
    credentials: Record<string, Record<string, string>> = {},
  ) => {
    const [app] = configurations(url)
    const chosen = Object.fromEntries(transport.map(({ id }) => [id, id]))
    const flow = await startFlow(types, [...transport, { ...app, ...chosen } as never, call], {
      ...demoCredentials,
      ...credentials,
    })
    flow.send('call', { payload: 'x' })
    return (await flow.next('caught')).error
  }
  const reachedIt = { code: 'RESPONSE_UNREADABLE' }

  it('hold the CA and the client certificate as files', async () => {
    const files = {
      ca: file('ca.pem', plantCa.certificate),
      cert: file('cert.pem', gateway.certificate),
      key: file('key.pem', gateway.key),
    }
    const error = await failureOf(cloud.url, [{ id: 'tls', type: 'tls-config', ...noFiles, ...files }])
    should(error).have.properties(reachedIt)
    should(cloud.clients).deepEqual(['gateway 7'])
  })

  it('hold the CA and the client certificate as uploads', async () => {
    const uploads = { cadata: plantCa.certificate, certdata: gateway.certificate, keydata: gateway.key }
    const error = await failureOf(cloud.url, [{ id: 'tls', type: 'tls-config', ...noFiles }], { tls: uploads })
    should(error).have.properties(reachedIt)
    should(cloud.clients).deepEqual(['gateway 7'])
  })

  it('let nothing be sent without the CA, and all where the check is switched off there', async () => {
    should(await failureOf(cloud.url, [{ id: 'tls', type: 'tls-config', ...noFiles }])).have.properties({
      code: 'NETWORK_TLS',
    })
    should(cloud.clients).be.empty()
    await stopFlow()
    const unchecked = { id: 'tls', type: 'tls-config', ...noFiles, verifyservercert: false }
    should(await failureOf(cloud.url, [unchecked])).have.properties(reachedIt)
  })

  it('name the server that is asked for', async () => {
    const tls = { id: 'tls', type: 'tls-config', ...noFiles, servername: 'other.example', verifyservercert: false }
    await failureOf(cloud.url, [tls])
    should(cloud.namesAsked).deepEqual(['other.example'])
  })

  it('are told to be invalid where a file is missing, or is no certificate', async () => {
    const missing = { id: 'tls', type: 'tls-config', ...noFiles, ca: join(folder, 'missing.pem') }
    should(await failureOf(cloud.url, [missing])).have.properties({ code: 'CONFIG_INVALID' })
    await stopFlow()
    const nonsense = { cert: file('bad.pem', 'nonsense'), key: file('bad.key', 'nonsense') }
    const bad = { id: 'tls', type: 'tls-config', ...noFiles, ...nonsense }
    should(await failureOf(cloud.url, [bad])).have.properties({ code: 'CONFIG_INVALID' })
  })

  const password = 'p%41:@/ü%zz'
  it('name the proxy, with any user name and password', async () => {
    const proxy = await startProxy({ login: `plant:${password}` })
    closing.push(proxy.close)
    const [app] = configurations(simulator.url)
    const node = { id: 'proxy', type: 'http proxy', url: proxy.url, noproxy: [] }
    const auth = { id: 'auth', type: 'enos-auth', mode: 'token', app: 'app', wires: [['out']] }
    const flow = await startFlow(types, [node, { ...app, proxy: 'proxy' } as never, auth], {
      ...demoCredentials,
      proxy: { username: 'plant', password },
    })
    should((await flow.run('auth', {})).payload).be.a.String()
    should(proxy.tunnels).deepEqual([new URL(simulator.url).host])
  })

  it('tell when the proxy refuses the password, without repeating it', async () => {
    const proxy = await startProxy({ login: 'plant:right' })
    closing.push(proxy.close)
    const node = { id: 'proxy', type: 'http proxy', url: proxy.url, noproxy: [] }
    const error = await failureOf(cloud.url, [node], { proxy: { username: 'plant', password } })
    should(error).have.properties({ code: 'NETWORK_PROXY' })
    should(JSON.stringify(error)).not.containEql(password).and.not.containEql(encodeURIComponent(password))
  })

  it('name the hosts that are reached without the proxy', async () => {
    const node = { id: 'proxy', type: 'http proxy', url: 'http://127.0.0.1:9', noproxy: ['localhost'] }
    should(await failureOf(cloud.url, [node])).have.properties({ code: 'NETWORK_TLS' })
  })

  for (const url of ['socks://127.0.0.1:9', 'not a url', 'http://user:%zz@127.0.0.1:9']) {
    it(`are told to be invalid where the proxy's URL is ${url.replace(/user.*@/, '…@')}`, async () => {
      const error = await failureOf(cloud.url, [{ id: 'proxy', type: 'http proxy', url, noproxy: [] }])
      should(error).have.properties({ code: 'CONFIG_INVALID_URL' })
      should(error?.message).not.containEql('user:')
    })
  }

  it('are taken for what they are only: another configuration with a URL and a password is no proxy', async () => {
    const proxy = await startProxy()
    closing.push(proxy.close)
    const stranger = { id: 'proxy', type: 'stranger', url: proxy.url }
    const strangerType: NodeInitializer = (RED) =>
      RED.nodes.registerType(
        'stranger',
        function construct(this: never, stored) {
          RED.nodes.createNode(this, stored)
          Object.assign(this, { url: proxy.url })
        },
        { credentials: { username: { type: 'text' }, password: { type: 'password' } } },
      )
    types.push(strangerType)
    const error = await failureOf(cloud.url, [stranger], { proxy: { username: 'u', password: 'MARK' } })
    types.pop()
    should(error).have.properties({ code: 'CONFIG_INVALID' })
    should(proxy.tunnels).be.empty()
  })
})
