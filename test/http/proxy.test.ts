import { inspect } from 'node:util'
import fc from 'fast-check'
import should from 'should'
import type { ConnectorError } from '../../lib/core'
import { HttpClient, type HttpClientOptions } from '../../lib/http'
import { environmentProxy } from '../../lib/http/environment-proxy'
import { CertificateAuthority } from './certificates'
import { type ProxyWish, startProxy } from './proxy-server'
import { ok, startRawServer } from './raw-server'
import { startServer } from './server'
import { startTlsServer } from './tls-server'

describe('The way to a cloud through a proxy', () => {
  const plantCa = new CertificateAuthority('Plant CA')
  const { key, certificate: cert } = plantCa.issue({ commonName: 'x', hosts: ['localhost'] })
  const tls = { certificateAuthority: plantCa.certificate }
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const closed = <Started extends { close: () => unknown }>(started: Started) => {
    closing.push(started.close)
    return started
  }
  const proxied = async (wish?: ProxyWish) => closed(await startProxy(wish))
  const plainCloud = async () => closed(await startServer((_, response) => response.end('hello')))
  const tlsCloud = async () => closed(await startTlsServer({ key, cert }))
  const request = async (url: string, options: HttpClientOptions) => {
    const client = new HttpClient({ tls, ...options })
    closing.push(() => client.close())
    return client.request({
      method: 'POST',
      url: `${url}/data?sessionId=MARK-1`,
      headers: { token: 'MARK-2' },
      body: 'MARK-3',
    })
  }
  const withLogin = (url: string, login: string) => url.replace('//', `//${login}@`)

  for (const [kind, start] of [
    ['plain', plainCloud],
    ['TLS', tlsCloud],
  ] as const) {
    it(`opens a tunnel to a ${kind} cloud, with the user name and password that the proxy asks for`, async () => {
      const proxy = await proxied({ login: 'plant:pa:ss%41/ü' })
      const cloud = await start()
      const url = withLogin(proxy.url, `plant:${encodeURIComponent('pa:ss%41/ü')}`)
      should((await request(cloud.url, { proxy: { url } })).body.toString()).match(/^hello/)
      should(proxy.tunnels).deepEqual([new URL(cloud.url).host])
    })

    it(`says that the proxy refuses wrong user name and password, to a ${kind} cloud, without repeating them`, async () => {
      const proxy = await proxied({ login: 'plant:right' })
      const cloud = await start()
      const failure = await request(cloud.url, { proxy: { url: withLogin(proxy.url, 'MARK-user:MARK-wrong') } }).catch(
        (error: ConnectorError) => error,
      )
      should(failure).have.properties({ name: 'ConnectorError', code: 'NETWORK_PROXY' })
      should((failure as ConnectorError).message)
        .match(/user name or password/)
        .and.not.match(/MARK/)
      should(proxy.seen()).not.match(/MARK/)
    })

    it(`says that the proxy cannot be reached on the way to a ${kind} cloud`, async () => {
      const cloud = await start()
      const gone = await startProxy()
      await gone.close()
      await request(cloud.url, { proxy: { url: gone.url } }).should.be.rejectedWith({
        code: 'NETWORK_PROXY',
        message: /The proxy localhost:\d+ cannot be reached/,
      })
    })
  }

  it('passes over interim answers of the proxy, and of a cloud behind it', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
    const cloud = closed(await startRawServer((socket) => socket.write(interim + ok('hello'))))
    const proxy = await proxied({ interim })
    should((await request(cloud.url, { proxy: { url: proxy.url } })).body.toString()).equal('hello')
  })

  for (const login of ['plant:', ':token']) {
    it(`says who it is with half a login, "${login}"`, async () => {
      const proxy = await proxied({ login })
      const cloud = await tlsCloud()
      await request(cloud.url, { proxy: { url: withLogin(proxy.url, login) } })
      should(proxy.tunnels).have.length(1)
    })
  }

  it('opens a tunnel to an IPv6 address, and past the proxy where the list of exceptions holds it', async () => {
    const proxy = await proxied()
    const cloud = closed(await startRawServer((socket) => socket.write(ok()), '::1'))
    should((await request(cloud.url, { proxy: { url: proxy.url } })).body.toString()).equal('ok')
    should(proxy.tunnels).deepEqual([new URL(cloud.url).host])
    for (const noProxy of ['::1', '[::1]', `[::1]:${new URL(cloud.url).port}`]) {
      await request(cloud.url, { proxy: { url: proxy.url, noProxy: [noProxy] } })
    }
    should(proxy.tunnels).have.length(1)
  })

  it('checks the host name of a cloud behind the proxy, also where it is an address', async () => {
    const cloud = await tlsCloud()
    const proxy = await proxied()
    const url = cloud.url.replace('localhost', '127.0.0.1')
    await request(url, { proxy: { url: proxy.url } }).should.be.rejectedWith({
      code: 'NETWORK_TLS',
      systemCode: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('shows the proxy nothing of what goes to a TLS cloud', async () => {
    const proxy = await proxied()
    await request((await tlsCloud()).url, { proxy: { url: proxy.url } })
    should(proxy.seen().length).be.above(100)
    should(proxy.seen()).not.match(/MARK/)
  })

  it('checks the certificate of a cloud behind the proxy as without one', async () => {
    const cloud = await tlsCloud()
    const proxy = await proxied()
    await request(cloud.url, { proxy: { url: proxy.url }, tls: undefined }).should.be.rejectedWith({
      code: 'NETWORK_TLS',
    })
    should(cloud.namesAsked).be.empty()
  })

  it('shows its client certificate to the cloud through the tunnel', async () => {
    const cloud = closed(await startTlsServer({ key, cert, requestCert: true, ca: plantCa.certificate }))
    const proxy = await proxied()
    const own = plantCa.issue({ commonName: 'gateway 7' })
    const answer = await request(cloud.url, { proxy: { url: proxy.url }, tls: { ...tls, ...own } })
    should(answer.body.toString()).equal('hello gateway 7')
  })

  it('takes a proxy that is reached by TLS, with the CA of the TLS configuration', async () => {
    const proxy = await proxied({ tls: { key, cert } })
    const cloud = await tlsCloud()
    should((await request(cloud.url, { proxy: { url: proxy.url } })).body.toString()).match(/^hello/)
    await request(cloud.url, { proxy: { url: proxy.url }, tls: undefined }).should.be.rejectedWith({
      code: 'NETWORK_TLS',
    })
  })

  const exempt: [noProxy: string, isExempt: boolean][] = [
    ['localhost', true],
    [' LOCALHOST ', true],
    ['*', true],
    ['.localhost', true],
    ['other.example, localhost', false],
    ['host', false],
    ['notlocalhost', false],
    ['', false],
    ['localhost:1', false],
    ['localhost:PORT', true],
  ]
  for (const [rule, isExempt] of exempt) {
    it(`goes ${isExempt ? 'past' : 'through'} the proxy where the list of exceptions holds "${rule}"`, async () => {
      const proxy = await proxied()
      const cloud = await tlsCloud()
      const noProxy = ['unrelated.example', rule.replace('PORT', String(cloud.port))]
      await request(cloud.url, { proxy: { url: proxy.url, noProxy } })
      should(proxy.tunnels).have.length(isExempt ? 0 : 1)
    })
  }

  for (const [status, text] of [
    [403, /does not allow/],
    [502, /cannot reach the cloud/],
  ] as const) {
    it(`says NETWORK_PROXY and why where the proxy answers ${status}`, async () => {
      const proxy = await proxied({ status })
      await request((await tlsCloud()).url, { proxy: { url: proxy.url } }).should.be.rejectedWith({
        code: 'NETWORK_PROXY',
        message: text,
      })
    })
  }

  it('waits for a silent proxy no longer than a request may take', async () => {
    const proxy = await proxied({ status: 0 })
    const since = performance.now()
    await request((await tlsCloud()).url, { proxy: { url: proxy.url }, timeoutMs: 300 }).should.be.rejectedWith({
      code: 'NETWORK_TIMEOUT',
    })
    should(performance.now() - since).be.below(9_000)
  })

  it('sends nothing where the tunnel opens after the request was aborted, and closes that tunnel', async () => {
    let open = () => {}
    const when = new Promise<void>((resolve) => {
      open = resolve
    })
    const proxy = await proxied({ when })
    const cloud = closed(await startRawServer((socket) => socket.write(ok())))
    const client = new HttpClient({ proxy: { url: proxy.url } })
    const controller = new AbortController()
    const pending = client.request({ method: 'POST', url: cloud.url, body: 'x', signal: controller.signal })
    while (proxy.tunnels.length === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    await pending.should.be.rejectedWith({ code: 'ABORTED' })
    client.close()
    open()
    while (cloud.heard.length === 0) await new Promise((resolve) => setImmediate(resolve))
    while ((await cloud.open()) > 0) await new Promise((resolve) => setImmediate(resolve))
    should(cloud.heard).deepEqual([''])
  })

  it('opens no second tunnel for a request that broke off within one', async () => {
    const proxy = await proxied()
    const cloud = closed(await startRawServer((socket) => socket.resetAndDestroy()))
    await request(cloud.url, { proxy: { url: proxy.url } }).should.be.rejectedWith({ code: 'NETWORK_INTERRUPTED' })
    should(proxy.tunnels).have.length(1)
    should(cloud.heard).have.length(1)
  })

  for (const [title, text] of [
    ['closes', ''],
    ['speaks another protocol', 'SSH-2.0\r\n'],
    ['opens a tunnel and closes it', 'HTTP/1.1 200 OK\r\n\r\n'],
  ] as const) {
    it(`tries once, and says what is wrong, where the proxy ${title}`, async () => {
      const proxy = closed(await startRawServer((socket) => socket.end(text)))
      for (const cloud of ['http://localhost:1', 'https://localhost:1']) {
        const failure = await request(cloud, {
          proxy: { url: withLogin(proxy.url, 'MARK-user:MARK-wrong') },
        }).catch((error: ConnectorError) => error)
        should((failure as ConnectorError).code).be.oneOf('NETWORK_PROXY', 'NETWORK_INTERRUPTED', 'NETWORK_TLS')
        should((failure as ConnectorError).message).not.match(/in time/)
        should(inspect(failure, { depth: 10, showHidden: true })).not.match(/MARK/)
      }
      should(proxy.heard).have.length(2)
    })
  }

  it('stops at once when it is aborted while the proxy is silent', async () => {
    const proxy = await proxied({ status: 0 })
    const client = new HttpClient({ proxy: { url: proxy.url } })
    closing.push(() => client.close())
    const controller = new AbortController()
    const pending = client.request({ method: 'GET', url: 'https://localhost:1/', signal: controller.signal })
    while (proxy.tunnels.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const since = performance.now()
    controller.abort()
    await pending.should.be.rejectedWith({ code: 'ABORTED' })
    should(performance.now() - since).be.below(9_000)
  })
})

describe('The proxy that the environment names', () => {
  // Of Node-RED itself: what its http request node would do.
  const { getProxyForUrl } = require('@node-red/nodes/core/network/lib/proxyHelper') as {
    getProxyForUrl: (url: string, options: object) => string
  }
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'npm_config_proxy', 'npm_config_https_proxy']
  const spelt = fc.constantFrom(...[...names, 'npm_config_no_proxy'].flatMap((name) => [name, name.toUpperCase()]))
  const host = fc.constantFrom('cloud.example.com', 'example.com', '10.0.0.7', '[::1]', 'other.net')
  const list = fc
    .array(fc.tuple(fc.constantFrom('', '.', '*', '*.'), host, fc.constantFrom('', ':443', ':80', ':8080')), {
      maxLength: 3,
    })
    .map((entries) => entries.map((parts) => parts.join('')).join(', '))
  const value = fc.oneof(
    fc.constantFrom('http://proxy:3128', 'proxy:3128', 'https://u:p@proxy', ''),
    list,
    fc.constant('*'),
  )
  const env = fc.dictionary(spelt, value, { maxKeys: 5 })
  const options = fc.record(
    {
      mode: fc.constantFrom('strict', 'legacy'),
      favourUpperCase: fc.boolean(),
      lowerCaseOnly: fc.boolean(),
      excludeNpm: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  const url = fc
    .tuple(fc.constantFrom('http', 'https'), host, fc.constantFrom('', ':8080', ':443'))
    .map(([scheme, name, port]) => `${scheme}://${name}${port}/data`)

  it('is the one that the http request node would take, by any variables and rules', () => {
    fc.assert(
      fc.property(url, env, options, (target, variables, rules) => {
        const all = { ...rules, env: variables }
        const address = new URL(target)
        // In legacy mode Node-RED looks into the address as it was typed, with a port that goes without saying.
        should(environmentProxy(address, all)?.proxy ?? '').equal(getProxyForUrl(address.href, all))
      }),
      { numRuns: 2_000 },
    )
  })
})
