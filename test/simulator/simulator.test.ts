import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import should from 'should'
import { type RequestRecord, startSimulator } from '../../lib/simulator'
import { patienceMs } from '../patience'
import { isWindows, itWhere } from '../skipping'
import { DEMO_DEVICE, getToken, logIn, publish, send, sendJson, simulatorFor } from './enos-client'

/** @returns the exit code */
async function ended(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  return (await exit)[0]
}

describe('The simulator', () => {
  const simulator = simulatorFor()
  const url = () => simulator.current().url

  it('starts with the demo data when there is no seed', async () => {
    const { enos, requests } = (await send(`${url()}/_simulator/state`)).body
    requests.should.equal(0)
    enos.models.should.have.length(1)
    enos.models[0].should.containEql({ modelId: 'Demo', source: 'seed' })
    enos.streams.should.have.length(1)
    enos.streams[0].should.containEql({ stream: 'pK11111/dK987654', assetId: 'asset-1' })
    const sessionId = await logIn(url())
    for (const [topic, params] of [
      ['thing/measurepoint/post', { measurepoints: { anything: 1 } }],
      ['thing/attribute/update', { attributes: { anything: 1 } }],
      ['thing/event/anything/post', { events: {} }],
    ] as const) {
      ;(await publish(url(), sessionId, topic, params)).body.code.should.equal(200)
    }
  })

  it('counts requests and tells each of them without secrets', async () => {
    const seen: RequestRecord[] = []
    const other = await startSimulator({ port: 0, onRequest: (request) => seen.push(request) })
    const sessionId = await logIn(other.url)
    const token = await getToken(other.url)
    await publish(other.url, sessionId, 'thing/measurepoint/post', { measurepoints: { temp: 1 } })
    other.state().should.containEql({ requests: 3 })
    seen
      .map(({ method, path, status }) => `${method} ${path} ${status}`)
      .should.eql([
        'POST /auth/pK11111/dK987654 200',
        'POST /apim-token-service/v2.0/token/get 200',
        'POST /topic/sys/pK11111/dK987654/thing/measurepoint/post 200',
      ])
    const everything = JSON.stringify([seen, other.state()])
    for (const secret of [sessionId, token, 'ds54321', 'demo-secret']) everything.should.not.containEql(secret)
    await other.close()
  })

  it('goes back to the seed on reset', async () => {
    const sessionId = await logIn(url())
    await send(`${url()}/_simulator/reset`, { method: 'POST' })
    const answer = await publish(url(), sessionId, 'thing/measurepoint/post', { measurepoints: { temp: 1 } })
    answer.body.code.should.equal(401)
    simulator.current().state().should.containEql({ requests: 1 })
  })

  it('keeps the latest entries of a stream within the limit, and exact counts', async () => {
    simulator.current().setOptions({ enos: { keptEntriesPerDevice: 10 } })
    const sessionId = await logIn(url())
    const batch = Array.from({ length: 25 }, (_, time) => ({ measurepoints: { temp: time }, time }))
    await publish(url(), sessionId, 'thing/measurepoint/post/batch', batch)
    const { body } = await send(`${url()}/_simulator/points?stream=asset-1`)
    body.points.map(({ timeMs }: { timeMs: number }) => timeMs).should.eql(batch.slice(-10).map(({ time }) => time))
    const { enos } = (await send(`${url()}/_simulator/state`)).body
    enos.should.containEql({ pointsAccepted: 25, entriesAccepted: 25 })
  })

  it('answers an unknown path, an unknown stream and unusable options clearly', async () => {
    const nothing = await send(`${url()}/nothing`)
    nothing.status.should.equal(404)
    nothing.body.error.should.containEql('GET /nothing')
    ;(await send(`${url()}/_simulator/points?stream=nobody`)).status.should.equal(404)
    ;(await send(`${url()}/_simulator/points`)).status.should.equal(400)
    ;(await send(`${url()}/_simulator/points?stream=asset-1&from=-1`)).status.should.equal(400)
    ;(await send(`${url()}/_simulator/else`)).status.should.equal(404)
    const options = `${url()}/_simulator/options`
    const unknown = await sendJson(options, { enos: { tokenLife: 1 } })
    unknown.status.should.equal(400)
    unknown.body.error.should.containEql('options.enos.tokenLife')
    const wrong = await sendJson(options, { enos: { loginLimit: { attempts: 4 } } })
    wrong.body.error.should.containEql('options.enos.loginLimit')
    ;(await sendJson(options, { enos: { loginLimit: null } })).status.should.equal(200)
  })

  it('refuses a bad seed with an error that names the key', async () => {
    const device = { productKey: 'p', deviceKey: 'd' }
    for (const [seed, text] of [
      [{ enos: { apps: {} } }, 'seed.enos.apps must be a list'],
      [{ enos: { apps: [{ appKey: 'a' }] } }, 'seed.enos.apps[0].appSecret'],
      [{ enos: { device: [] } }, 'seed.enos.device is not known'],
      [{ enos: { devices: [{ ...device, modelId: 'None' }] } }, 'seed.enos.devices[0].modelId'],
      [{ enos: { devices: [{ ...device, gateway: 'none' }] } }, 'seed.enos.devices[0].gateway'],
      [{ enos: { devices: [device, device] } }, 'seed.enos.devices'],
      [
        { enos: { models: [{ modelId: 'Demo', measurepoints: { a: { dataType: 'NUMBER' } } }] } },
        'seed.enos.models[0].measurepoints.a',
      ],
      [{ cloud: {} }, 'seed.cloud is not known'],
    ] as const) {
      await startSimulator({ port: 0, seed: seed as object }).should.be.rejectedWith(
        new RegExp(text.replace(/[[\].]/g, '\\$&')),
      )
    }
  })

  it('listens on loopback only', async () => {
    for (const host of ['0.0.0.0', '::', '', 'example.com', '192.168.1.1', '127.0.0.1.example.com']) {
      await startSimulator({ port: 0, host }).should.be.rejectedWith(/loopback/)
    }
    const { port } = simulator.current()
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    for (const { address, internal, scopeid } of others) {
      if (internal || scopeid) continue
      const [failure] = await once(connect(port, address), 'error')
      failure.should.have.property('code', 'ECONNREFUSED')
    }
  })

  it('has no other address on the command line either', async () => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'lib/simulator/cli.ts', '--host', '0.0.0.0'])
    const [line] = (await once(createInterface(child.stderr), 'line')) as [string]
    const [code] = await once(child, 'exit')
    line.should.match(/Unknown option '--host'/)
    should(code).equal(1)
  }).timeout(patienceMs)

  it('refuses a body over the limit', async () => {
    const small = await startSimulator({ port: 0, maxBodyBytes: 1000 })
    const answer = await sendJson(`${small.url}/apim-token-service/v2.0/token/get`, 'x'.repeat(1001))
    answer.status.should.equal(413)
    await small.close()
  })

  it('closes at once while requests hang', async () => {
    const other = await startSimulator({ port: 0, faults: [{ kind: 'slow', delayMs: 600_000 }] })
    const idle = connect(other.port, '127.0.0.1')
    await once(idle, 'connect')
    const hanging = getToken(other.url).catch(() => 'broken off')
    while (other.state().requests === 0) await new Promise(setImmediate)
    await other.close()
    ;(await hanging).should.equal('broken off')
    idle.destroy()
  })

  it('starts from the command line with a seed file, faults and options', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
    const seedFile = join(folder, 'seed.json')
    writeFileSync(seedFile, JSON.stringify({ enos: { devices: [{ ...DEMO_DEVICE, assetId: 'from-file' }] } }))
    const settings = [
      '--port',
      '0',
      '--seed',
      seedFile,
      '--fault',
      'throttled,times=1,retryAfterSeconds=2',
      '--option',
      'enos.tokenLifeSeconds=60',
    ]
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'lib/simulator/cli.ts', ...settings])
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const base = /http:\/\/[\d.:]+/.exec(line)?.[0] ?? ''
      const { enos } = (await send(`${base}/_simulator/state`)).body
      enos.streams[0].assetId.should.equal('from-file')
      ;(await sendJson(`${base}/apim-token-service/v2.0/token/get`, {})).status.should.equal(429)
    } finally {
      await ended(child)
      rmSync(folder, { recursive: true })
    }
  }).timeout(patienceMs)

  itWhere(!isWindows, 'Windows ends programs without asking them')('ends on SIGTERM', async () => {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'lib/simulator/cli.ts', '--port', '0'])
    await once(createInterface(child.stdout), 'line')
    should(await ended(child)).equal(0)
  }).timeout(patienceMs)
})
