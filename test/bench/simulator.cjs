'use strict'
// The simulator as a process of its own, asked over IPC. It keeps only the latest entries of a device; its counts are exact.
const { startSimulator } = require('../../dist/lib/simulator')

const devices = Number(process.argv[2] ?? 0)
const gateway = { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' }
const seed = {
  enos: {
    devices: [
      gateway,
      ...Array.from({ length: devices }, (_, at) => ({
        productKey: 'pK11111',
        deviceKey: `d${at}`,
        gateway: 'pK11111/dK987654',
        assetId: `asset-d${at}`,
      })),
    ],
  },
}
const pollMs = 10

async function main() {
  const simulator = await startSimulator({ port: 0, seed, enos: { keptEntriesPerDevice: 10, loginLimit: null } })
  const accepted = () => simulator.accepted()
  let usage = process.cpuUsage()
  const tasks = {
    accepted,
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
    faults: ({ faults }) => simulator.setFaults(faults),
  }
  process.on('message', async ({ id, task, ...input }) => {
    process.send({ id, result: await tasks[task](input) })
  })
  process.on('disconnect', () => process.exit())
  process.send({ url: simulator.url })
}

void main()
