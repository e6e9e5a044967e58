'use strict'
// The simulator as a process of its own, asked over IPC. It keeps only the latest entries of a device; its counts are exact.
const { startSimulator } = require('../../dist/lib/simulator')

/** `devices` sub-devices `d0`, `d1` … of the demo device; of each fleet `fleet-0` … and `fleet-bad-0` …, of the strict model. */
const { devices = 0, fleets = [], faults = [] } = JSON.parse(process.argv[2])
const productKey = 'pK11111'
const gateway = { productKey, deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' }
const named = (count, prefix, more) =>
  Array.from({ length: count }, (_, at) => ({ productKey, deviceKey: `${prefix}${at}`, ...more }))
const lenient = {
  modelId: 'Demo',
  allowAdditionalMeasurepoint: true,
  allowAdditionalAttribute: true,
  allowAdditionalEvent: true,
}
const strict = { modelId: 'Strict', measurepoints: { temp: { dataType: 'DOUBLE' } } }
const seed = {
  enos: {
    models: [lenient, strict],
    devices: [
      gateway,
      ...named(devices, 'd', { gateway: `${productKey}/dK987654` }),
      ...fleets.flatMap(({ fleet, good, bad }) => [
        ...named(good, `${fleet}-`, { modelId: 'Strict' }),
        ...named(bad, `${fleet}-bad-`, { modelId: 'Strict' }),
      ]),
    ],
  },
}
const pollMs = 10

async function main() {
  const simulator = await startSimulator({
    port: 0,
    seed,
    faults,
    enos: { keptEntriesPerDevice: 10, loginLimit: null },
  })
  const accepted = () => simulator.accepted()
  let usage = process.cpuUsage()
  const tasks = {
    accepted,
    /** Of the good devices of a fleet. */
    acceptedOf: ({ fleet }) => {
      const { streams } = simulator.state().enos
      const prefix = `${productKey}/${fleet}-`
      const isGood = ({ stream }) => stream.startsWith(prefix) && !stream.includes('-bad-')
      return streams.filter(isGood).reduce((sum, { pointsAccepted }) => sum + pointsAccepted, 0)
    },
    /** Resolves with the time at which so many points were in. */
    until: ({ points }) =>
      new Promise((resolve) => {
        const look = () => (accepted() >= points ? resolve(Date.now()) : setTimeout(look, pollMs))
        look()
      }),
    /** CPU time since the last call, ms. */
    cpuMs: () => {
      const { user, system } = process.cpuUsage(usage)
      usage = process.cpuUsage()
      return (user + system) / 1000
    },
    faults: (input) => simulator.setFaults(input.faults),
  }
  process.on('message', async ({ id, task, ...input }) => {
    process.send({ id, result: await tasks[task](input) })
  })
  process.on('disconnect', () => process.exit())
  process.send({ url: simulator.url })
}

void main()
