import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A node as a flow stores it, as far as the editor draws it. */
export interface DrawnNode {
  id: string
  type: string
  z?: string
  name?: string
  x?: number
  y?: number
  wires?: string[][]
  outputs?: number
  tostatus?: boolean
  func?: string
  outbox?: string
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

interface Point {
  x: number
  y: number
}

/** Widths of the letters of Arial in thousandths of the font's size; of what is not named here, 560. */
const letterWidths: Readonly<Record<number, string>> = {
  222: "'ijl",
  278: ' !,./:;I[\\]ft|',
  333: '()-`r{}',
  355: '"',
  500: 'Jcksvxyz',
  584: '+<=>~·',
  611: 'FTZ',
  667: '&ABEKPSVXY',
  722: 'CDHNRUw',
  778: 'GOQ',
  833: 'Mm',
  889: '%',
  944: 'W',
  1015: '@',
}
const widthOf = new Map(
  Object.entries(letterWidths).flatMap(([width, letters]) => [...letters].map((letter) => [letter, Number(width)])),
)
/** A block of a plot, and a letter of another alphabet. */
const wide = /[\u2500-\u9fff\uac00-\ud7af]/

function textWidth(text: string, fontSize: number): number {
  const thousandths = [...text].map((letter) => widthOf.get(letter) ?? (wide.test(letter) ? 1_000 : 560))
  return (thousandths.reduce((sum, width) => sum + width, 0) * fontSize) / 1_000
}

/** The widest that a node's status becomes, by what it says. */
const simulatorStatus = 'http://127.0.0.1:65535 · EnOS: 999.9k values · Thing+: 999.9k values'
const plotStatus = `${'█'.repeat(30)} 71.84647183`
/** State, count, age and dead letters of a lane. */
const laneStatus = 'offline 12.3k · 12 min · 4 dead'
const resultStatus = 'message too large'
const foreignStatuses: Readonly<Record<string, string>> = {
  'http request': 'requesting',
  'mqtt in': 'disconnected',
  'mqtt out': 'disconnected',
  'modbus-read': 'connected at 10:00:00 AM',
  'OpcUa-Client': 'values read for 12 items',
  delay: '1000',
}
const packageNodes = /^(enos|thingplus|cloud)-/

function widestStatus({ type, tostatus, func, outbox }: DrawnNode): string | undefined {
  if (type === 'cloud-simulator') return simulatorStatus
  if (packageNodes.test(type)) return outbox ? laneStatus : resultStatus
  if (type === 'debug') return tostatus ? '12345 waiting, 12345 delivered' : undefined
  if (type === 'function') return func?.includes('node.status(') ? plotStatus : undefined
  return foreignStatuses[type]
}

const locales = join(__dirname, '..', '..', 'nodes', 'locales', 'en-US')
const withoutInput = /^(inject|catch|complete|comment|status|link in|mqtt in)$/

function labelOf({ name, type }: DrawnNode): string {
  if (name) return name
  if (!packageNodes.test(type)) return type
  const { node } = JSON.parse(readFileSync(join(locales, `${type}.json`), 'utf8')) as { node: { label: string } }
  return node.label
}

/** How large Node-RED's editor draws a node. */
function sizeOf(node: DrawnNode): { width: number; height: number } {
  if (node.type.startsWith('link ')) return { width: 30, height: 30 }
  const room = textWidth(labelOf(node), 14) + 50 + (withoutInput.test(node.type) ? 0 : 7)
  const outputs = node.wires?.length ?? 0
  return { width: Math.max(100, 20 * Math.ceil(room / 20)), height: Math.max(30, outputs * 15) }
}

export const isOnCanvas = (node: DrawnNode): node is DrawnNode & Point => node.x !== undefined && node.y !== undefined

export function nodeBox(node: DrawnNode & Point): Box {
  const { width, height } = sizeOf(node)
  const { x, y } = node
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 }
}

/** The box of a node's status, at its widest; `undefined` for a node that shows none. */
export function statusBox(node: DrawnNode & Point): Box | undefined {
  const text = widestStatus(node)
  if (text === undefined) return undefined
  const { left, bottom } = nodeBox(node)
  return { left: left + 6, top: bottom + 2, right: left + 24 + textWidth(text, 12), bottom: bottom + 16 }
}

/** Points along a wire, a few pixels from each other, as the editor bends it. A wire has to go to the right. */
export function wirePoints(from: DrawnNode & Point, output: number, to: DrawnNode & Point): Point[] {
  const count = from.wires?.length ?? 1
  const start = { x: nodeBox(from).right, y: from.y + (output - (count - 1) / 2) * 13 }
  const end = { x: nodeBox(to).left, y: to.y }
  const distance = Math.hypot(end.x - start.x, end.y - start.y)
  const bend = 75 * Math.min(1, distance / 100)
  const bends = [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end] as const
  return Array.from({ length: 101 }, (_, index) => bezier(bends, index / 100))
}

function bezier([a, b, c, d]: readonly [Point, Point, Point, Point], t: number): Point {
  const s = 1 - t
  const [ka, kb, kc, kd] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t]
  return { x: ka * a.x + kb * b.x + kc * c.x + kd * d.x, y: ka * a.y + kb * b.y + kc * c.y + kd * d.y }
}

export const isWithin = ({ x, y }: Point, box: Box): boolean =>
  x > box.left && x < box.right && y > box.top && y < box.bottom

export const doOverlap = (one: Box, other: Box): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
