import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { circleIn, type Import, importsOf, sourcesUnder } from './imports'

/** What each room may import: see CONTRIBUTING.md. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  nodes: ['runtime', 'settings', ''],
  '': ['enos', 'thingplus', 'message', 'http', 'signing', 'simulator', 'core'],
  runtime: ['settings', 'enos', 'thingplus', 'outbox', 'simulator', 'message', 'http', 'signing', 'core'],
  got: ['enos', 'thingplus', 'http', 'signing', 'core'],
  enos: ['message', 'http', 'signing', 'core'],
  thingplus: ['message', 'http', 'signing', 'core'],
  message: ['core'],
  outbox: ['outbox/sender', 'outbox/queue', 'outbox/log', 'outbox/record', 'core'],
  'outbox/sender': ['outbox/queue', 'outbox/record', 'core'],
  'outbox/queue': ['outbox/log', 'outbox/record', 'core'],
  'outbox/log': ['outbox/record'],
  'outbox/record': ['core'],
  http: ['core'],
  simulator: ['signing'],
  settings: [],
  signing: [],
  core: [],
}

const imports = sourcesUnder('lib', 'nodes').flatMap(importsOf)

/** The library's own entry is a room without a name. */
function roomOf(path: string): string {
  const [first = '', room = '', inner = '', ...rest] = path.split('/')
  if (first !== 'lib') return first
  if (room.endsWith('.ts')) return ''
  return room === 'outbox' && rest.length > 0 ? `outbox/${inner}` : room
}

const crossing = imports.filter(({ from, to }) => roomOf(from) !== roomOf(to))
const read = (file: string) => readFileSync(join(__dirname, '..', '..', file), 'utf8')
const told = ({ from, to }: Import) => `${from} imports ${to}`

describe('The rooms of the library', () => {
  it('import down only', () => {
    should(crossing.filter(({ from, to }) => !arrows[roomOf(from)]?.includes(roomOf(to))).map(told)).eql([])
  })

  it('have no circle of imports, not even of types', () => {
    should(circleIn(imports)).equal(undefined)
  })

  it('give to the editor only what needs neither Node-RED nor Node.js', () => {
    const ofLibrary = ['lib/enos/host-names.ts', 'lib/message/zone.ts', 'lib/message/patterned-time.ts']
    const isPure = (file: string) =>
      /^(editor|lib\/settings|nodes\/settings)\//.test(file) ||
      [...ofLibrary, 'lib/message/written-time.ts'].includes(file)
    const ofEditor = sourcesUnder('editor').flatMap(importsOf)
    should(ofEditor.filter(({ to }) => !isPure(to)).map(told)).eql([])
    const needed = [...ofLibrary, ...sourcesUnder('lib/settings', 'nodes/settings')]
    should(
      needed
        .flatMap(importsOf)
        .filter(({ to }) => !isPure(to))
        .map(told),
    ).eql([])
    const foreign = [...sourcesUnder('editor'), ...needed].filter((file) => /from '[^.]/.test(read(file)))
    should(foreign).eql([])
  })

  it('are entered through their index from outside', () => {
    const outer = (path: string) => roomOf(path).split('/')[0]
    const around = crossing.filter(({ from, to }) => outer(from) !== outer(to) && !to.endsWith('/index.ts'))
    should(around.map(told)).eql([])
  })
})
