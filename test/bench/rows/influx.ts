import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { influxFlow } from '../flows'
import { type Load, startLoadedNodeRed } from '../loaded-node-red'
import { startScript } from '../processes'

/** What others make of the same: the batch nodes of node-red-contrib-influxdb, which lose what they cannot send. */
export interface InfluxPeer {
  /** CPU that a point takes, µs. */
  cpuUsPerPoint(version: 1 | 2, load: Load): Promise<number>
  stop(): Promise<void>
}

/** In a Node-RED of its own, before a database that answers at once. */
export async function startInfluxPeer(): Promise<InfluxPeer> {
  const place = mkdtempSync(join(tmpdir(), 'bench-influx-'))
  const database = await startScript<{ port: number }>('influx.cjs')
  const nodes = dirname(require.resolve('node-red-contrib-influxdb/package.json'))
  const nodeRed = await startLoadedNodeRed(place, {}, [nodes])
  await nodeRed.deploy(influxFlow(database.begun.port))
  return {
    async cpuUsPerPoint(version, load) {
      const sending = { ...load, areInfluxPoints: true }
      const { cpuMs, result } = await nodeRed.watch(() => nodeRed.load(`influx-${version}`, sending))
      return (cpuMs * 1000) / result.points
    },
    async stop() {
      await Promise.all([nodeRed.stop(), database.end()])
      rmSync(place, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
