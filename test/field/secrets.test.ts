import fc from 'fast-check'
import type { NodeInitializer } from 'node-red'
import should from 'should'
import { type ConnectorError, EnosApplication, EnosDevice, parseBaseUrl, ThingPlus } from '../../lib'
import { Secrets } from '../../lib/core'
import { passwordDigest } from '../../lib/signing'
import { CertificateAuthority } from '../http/certificates'
import { startServer } from '../http/server'
import { startTlsServer } from '../http/tls-server'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'

const secretText = fc
  .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 })
  .filter((text) => !/^[\s•]*$/.test(text))
const encodings: Record<string, (secret: string) => string> = {
  'as it is': (secret) => secret,
  'in a URL': encodeURIComponent,
  'in a URL, in small letters': (secret) => encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase()),
  'in a URL in a URL': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in a form': (secret) => new URLSearchParams({ '': secret }).toString().slice(1),
  'in JSON': (secret) => JSON.stringify(secret).slice(1, -1),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64 for URLs': (secret) => Buffer.from(secret).toString('base64url'),
  'in hexadecimal': (secret) => Buffer.from(secret).toString('hex'),
}

describe('A secret', () => {
  for (const [title, encode] of Object.entries(encodings)) {
    it(`is not shown where somebody quotes it ${title}, wherever it stands and however long the text is`, () => {
      fc.assert(
        fc.property(secretText, fc.nat(300), fc.nat(300), (secret, before, after) => {
          const shown = new Secrets([secret]).redacted(
            `${'- '.repeat(before)}${encode(secret)}${' -'.repeat(after)}`,
            2_000,
          )
          should(shown).not.containEql(encode(secret))
          should(shown).not.containEql(encode(secret).slice(0, -4))
        }),
      )
    })
  }

  it('is not shown in base64 with something before it, as in a header for user and password', () => {
    fc.assert(
      fc.property(secretText, fc.string({ maxLength: 8 }), (secret, user) => {
        const quoted = Buffer.from(`${user}:${secret}`).toString('base64')
        const shown = new Secrets([secret]).redacted(`Basic ${quoted} is refused`)
        const [, told = ''] = /^Basic (\S*) is/.exec(shown) ?? []
        should(Buffer.from(told, 'base64').toString()).not.containEql(secret.slice(4))
      }),
    )
  })

  it('across the end of what is looked at is not shown in part, and long texts cost little', () => {
    const secret = 'the-secret-of-the-plant'
    for (let at = 19_970; at < 20_010; at++) {
      const text = `${secret} ${'x '.repeat(at / 2)}${secret}${'a'.repeat(1_000_000)}`
      should(new Secrets([secret]).redacted(text, 30_000)).not.match(/the-se|secret|plant/)
    }
    should(new Secrets([secret]).redacted('z'.repeat(5_000_000))).have.length(201)
  })

  it('leaves the words of the cloud readable', () => {
    const words = 'Sensor 87cd2a6e407511e7922eb724f8803770/temperature_of_the_pump is not in /gateways/52 (a/b+c=d)'
    should(new Secrets(['the-secret']).redacted(words)).equal(words)
  })

  it('in a URL that is none is not shown, whatever characters it holds', () => {
    const password = fc
      .string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 20 })
      .filter((text) => !/^\s|\s$/.test(text))
    fc.assert(
      fc.property(password, fc.constantFrom('https://', 'htps://', 'https:/', ''), (secret, scheme) => {
        const mark = `M4RK${secret}M4RK`
        for (const url of [`${scheme}plant:${mark}@ho st/v2`, `${scheme}plant:a/${mark} b@host:port`]) {
          const message = catchMessage(() => parseBaseUrl(url, 'The URL'))
          should(message).not.containEql('M4RK')
        }
      }),
    )
    should(catchMessage(() => parseBaseUrl('https://ho st/v2?token=M4RK#M4RK', 'The URL'))).not.containEql('M4RK')
    should(catchMessage(() => parseBaseUrl('broker.example.com/v2', 'The URL'))).containEql('"broker.example.com/v2"')
  })
})

function catchMessage(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (failure) {
    return (failure as Error).message
  }
}

