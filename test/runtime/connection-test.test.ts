import should from 'should'
import { type Simulator, startSimulator } from '../../lib/simulator'
import { startServer } from '../http/server'
import { configurations, demoCredentials } from '../nodes/enos'
import { configuration, demoCredentials as thingplusCredentials } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage } from './packed-package'

interface Answer {
  code?: string
  message?: string
  findings?: { ok?: boolean; text: string }[]
}

describe('The connection test of a configuration dialog', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let simulator: Simulator
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    simulator = await startSimulator({ port: 0 })
    nodeRed = await startNodeRed(installed.userDir)
    const credentials: Record<string, object> = { ...demoCredentials, ...thingplusCredentials }
    const nodes = [...configurations(simulator.url), configuration(simulator.url)]
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'plant' },
      ...nodes.map((node) => ({ ...node, credentials: credentials[node.id] })),
    ])
  })
  after(async () => {
    await nodeRed?.stop()
    await simulator?.close()
    installed?.remove()
  })

  const [app, device] = configurations('')
  const importPath = '/dm-bff/rest/model/batchImportModels'
  const urlsOf = (url: string) => ({ gatewayUrl: url, integrationUrl: url, modelUploadUrl: `${url}${importPath}` })
  const test = async (type: string, values: object, id = 'new'): Promise<Answer> => {
    const answer = await fetch(`${nodeRed.url}/edgecourier/test/${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, values }),
    })
    return (await answer.json()) as Answer
  }
  const words = new Map<boolean | undefined, string>([
    [true, 'good'],
    [false, 'bad'],
    [undefined, 'open'],
  ])
  const textsOf = ({ findings }: Answer) => (findings ?? []).map(({ ok, text }) => `${words.get(ok)}: ${text}`)

  it('finds a form good that was never deployed: host, clock, login, and what may be read', async () => {
    const answer = await test('enos-app', { ...app, ...urlsOf(simulator.url), ...demoCredentials.app })
    const texts = textsOf(answer)
    should(texts).have.length(6)
    should(texts[0]).match(/^good: Gateway URL: 127\.0\.0\.1:\d+ answers in \d+ ms, without TLS/)
    should(texts[1]).match(/^good: .*clock agrees/)
    should(texts[2]).match(/^good: App key and app secret are correct; the token is valid for another 119 min/)
    should(texts[3]).match(/^good: In organisation o-demo the application sees one product\.$/)
    should(texts[4]).match(/^good: Integration URL: 127\.0\.0\.1:\d+ answers .* accepts the token .*no value was sent/)
    should(texts[5]).match(/^open: Model-upload URL: 127\.0\.0\.1:\d+ answers .*import was found.*was not tried/)
  })

  it('finds nothing wrong with what the page of the simulator says to enter, and nothing that is not there', async () => {
    const accounts = simulator.look().accounts
    should(accounts.map(({ type }) => type)).eql(['enos-app', 'enos-device', 'thingplus-client'])
    for (const { type, settings } of accounts) {
      const texts = textsOf(await test(type, settings))
      should(texts.filter((text) => text.startsWith('bad'))).be.empty()
      if (type === 'enos-app') should(texts.join()).match(/import was found/)
    }
  })

  const others: [title: string, urls: (url: string) => object, text: RegExp][] = [
    ['is empty', () => ({ integrationUrl: '' }), /^open: Integration URL: Not entered, so not tried/],
    ['names a dead port', () => ({ integrationUrl: 'http://127.0.0.1:9' }), /^bad: Integration URL: No connection/],
    [
      'has no scheme',
      () => ({ integrationUrl: 'iot.example' }),
      /^bad: Integration URL: .*It has to start with https:/,
    ],
    ['has another path', (url) => ({ integrationUrl: `${url}/elsewhere` }), /^bad: Integration URL: .*right host/],
    ['is empty', () => ({ modelUploadUrl: '' }), /^open: Model-upload URL: Not entered, so not tried/],
    ['names a dead port', () => ({ modelUploadUrl: 'http://127.0.0.1:9' }), /^bad: Model-upload URL: No connection/],
    [
      'has no scheme',
      () => ({ modelUploadUrl: 'portal.example' }),
      /^bad: Model-upload URL: .*It has to start with https:/,
    ],
    ['has another path', (url) => ({ modelUploadUrl: `${url}/dm-bff` }), /^bad: Model-upload URL: .*Check the path/],
    [
      'is that of the gateway',
      () => ({ modelUploadUrl: 'https://apim-eu.example/import' }),
      /^bad: Model-upload URL: This is the URL of the API gateway .*EnOS console \(portal-…\)/,
    ],
  ]
  for (const [title, urls, text] of others) {
    it(`tells of a URL beside the gateway's that it ${title}: ${text.source.slice(1, 24)}`, async () => {
      const own = urls(simulator.url)
      const texts = textsOf(
        await test('enos-app', { ...app, ...urlsOf(simulator.url), ...demoCredentials.app, ...own }),
      )
      should(texts).matchAny(text)
      should(texts.filter((line) => !line.startsWith('good'))).have.length('integrationUrl' in own ? 2 : 1)
    })
  }

  const swapped: [type: string, field: string, url: () => string, text: RegExp][] = [
    ['enos-device', 'brokerUrl', () => 'http://apim-x.invalid', /API gateway \(apim-….*HTTP broker \(iot-http-…\)/],
    ['enos-device', 'brokerUrl', () => `${simulator.url}/apim-token-service/v2.0`, /API gateway .*HTTP broker/],
    ['enos-device', 'brokerUrl', () => 'http://iot-http-integration-x.invalid', /integration host .*HTTP broker/],
    ['enos-device', 'brokerUrl', () => 'http://mqtt-x.invalid', /MQTT broker .*HTTP broker/],
    ['enos-device', 'brokerUrl', () => 'http://ag-x.invalid', /API gateway .*HTTP broker/],
    ['enos-app', 'gatewayUrl', () => 'http://mqtt-x.invalid', /MQTT broker .*API gateway/],
    ['enos-app', 'gatewayUrl', () => 'http://iot-http-x.invalid', /HTTP broker .*API gateway/],
    ['enos-app', 'integrationUrl', () => 'http://iot-http-x.invalid', /HTTP broker .*integration host/],
  ]
  for (const [type, field, url, text] of swapped) {
    it(`names the host that the ${field} was taken for: ${text.source.slice(0, 20)}`, async () => {
      const form = type === 'enos-app' ? { ...app, ...demoCredentials.app } : { ...device, ...demoCredentials.device }
      const texts = textsOf(await test(type, { ...form, ...urlsOf(simulator.url), [field]: url() }))
      const line = texts.find((line) => line.includes('This is the URL of'))
      should(line)
        .match(/^bad: /)
        .and.match(text)
    })
  }

  it('sends nothing that the cloud would keep', async () => {
    const before = simulator.state().enos
    await test('enos-app', { ...app, ...urlsOf(simulator.url), ...demoCredentials.app })
    should(simulator.state().enos).deepEqual(before)
  })

  it('logs a device in, and a Thing+ user', async () => {
    const logins = textsOf(
      await test('enos-device', { ...device, brokerUrl: simulator.url, ...demoCredentials.device }),
    )
    should(logins.at(-1)).equal('good: Device dK987654 is logged in.')
    const sites = textsOf(
      await test('thingplus-client', { ...configuration(simulator.url), ...thingplusCredentials.client }),
    )
    should(sites.at(-1)).equal("good: The user's sites: 1 (default).")
  })

  it('uses the stored secrets of a deployed configuration without the browser ever having them', async () => {
    const secrets = { appKey: '__PWRD__', appSecret: '__PWRD__' }
    const urls = { ...urlsOf(simulator.url), modelUploadUrl: simulator.url }
    const answer = await test('enos-app', { ...app, ...urls, ...secrets }, 'app')
    should(textsOf(answer)[2]).match(/^good: App key and app secret are correct/)
    should(JSON.stringify(answer)).not.containEql('demo-secret')
  })

  it('does not send a stored secret to another host, and asks for it', async () => {
    let isAsked = false
    const other = await startServer((_, response) => {
      isAsked = true
      response.end()
    })
    const secrets = { appKey: '__PWRD__', appSecret: '__PWRD__' }
    const answer = await test('enos-app', { ...app, ...urlsOf(other.url), ...secrets }, 'app')
    await other.close()
    should(answer).have.property('code', 'CONFIG_INCOMPLETE')
    should(answer.message).match(/^Enter the secrets again/)
    isAsked.should.be.false()
  })

  const needed: [type: string, fields: string][] = [
    ['enos-app', 'Gateway URL, Organisation id, App key, App secret'],
    ['enos-device', 'Broker URL, Product key, Device key, Device secret'],
    ['thingplus-client', 'API URL, Client id, User name, Client secret, Password'],
  ]
  for (const [type, fields] of needed) {
    it(`names every field that is empty in a form of ${type}, in one sentence`, async () => {
      const { code, message } = await test(type, {})
      should(code).equal('CONFIG_INCOMPLETE')
      should(message).equal(`The ${type} configuration is not complete. Enter what is missing: ${fields}.`)
    })
  }

  const wrong: [title: string, type: string, values: () => object, text: RegExp][] = [
    [
      'a wrong secret',
      'enos-app',
      () => ({ ...urlsOf(simulator.url), appKey: 'demo-app', appSecret: 'MARK' }),
      /secret is wrong/,
    ],
    [
      'an unknown host',
      'enos-app',
      () => ({ ...urlsOf('http://nowhere.invalid'), ...demoCredentials.app }),
      /host name is unknown/,
    ],
    [
      'a closed port',
      'enos-device',
      () => ({ ...device, brokerUrl: 'http://127.0.0.1:9', deviceSecret: 'x' }),
      /No connection/,
    ],
    [
      'an organisation of others',
      'enos-app',
      () => ({ ...urlsOf(simulator.url), orgId: 'o-other', ...demoCredentials.app }),
      /organisation id/,
    ],
    [
      'a wrong password',
      'thingplus-client',
      () => ({ ...configuration(simulator.url), clientSecret: 'demo-client-secret', password: 'MARK' }),
      /user|password/,
    ],
  ]
  for (const [title, type, values, text] of wrong) {
    it(`says what to change for ${title}`, async () => {
      const answer = await test(type, { ...app, ...values() })
      should(textsOf(answer).filter((line) => line.startsWith('bad'))).matchAny(text)
      should(JSON.stringify(answer)).not.containEql('MARK')
    })
  }

  it('names a field that is missing, and a variable that is not set', async () => {
    should(await test('enos-app', { ...app, ...urlsOf(simulator.url) })).have.property('code', 'CONFIG_INCOMPLETE')
    const unset = { ...app, ...urlsOf(`\${${'NO_SUCH_VARIABLE'}}`), ...demoCredentials.app }
    should((await test('enos-app', unset)).message).match(/NO_SUCH_VARIABLE is not set/)
  })

  it('answers within 10 s where the host is silent', async () => {
    const silent = await startServer(() => undefined)
    const since = performance.now()
    const answer = await test('enos-app', { ...app, ...urlsOf(silent.url), ...demoCredentials.app })
    ;(performance.now() - since).should.be.below(20_000)
    await silent.close()
    should(textsOf(answer)[0]).match(/^bad: Gateway URL: No answer in time/)
  })
})
