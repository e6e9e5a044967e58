import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type DrawnNode, doOverlap, isOnCanvas, isWithin, nodeBox, statusBox, wirePoints } from './layout'

const root = join(__dirname, '..', '..')
const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replaceAll('\\', '/'))
const flows = [...examples.map((file) => join('examples', file)), join('demo', 'flows.json')]
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as DrawnNode[]

const told = ({ name, type }: DrawnNode) => `"${name || type}"`

/** What is drawn over something else on one tab. */
function clashesOn(nodes: readonly (DrawnNode & { x: number; y: number })[]): string[] {
  const clashes: string[] = []
  const statuses = nodes.flatMap((node) => {
    const box = statusBox(node)
    return box ? [{ node, box }] : []
  })
  const byId = new Map(nodes.map((node) => [node.id, node]))
  for (const from of nodes)
    for (const [output, targets] of (from.wires ?? []).entries())
      for (const to of targets.flatMap((id) => byId.get(id) ?? [])) {
        const wire = `the wire from ${told(from)} to ${told(to)}`
        if (nodeBox(to).left <= nodeBox(from).right) clashes.push(`${wire} does not go to the right`)
        const points = wirePoints(from, output, to)
        for (const { node, box } of statuses)
          if (points.some((point) => isWithin(point, box))) clashes.push(`${wire} crosses the status of ${told(node)}`)
        for (const node of nodes)
          if (node !== from && node !== to && points.some((point) => isWithin(point, nodeBox(node))))
            clashes.push(`${wire} runs behind ${told(node)}`)
      }
  for (const [index, one] of nodes.entries())
    for (const other of nodes.slice(index + 1))
      if (doOverlap(nodeBox(one), nodeBox(other))) clashes.push(`${told(one)} and ${told(other)} lie on each other`)
  for (const { node, box } of statuses)
    for (const other of nodes)
      if (doOverlap(box, nodeBox(other))) clashes.push(`the status of ${told(node)} lies on ${told(other)}`)
  for (const [index, { node, box }] of statuses.entries())
    for (const other of statuses.slice(index + 1))
      if (doOverlap(box, other.box))
        clashes.push(`the statuses of ${told(node)} and ${told(other.node)} lie on each other`)
  return clashes
}

describe('The layout of the examples and of the demo', () => {
  for (const file of flows)
    it(`has in "${file.replaceAll('\\', '/')}" nothing that is drawn over a status or a node`, () => {
      const nodes = read(file).filter(isOnCanvas)
      const tabs = [...new Set(nodes.map(({ z }) => z))]
      should(tabs.flatMap((tab) => clashesOn(nodes.filter(({ z }) => z === tab)))).eql([])
    })

  it('is checked by what finds a wire over a status, and a node over another', () => {
    const node = (id: string, x: number, y: number, ...wires: string[]) => ({
      id,
      type: 'debug',
      name: id,
      tostatus: true,
      x,
      y,
      wires: [wires],
    })
    should(clashesOn([node('a', 100, 100, 'c'), node('b', 100, 140), node('c', 400, 100)])).eql([
      'the status of "a" lies on "b"',
    ])
    should(clashesOn([node('a', 100, 200, 'c'), node('b', 200, 120), node('c', 400, 60)])).eql([
      'the wire from "a" to "c" crosses the status of "b"',
      'the wire from "a" to "c" runs behind "b"',
    ])
    should(clashesOn([node('a', 300, 100, 'b'), node('b', 100, 40)])).containEql(
      'the wire from "a" to "b" does not go to the right',
    )
  })
})

describe('The numbers of the examples', () => {
  it('are given once in each folder, from 1 up and without a gap', () => {
    const folders = [...new Set(examples.map((file) => file.split('/')[0] ?? ''))]
    should(folders.map((folder) => Number.parseInt(folder, 10))).eql(folders.map((_, index) => index + 1))
    for (const folder of folders) {
      const names = examples.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.split('/')[1] ?? '')
      const numbers = names.map((name) => Number.parseInt(name, 10)).sort((one, other) => one - other)
      should({ folder, numbers }).eql({ folder, numbers: names.map((_, index) => index + 1) })
    }
  })

  it('are in the order of the menu, which sorts names as texts', () => {
    for (const folder of new Set(examples.map((file) => file.split('/')[0] ?? ''))) {
      const names = examples.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.split('/')[1] ?? '')
      const byNumber = names.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
      should(names.toSorted()).eql(byNumber)
    }
  })
})