describe('A cloud that quotes what it was sent', () => {
  const secrets = { clientSecret: 'client/secret+1', password: 'pa ss:word&1' }
  const token = 'T0KEN/of+the=plant'
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const start = async (answer: (path: string) => { status: number; body: object }) => {
    const server = await startServer((request, response) => {
      const { status, body } = answer(request.url ?? '')
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    closing.push(() => server.close())
    return server.url
  }
  /** The answer of either cloud to a login. */
  const login = (path: string, token: string) => ({
    ...(path.includes('/auth/') ? { code: 200 } : { status: 0 }),
    access_token: token,
    data: { sessionId: token, accessToken: token, expire: 7200 },
  })
  const thingplus = (url: string) => {
    const client = new ThingPlus({ baseUrl: url, clientId: 'c', userName: 'u', ...secrets })
    closing.push(() => client.close())
    return client
  }
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => should.fail(undefined, undefined, 'not refused', ''),
      (failure: ConnectorError) => JSON.stringify([failure.message, failure.cause, failure.text]),
    )
  const digest = passwordDigest(secrets.password, { isDigest: false })
  const all = [token, secrets.clientSecret, secrets.password, digest]

  for (const status of [200, 201, 400, 500]) {
    for (const [title, encode] of Object.entries(encodings)) {
      it(`shows no secret of Thing+ in an error, quoted ${title} with HTTP ${status}`, async () => {
        for (const secret of all) {
          const url = await start((path) =>
            path.includes('oauth2')
              ? { status: 200, body: { access_token: token } }
              : {
                  status,
                  body: { statusCode: status, errors: [{ code: encode(secret), message: `bad ${encode(secret)}` }] },
                },
          )
          const told = await failureOf(thingplus(url).get('sites'))
          should(told).not.containEql(encode(secret))
          should(told).match(/bad •••/)
        }
      })
    }
  }

  it('shows no secret of EnOS in an error, however it is quoted', async () => {
    for (const encode of Object.values(encodings)) {
      const url = await start((path) =>
        path.includes('/auth/') || path.includes('/token/')
          ? { status: 200, body: login(path, token) }
          : { status: 200, body: { code: 99400, msg: `bad ${encode(token)} ${encode('the/secret 1')}` } },
      )
      const device = new EnosDevice({
        brokerUrl: url,
        productKey: 'p',
        deviceKey: 'd',
        deviceSecret: 'the/secret 1',
        lifetimeMs: 1e5,
      })
      const application = new EnosApplication({
        gatewayUrl: url,
        orgId: 'o',
        appKey: 'key-of-app',
        appSecret: 'the/secret 1',
      })
      closing.push(
        () => device.close(),
        () => application.close(),
      )
      const entries = { json: [Buffer.from('{}')], count: 1 }
      for (const work of [
        () => device.deliver('attribute', entries, 'live'),
        () => application.call({ method: 'GET', path: '/x' }),
      ]) {
        const told = await failureOf(work())
        should(told).match(/bad ••• •••/)
        should(told).not.containEql(encode('the/secret 1'))
      }
    }
  })

  const unusable = ['a\u0000b', 'a\r\nb: c', 'a b', 'ä', '\ud800', 'a'.repeat(10_000)]
  it('is told to have sent a token that cannot be used, which is not kept: the next one is asked for anew', async () => {
    for (const wrong of unusable) {
      let asked = 0
      const url = await start((path) => {
        const isLogin = /oauth2|\/auth\/|\/token\//.test(path)
        if (isLogin) asked += 1
        const given = asked % 2 === 1 ? wrong : 'good'
        if (isLogin) return { status: 200, body: login(path, given) }
        return { status: 200, body: { statusCode: 200, code: 0, data: [] } }
      })
      const device = new EnosDevice({
        brokerUrl: url,
        productKey: 'p',
        deviceKey: 'd',
        deviceSecret: 's',
        lifetimeMs: 1e5,
      })
      const application = new EnosApplication({ gatewayUrl: url, orgId: 'o', appKey: 'k', appSecret: 's' })
      closing.push(
        () => device.close(),
        () => application.close(),
      )
      const client = thingplus(url)
      for (const ask of [() => client.get('sites'), () => application.token(), () => device.session()]) {
        const told = await failureOf(ask())
        should(told).match(/the cloud sent a token or session id that HTTP cannot send back/)
        should(told).not.match(/settings/)
        await ask()
      }
    }
  })
})

describe('A TLS configuration that switches the check of certificates off', () => {
  const authority = new CertificateAuthority('Plant CA')
  const { key, certificate: cert } = authority.issue({ commonName: 'x', hosts: ['localhost'] })
  before(startRuntime)
  after(stopRuntime)
  afterEach(stopFlow)

  it('is told in the status of each node that uses it, and in the log once', async () => {
    const cloud = await startTlsServer({ key, cert })
    const answer = JSON.stringify({ code: 200, data: { sessionId: 'S' } })
    cloud.server.removeAllListeners('request').on('request', (_, response) => response.end(answer))
    const tls = { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', servername: '' }
    const [, device] = configurations(cloud.url)
    const node = { type: 'enos-auth', mode: 'session', device: 'device', wires: [['out']] }
    for (const verifyservercert of [true, false]) {
      const flow = await startFlow(
        [...enosTypes, require('@node-red/nodes/core/network/05-tls') as NodeInitializer],
        [
          { ...tls, verifyservercert },
          { ...device, id: 'device', type: 'enos-device', tls: 'tls' },
          { id: 'node', ...node },
        ],
        demoCredentials,
      )
      const warnings: string[] = []
      flow.node('device').warn = (text: string) => warnings.push(text)
      if (verifyservercert) {
        flow.send('node', {})
        should((await flow.next('caught')).error).have.property('code', 'NETWORK_TLS')
      } else {
        await flow.run('node', {})
        await flow.run('node', {})
        should((await flow.status('node', 'green')).text).match(/⚠ TLS$/)
      }
      should(warnings.filter((text) => /does not check certificates/.test(text))).have.length(verifyservercert ? 0 : 1)
      await stopFlow()
    }
    await cloud.close()
  })
})
