import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnyNode, type ObjectExpression, parse } from 'acorn'
import should from 'should'
import { latestVersion, migrationsOf, type NodeSettings } from '../../lib/settings'
import { idsOf, type ResourceChoice } from '../../lib/thingplus'
import { type Declaration, declarationOf } from '../declared'
import { builtPages, builtTemplates } from '../editor/pages'
import { patienceMs } from '../patience'

const root = join(__dirname, '..', '..')
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const types: string[] = Object.keys(JSON.parse(read('package.json'))['node-red'].nodes)
const settingsOf = (type: string): NodeSettings => (declarationOf(type) as Declaration).settings

/** The members of an object literal; fails where one of them is not written out. */
function membersOf(node: AnyNode | undefined): Map<string, AnyNode> {
  should(node?.type).equal('ObjectExpression')
  return new Map(
    (node as ObjectExpression).properties.map((property) => {
      should(property.type).equal('Property')
      const { key, value } = property as Extract<typeof property, { type: 'Property' }>
      return [key.type === 'Identifier' ? key.name : '', value]
    }),
  )
}

/** The arguments of `registerType` in a page, as a program finds them that does not run it. */
function registrationIn(page: string): AnyNode[] {
  const [, script = ''] = /<script type="text\/javascript">(.*?)<\/script>/s.exec(page) ?? []
  const found: AnyNode[][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const { type, callee, arguments: given } = node as { type?: string; callee?: object; arguments?: AnyNode[] }
    const called = (callee as { property?: { name?: string } } | undefined)?.property?.name
    if (type === 'CallExpression' && called === 'registerType') found.push(given ?? [])
    Object.values(node).forEach(visit)
  }
  visit(parse(script, { ecmaVersion: 2022 }))
  should(found).have.length(1)
  return found[0] ?? []
}

const valueIn = (members: Map<string, AnyNode>, name: string) =>
  (members.get(name) as { value?: unknown } | undefined)?.value

describe('The pages of the editor', () => {
  let pages: ReadonlyMap<string, string>
  let templates: ReadonlyMap<string, string>
  before(async function () {
    // A program of its own builds them.
    this.timeout(patienceMs)
    pages = await builtPages()
    templates = await builtTemplates()
  })

  for (const type of types) {
    it(`tell of ${type} what it stores to whoever only reads them, as it declares it`, () => {
      const [name, definition] = registrationIn(pages.get(`${type}.html`) ?? '')
      should((name as { value?: unknown } | undefined)?.value).equal(type)
      const members = membersOf(definition)
      should(valueIn(members, 'category')).be.a.String()
      const defaults = membersOf(members.get('defaults'))
      const fields = Object.values(settingsOf(type).fields)
      const stored = fields.flatMap(({ kind, name }) =>
        kind === 'secret' ? [] : kind === 'typed' ? [name, `${name}Type`] : [name],
      )
      const names = defaults.has('pickedNames') ? ['pickedNames'] : []
      should([...defaults.keys()]).deepEqual(['name', 'settingsVersion', ...stored, ...names])
      should(valueIn(membersOf(defaults.get('settingsVersion')), 'value')).equal(latestVersion(migrationsOf(type)))
      for (const field of fields) {
        if (field.kind === 'secret' || field.kind === 'table' || field.kind === 'configuration') continue
        should(valueIn(membersOf(defaults.get(field.name)), 'value')).equal(field.value)
      }
      const secrets = fields.flatMap(({ kind, name }) => (kind === 'secret' ? [name] : []))
      const credentials = members.get('credentials')
      should(credentials ? [...membersOf(credentials).keys()] : []).deepEqual(secrets)
    })

    it(`show the unit of each number of ${type} beside its field`, () => {
      const shown = [
        ...(templates.get(type) ?? '').matchAll(/ id="node-(?:config-)?input-(\w+)-unit" .*:unit\.(\w+)"/g),
      ]
      const declared = Object.values(settingsOf(type).fields).flatMap((field) =>
        'unit' in field && field.unit !== undefined ? [[field.name, field.unit]] : [],
      )
      should(shown.map(([, name, unit]) => [name, unit]).sort()).deepEqual(declared.sort())
    })

    it(`have one row for each setting of ${type}, from at most 60 lines`, () => {
      const template = templates.get(type) ?? ''
      const rows = [...template.matchAll(/ id="(?:node-(?:config-)?input-|edgecourier-)(\w+)"/g)].map(
        ([, name]) => name,
      )
      const settings = Object.values(settingsOf(type).fields)
      const ids = settings.flatMap(({ kind, name }) => (kind === 'typed' ? [name, `${name}Type`] : [name]))
      should([...rows].sort()).deepEqual(['name', ...ids].sort())
      should(read('editor', 'nodes', `${type}.ts`).split('\n').length).be.belowOrEqual(60)
    })
  }
})

describe('What is declared of thingplus-get', () => {
  it('asks for the ids that the library needs of what can be got', () => {
    const { fields } = settingsOf('thingplus-get')
    const { resource } = fields
    should(resource?.kind).equal('choice')
    const choices = resource?.kind === 'choice' ? Object.keys(resource.options) : []
    for (const choice of choices) {
      const shown = ['gatewayModelId', 'gatewayId', 'deviceId', 'sensorId'].filter((id) =>
        fields[id]?.when?.['resource']?.includes(choice),
      )
      should(shown).deepEqual([...idsOf(choice as ResourceChoice)], choice)
    }
  })
})
