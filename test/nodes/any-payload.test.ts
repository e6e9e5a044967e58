import fs, { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { startSimulator } from '../ports'

import cloudOutbox = require('../../nodes/cloud-outbox')
import cloudOutboxControl = require('../../nodes/cloud-outbox-control')

import { HastyClock } from '../field/hasty-clock'
import { patienceMs } from '../patience'
import { anyPayload, biting } from './any-payload'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { configuration, gatewayId, seed, demoCredentials as thingplusCredentials, thingplusTypes } from './thingplus'

const fromPayload = (...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [name, 'payload'],
      [`${name}Type`, 'msg'],
    ]),
  )
const device = { channel: 'device', device: 'device' }
const integration = { channel: 'integration', app: 'app', assetId: 'asset-1' }
const client = { client: 'client' }
const here = { ...client, gatewayId, gatewayIdType: 'str' }

/** Every node that reads a message, with the fields that read `msg.payload`. */
const nodes: readonly ({ type: string } & Record<string, unknown>)[] = [
  { type: 'enos-post-measurepoint', ...device },
  { type: 'enos-post-measurepoint', ...integration, timeField: 'value' },
  { type: 'enos-post-measurepoint', ...device, outbox: 'outbox' },
  { type: 'enos-update-attribute', ...device },
  { type: 'enos-update-attribute', ...integration },
  { type: 'enos-post-event', ...device, eventId: 'e' },
  { type: 'enos-post-event', ...integration, ...fromPayload('eventId', 'assetId') },
  { type: 'enos-call-api', app: 'app', method: 'POST', path: '/x' },
  { type: 'enos-call-api', app: 'app', method: 'GET', ...fromPayload('path', 'query') },
  { type: 'enos-upload-model', app: 'app', method: 'by-file', patch: true, authorisation: 'signed' },
  { type: 'enos-auth', mode: 'sign', app: 'app', method: 'POST', methodType: 'str', url: '/x', urlType: 'str' },
  { type: 'enos-auth', mode: 'sign', app: 'app', ...fromPayload('method', 'url', 'headers') },
  { type: 'thingplus-send-value', ...here, sensorId: '', sensorIdType: 'str' },
  { type: 'thingplus-send-value', ...here, sensorId: 'temperature', sensorIdType: 'str' },
  { type: 'thingplus-send-value', ...here, sensorId: '', sensorIdType: 'str', outbox: 'outbox' },
  { type: 'thingplus-send-value', ...client, ...fromPayload('gatewayId', 'sensorId') },
  { type: 'thingplus-send-status', ...here, target: 'gateway', ...fromPayload('statusValue', 'validDurationSeconds') },
  { type: 'thingplus-get', ...client, resource: 'gateways', ...fromPayload('filter', 'page', 'count') },
  { type: 'thingplus-get', ...client, resource: 'gateway', ...fromPayload('gatewayId') },
  { type: 'thingplus-register-gateway', ...client, gatewayName: 'G', ...fromPayload('devices') },
  { type: 'thingplus-register-gateway', ...client, ...fromPayload('gatewayName', 'gatewayId', 'gatewayModelId') },
  { type: 'thingplus-register-device', ...here, ...fromPayload('deviceName', 'deviceId') },
  { type: 'thingplus-register-sensor', ...here, ...fromPayload('deviceId', 'sensorName', 'sensorType', 'sensorId') },
  { type: 'thingplus-create-client', ...client, ...fromPayload('clientName', 'clientId', 'clientSecret', 'scopes') },
  { type: 'cloud-outbox-control', outbox: 'outbox', ...fromPayload('command', 'lane') },
  // A configuration of another type, without its URL, and with a variable that is not set.
  { type: 'enos-post-measurepoint', channel: 'device', device: 'app' },
  { type: 'enos-post-measurepoint', channel: 'device', device: 'empty' },
  { type: 'thingplus-get', client: 'unset', resource: 'gateways' },
]

