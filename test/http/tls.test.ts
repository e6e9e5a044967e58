import { createSecureContext } from 'node:tls'
import should from 'should'
import { HttpClient, type TlsSettings } from '../../lib/http'
import { CertificateAuthority, type Identity, selfSigned } from './certificates'
import { failureOf } from './failure'
import { startServer } from './server'
import { startTlsServer } from './tls-server'

describe('TLS to a cloud', () => {
  const plantCa = new CertificateAuthority('Plant CA')
  const strangeCa = new CertificateAuthority('Strange CA')
  const good = plantCa.issue({ commonName: 'cloud', hosts: ['localhost', '127.0.0.1'] })
  const trusting: TlsSettings = { certificateAuthority: plantCa.certificate }
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  const serve = async ({ key, certificate }: Identity, more: object = {}) => {
    const server = await startTlsServer({ key, cert: certificate, ...more })
    closing.push(server.close)
    return server
  }
  const get = async (url: string, tls?: TlsSettings) => {
    const client = new HttpClient({ tls })
    closing.push(() => client.close())
    return (await client.request({ method: 'GET', url })).body.toString()
  }

  it('takes the certificate of a CA that the TLS configuration holds', async () => {
    const { url } = await serve(good)
    should(await get(url, trusting)).equal('hello nobody')
  })

  const bad: [title: string, identity: Identity, tls: TlsSettings | undefined, reason: RegExp][] = [
    ['a certificate of a CA that nobody chose', good, undefined, /CA of the other side's certificate is not known/],
    [
      'a certificate of another CA than the chosen one',
      strangeCa.issue({ commonName: 'x', hosts: ['localhost'] }),
      trusting,
      /CA of the other side's certificate is not known/,
    ],
    [
      'a self-signed certificate',
      selfSigned({ commonName: 'localhost', hosts: ['localhost'] }),
      undefined,
      /signed by itself/,
    ],
    [
      'a certificate for another host',
      plantCa.issue({ commonName: 'other', hosts: ['other.example'] }),
      trusting,
      /made for another host/,
    ],
    [
      'an expired certificate',
      plantCa.issue({ commonName: 'x', hosts: ['localhost'], until: new Date(Date.now() - 60_000) }),
      trusting,
      /has expired/,
    ],
  ]
  for (const [title, identity, tls, reason] of bad) {
    it(`refuses ${title} with NETWORK_TLS, says so in words, and sends nothing`, async () => {
      const server = await serve(identity)
      const failure = await failureOf(get(server.url, tls))
      should(failure).have.property('code', 'NETWORK_TLS')
      should(failure.message).match(reason)
      should(server.namesAsked).be.empty()
    })

    it(`takes ${title} only where the user has switched the check off`, async () => {
      const { url } = await serve(identity)
      should(await get(url, { ...tls, rejectUnauthorized: false })).equal('hello nobody')
    })
  }

  it('shows its client certificate, which the server asks for', async () => {
    const { url } = await serve(good, { requestCert: true, rejectUnauthorized: true, ca: plantCa.certificate })
    const { key, certificate } = plantCa.issue({ commonName: 'gateway 7' })
    should(await get(url, { ...trusting, key, certificate })).equal('hello gateway 7')
  })

  it('says that the server wants a client certificate where none is chosen', async () => {
    const { url } = await serve(good, { requestCert: true, rejectUnauthorized: true, ca: plantCa.certificate })
    const failure = await failureOf(get(url, trusting))
    should(failure).have.property('code', 'NETWORK_TLS')
    should(failure.message).match(/wants a client certificate/)
  })

  it('gets no answer with a client certificate that the server does not know', async () => {
    const server = await serve(good, { requestCert: true, rejectUnauthorized: true, ca: plantCa.certificate })
    const failure = await failureOf(get(server.url, { ...trusting, ...strangeCa.issue({ commonName: 'gateway 7' }) }))
    // A Node.js server closes the connection without a word.
    should(failure.code).match(/^NETWORK_(TLS|INTERRUPTED)$/)
    should(server.namesAsked).be.empty()
  })

  it('says what is wrong where the other side does not speak TLS', async () => {
    const plain = await startServer((_, response) => response.end())
    closing.push(plain.close)
    const failure = await failureOf(get(plain.url.replace('http:', 'https:')))
    should(failure).have.property('code', 'NETWORK_TLS')
    should(failure.message).match(/does not speak TLS/)
  })

  it('asks for the host by name, so that a server with many gives the fitting certificate', async () => {
    const elsewhere = plantCa.issue({ commonName: 'elsewhere', hosts: ['elsewhere.example'] })
    const server = await serve(elsewhere, {
      SNICallback: (name: string, answer: (failure: null, context: unknown) => void) => {
        const { key, certificate } = name === 'localhost' ? good : elsewhere
        answer(null, createSecureContext({ key, cert: certificate }))
      },
    })
    await get(server.url, trusting)
    should(server.namesAsked).deepEqual(['localhost'])
  })

  it('asks for the server name of the TLS configuration, and wants a certificate for that', async () => {
    const server = await serve(plantCa.issue({ commonName: 'x', hosts: ['cloud.example'] }))
    should(await get(server.url, { ...trusting, serverName: 'cloud.example' })).equal('hello nobody')
    should(server.namesAsked).deepEqual(['cloud.example'])
    const failure = await failureOf(get(server.url, { ...trusting, serverName: 'another.example' }))
    should(failure).have.property('code', 'NETWORK_TLS')
  })

  it('says CONFIG_INVALID for a certificate or key that is none', async () => {
    const { url } = await serve(good)
    const failure = await failureOf(get(url, { certificate: 'no certificate', key: 'MARK no key' }))
    should(failure).have.property('code', 'CONFIG_INVALID')
    should(failure.message).not.containEql('MARK')
  })

  it('never says what the certificate of the other side claims, which may be anything', async () => {
    const { url } = await serve(plantCa.issue({ commonName: 'x', hosts: ['MARK.example'] }))
    should((await failureOf(get(url, trusting))).message).not.containEql('MARK')
  })
})
