import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import should from 'should'
import { startSimulator } from '../../lib/simulator'
import { html, Markup } from '../../lib/simulator/page/markup'
import { plot } from '../../lib/simulator/page/plot'
import { PageLanguages } from '../../lib/simulator/page/texts'
import { getToken, logIn, publish, send, simulatorFor } from './enos-client'

const locales = join(__dirname, '..', '..', 'nodes', 'locales')

describe("The simulator's page", () => {
  const simulator = simulatorFor()
  const url = () => simulator.current().url
  const page = async (headers: Record<string, string> = {}): Promise<string> =>
    (await send(`${url()}/`, { headers })).body
  const sections = async (): Promise<Record<string, string>> => (await send(`${url()}/_simulator/page`)).body

  /** With any headers, as a browser would send them. */
  async function asked(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
    const { port } = new URL(url())
    const [answer] = (await once(request({ port, path, method, headers }).end(), 'response')) as [IncomingMessage]
    return answer.resume().statusCode
  }

  it('says which addresses and demo accounts to enter, and counts for no request', async () => {
    const text = await page()
    for (const value of [url(), `${url()}/v2`, 'o-demo', 'demo-app', 'demo-secret', 'dK987654', 'ds54321'])
      text.should.containEql(`<code>${value}</code>`)
    for (const value of ['testClientId', 'demo-client-secret', 'serviceadmin', 'demo-password'])
      text.should.containEql(`<code>${value}</code>`)
    simulator.current().state().should.containEql({ requests: 0 })
  })

  it('shows no account of a seed, for it may be a real one', async () => {
    const seed = {
      enos: {
        apps: [{ appKey: 'own-app', appSecret: 'own-secret' }],
        devices: [{ productKey: 'p', deviceKey: 'd', deviceSecret: 'own-device-secret' }],
      },
      thingplus: { users: [{ id: '7', loginId: 'own-user', password: 'own-password' }] },
    }
    const other = await startSimulator({ port: 0, seed })
    const text: string = (await send(`${other.url}/`)).body
    for (const secret of ['own-secret', 'own-device-secret', 'own-password', 'demo-secret', 'demo-password'])
      text.should.not.containEql(secret)
    text.should.containEql('a seed of its own')
    await other.close()
  })

  it('plots the newest values of each point, and shows the latest', async () => {
    const sessionId = await logIn(url())
    const batch = Array.from({ length: 500 }, (_, index) => ({
      measurepoints: { temperature: index, state: index % 2 ? 'on' : 'off' },
      time: Date.UTC(2026, 0, 1) + index * 1000,
    }))
    await publish(url(), sessionId, 'thing/measurepoint/post/batch', batch)
    const { received = '', requests = '' } = await sections()
    received.should.containEql('<dt>Points</dt><dd>1,000</dd>').and.containEql('<b>499</b>').and.containEql('<b>on</b>')
    const [, points = ''] = /polyline points="([^"]*)"/.exec(received) ?? []
    should(points.split(' ')).have.length(200)
    requests.should.containEql('/topic/sys/pK11111/dK987654/thing/measurepoint/post/batch')
    requests.should.not.containEql(sessionId)
  })

  it('shows at most a dozen streams, those that received something last', async () => {
    const devices = Array.from({ length: 40 }, (_, index) => ({ productKey: 'p', deviceKey: `d${index}` }))
    const other = await startSimulator({ port: 0, seed: { enos: { devices } } })
    const form = new FormData()
    const params = devices.map((device) => ({ ...device, time: 1, measurepoints: { a: 1 } }))
    const message = { version: '1.1', method: 'integration.measurepoint.post', params }
    form.set('enos-message', JSON.stringify(message))
    const headers = { 'apim-accesstoken': await getToken(other.url) }
    const path = '/connect-service/v2.1/integration?action=postMeasurepoint&orgId=o-demo'
    await send(`${other.url}${path}`, { method: 'POST', headers, body: form })
    const { received } = (await send(`${other.url}/_simulator/page`)).body
    should(received.match(/<article>/g)).have.length(12)
    received.should.containEql('p/d39').and.not.containEql('p/d27<')
    await other.close()
  })

  it('shows what messages, devices and faults hold as text, whatever it is', async () => {
    const evil = '<img src=x onerror="alert(1)">\'"&'
    const sessionId = await logIn(url())
    const measurepoints = { [evil]: evil, deep: { a: [1] }, huge: 1e308, long: 'x'.repeat(100_000) }
    await publish(url(), sessionId, 'thing/measurepoint/post', { measurepoints, time: Number.MAX_SAFE_INTEGER })
    simulator.current().setFaults([{ kind: 'slow', contains: evil + 'y'.repeat(100_000), delayMs: 0 }])
    const text = `${await page()}${Object.values(await sections()).join('')}`
    text.should.not.containEql('<img').and.not.containEql('"alert')
    text.should.containEql('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#39;&#34;&#38;')
    should(text.length).be.below(100_000)
  })

  it('lets no message out of its place in the page', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { html: made } = html`<b title="${text}">${text}</b>`
        should(made).match(/^<b title="[^<>"]*">[^<>"]*<\/b>$/)
      }),
    )
    should(html`${new Markup('<i>')}${['<', undefined, 1]}`.html).equal('<i>&#60;1')
  })

  it('plots any numbers within its frame', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const [, points = ''] = /polyline points="([^"]*)"/.exec(plot(numbers, '').html) ?? []
        for (const [x = -1, y = -1] of points.split(' ').map((pair) => pair.split(',').map(Number))) {
          should(x).be.within(0, 240)
          should(y).be.within(0, 44)
        }
      }),
    )
  })

  it('runs no script but its own, and is shown in no frame', async () => {
    const { headers, body } = await send(`${url()}/`)
    const policy = headers.get('content-security-policy') ?? ''
    policy.should.match(/default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/)
    policy.should.match(/frame-ancestors 'none'/)
    should(headers.get('x-frame-options')).equal('DENY')
    should(headers.get('cache-control')).equal('no-store')
    body.should.not.match(/ style=| on\w+=/)
  })

  it('turns a fault on and off, and leaves those of flows as they are', async () => {
    const own = { kind: 'slow', path: '/nowhere', times: 3 } as const
    simulator.current().setFaults([own])
    const answer = await send(`${url()}/_simulator/faults/reset`, { method: 'PUT' })
    answer.body.should.eql([
      { ...own, hits: 0 },
      { kind: 'reset', hits: 0 },
    ])
    await send(`${url()}/_simulator/faults/reset`, { method: 'PUT' })
    await getToken(url()).should.be.rejected()
    const { faults = '' } = await sections()
    faults.should
      .match(/data-fault="reset" checked/)
      .and.containEql('struck: 1')
      .and.containEql('slow, path=/nowhere')
    await send(`${url()}/_simulator/faults/reset`, { method: 'DELETE' })
    simulator
      .current()
      .faults()
      .should.eql([{ ...own, hits: 0 }])
    should((await send(`${url()}/_simulator/faults/flood`, { method: 'PUT' })).status).equal(404)
  })

  it('alone of all pages, even of this PC, changes anything', async () => {
    const { host, port } = new URL(url())
    const others: Record<string, string>[] = [
      { origin: 'http://127.0.0.1:1' },
      { origin: `http://localhost:${port}` },
      { origin: 'null' },
      { origin: `http://${host}`, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
    ]
    const changes = [
      'PUT faults/reset',
      'DELETE faults/reset',
      'DELETE faults',
      'POST faults',
      'POST options',
      'POST reset',
    ]
    for (const change of changes)
      for (const headers of others) {
        const [method = '', path = ''] = change.split(' ')
        should(await asked(method, `/_simulator/${path}`, { host, ...headers })).equal(403)
      }
    simulator.current().faults().should.eql([])
    const own = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
    should(await asked('PUT', '/_simulator/faults/reset', own)).equal(200)
  })

  it('opens by a link of another site, in a window of its own and by a name of this PC only', async () => {
    const { host } = new URL(url())
    const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    should(await asked('GET', '/', link)).equal(200)
    for (const [method, path, headers] of [
      ['GET', '/', { ...link, 'sec-fetch-dest': 'iframe' }],
      ['GET', '/', { ...link, 'sec-fetch-mode': 'no-cors' }],
      ['GET', '/', { ...link, host: 'evil.example' }],
      ['POST', '/', link],
      ['GET', '/_simulator/page', link],
      ['GET', '/_simulator/state', link],
    ] as const)
      should(await asked(method, path, headers)).equal(403)
  })

  it("is in the browser's language, or else in English", async () => {
    for (const [wanted, language, heading] of [
      ['de-AT,de;q=0.9', 'de', 'Störungen'],
      ['fr, ja;q=0.5', 'ja', '障害'],
      ['zh', 'zh-CN', '故障'],
      ['ko-KR', 'ko', '장애'],
      ['fr', 'en-US', 'Faults'],
      [`${'x'.repeat(5_000)},de`, 'en-US', 'Faults'],
    ] as const) {
      const text = await page({ 'accept-language': wanted })
      text.should.containEql(`<html lang="${language}">`).and.containEql(`>${heading}</h2>`)
    }
  })

  it('uses every text that its catalogue has', async () => {
    const sources = readdirSync(join(__dirname, '..', '..', 'lib', 'simulator', 'page')).map((file) =>
      readFileSync(join(__dirname, '..', '..', 'lib', 'simulator', 'page', file), 'utf8'),
    )
    const used = new Set(sources.flatMap((source) => [...source.matchAll(/'([\w-]+\.[\w-]+)'/g)].map(([, key]) => key)))
    const catalogue = JSON.parse(readFileSync(join(locales, 'en-US', 'simulator-page.json'), 'utf8')) as Record<
      string,
      object
    >
    const figures = Object.values(simulator.current().look().clouds).flatMap((cloud) => Object.keys(cloud.figures))
    const kinds = simulator
      .current()
      .look()
      .accounts.map(({ type }) => type)
    const faults = [...(await page()).matchAll(/data-fault="([\w-]+)"/g)].map(([, kind]) => kind)
    const composed: Record<string, readonly (string | undefined)[]> = {
      figure: figures,
      fault: faults,
      effect: faults,
      connect: kinds,
      requests: ['time', 'request', 'answer'],
    }
    const unused = Object.entries(catalogue).flatMap(([group, texts]) =>
      Object.keys(texts).filter((name) => !used.has(`${group}.${name}`) && !composed[group]?.includes(name)),
    )
    should(unused).eql([])
  })

  it('calls the fields as the dialogs do', () => {
    const texts = new PageLanguages().textsFor('de')
    should(texts.label('enos-app', 'appSecret')).equal('App Secret')
    should(texts.label('enos-device', 'productKey')).equal('Product Key')
  })
})
