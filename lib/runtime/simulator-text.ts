import { joined, say, type Text } from '../core'
import { shortCount } from './lane-badge'

const cloudNames: Readonly<Record<string, string>> = { enos: 'EnOS', thingplus: 'Thing+' }

/** Where the simulator is found, and what came in: `http://127.0.0.1:1881 · EnOS: 12 values · Thing+: 1 value`. */
export function simulatorText(url: string, accepted: Readonly<Record<string, number>>): Text {
  const counts = Object.entries(accepted).map(([cloud, count]) => told(cloudNames[cloud] ?? cloud, count))
  return joined([url, ...(counts.length > 0 ? counts : [say`no values yet`])], ' · ')
}

const told = (cloud: string, count: number): Text =>
  count === 1 ? say`${cloud}: 1 value` : say`${cloud}: ${shortCount(count)} values`