for (const hasOutbox of [false, true])
  describe(`Any message at all, ${hasOutbox ? 'with' : 'without'} an outbox`, function () {
    this.timeout(patienceMs)
    // What Thing+ does not know is tried for a minute without an outbox.
    const clock = new HastyClock()
    const tried = [...nodes.entries()].filter(
      ([, { type, outbox }]) => (type === 'cloud-outbox-control' || !!outbox) === hasOutbox,
    )
    const folder = mkdtempSync(join(tmpdir(), 'edgecourier-any-'))
    let simulator: Simulator
    let flow: FlowUnderTest
    before(async () => {
      await startRuntime()
      simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
      flow = await startFlow(
        [...(hasOutbox ? [] : [clock.installed]), ...enosTypes, ...thingplusTypes, cloudOutbox, cloudOutboxControl],
        [
          ...configurations(simulator.url),
          configuration(simulator.url),
          { id: 'empty', type: 'enos-device' },
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the environment's variable, as a user writes it
          { ...configuration(simulator.url), id: 'unset', baseUrl: '${SET_NOWHERE}' },
          { id: 'outbox', type: 'cloud-outbox', folder, maxMegabytes: 10, whenFull: 'refuse' },
          ...tried.map(([index, node]) => ({ ...node, id: `node-${index}`, wires: [['out']] })),
        ],
        { ...demoCredentials, ...thingplusCredentials },
      )
    })
    after(async () => {
      await stopFlow()
      clock.end()
      await stopRuntime()
      await simulator.close()
      rmSync(folder, { recursive: true, force: true })
    })

    const looksOf = (payload: unknown) =>
      inspect(payload, { depth: 8, getters: false, showProxy: true, maxArrayLength: 20 })
    const check = async (id: string, payload: unknown) => {
      const before = looksOf(payload)
      const over = new AbortController()
      const ends = ['out', 'caught', 'completed'].map((end) => flow.next(end, over.signal))
      for (const end of ends) end.catch(() => undefined)
      flow.send(id, { payload })
      const msg = await Promise.race(ends)
      over.abort()
      // A success reaches the output and the Complete node, in this order.
      await new Promise((resolve) => setImmediate(resolve))
      const { code, message } = msg.error?.cause ? { ...msg.error } : (msg.error ?? {})
      should(`${code ?? ''} ${message ?? ''}`).not.match(/INTERNAL|Unexpected fault/)
      if (msg.error) should(msg.error).have.property('code').which.is.a.String()
      should(looksOf(payload)).equal(before)
      should(({} as { polluted?: unknown }).polluted).be.undefined()
    }

    for (const [index, { type, ...settings }] of tried) {
      const reading = [
        settings.channel ?? settings.mode ?? settings.resource,
        settings.outbox,
        settings.timeField,
      ].filter(Boolean)
      it(`gives ${type} a result or an error that is not ours, and is left as it was (${[index, ...reading].join(', ')})`, async () => {
        for (const [title, make] of biting) {
          await check(`node-${index}`, make()).catch((failure: Error) => {
            throw new Error(`${title}: ${failure.message}`)
          })
        }
        await fc.assert(
          fc.asyncProperty(anyPayload(), (payload) => check(`node-${index}`, payload)),
          { numRuns: 15 },
        )
      })

      it(`reads no file for a message of ${type} but the first, whatever becomes of it (${[index, ...reading].join(', ')})`, async () => {
        for (const payload of [{ temp: 1 }, 'text', 5, [[]]]) {
          await check(`node-${index}`, payload)
          should(await filesReadBy(() => check(`node-${index}`, payload))).be.empty()
        }
      })
    }
  })

const readers = ['readFileSync', 'readdirSync', 'existsSync', 'statSync'] as const

/** What was read meanwhile in a way that holds Node-RED up. */
async function filesReadBy(work: () => Promise<void>): Promise<unknown[]> {
  const read: unknown[] = []
  const own = Object.fromEntries(readers.map((name) => [name, fs[name]]))
  const counted =
    (name: string) =>
    (path: unknown, ...rest: unknown[]) => {
      read.push(path)
      return (own[name] as (...given: unknown[]) => unknown)(path, ...rest)
    }
  Object.assign(fs, Object.fromEntries(readers.map((name) => [name, counted(name)])))
  try {
    await work()
  } finally {
    Object.assign(fs, own)
  }
  return read
}
