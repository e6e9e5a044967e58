import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { brokerCodes, gatewayCodes, tokenServiceCodes } from '../../lib/enos/codes'
import { newGateway, newStatus, newValues } from '../../lib/simulator/thingplus/bodies'
import type { Check } from '../../lib/simulator/thingplus/schema'
import { sensorTypes } from '../../lib/simulator/thingplus/sensor-types'
import { publishedSensorKind } from '../../lib/thingplus/sensor-kinds'

const documentOf = (name: string) => readFileSync(join(__dirname, '..', '..', 'docs', 'protocol', `${name}.md`), 'utf8')

/** A section's text, up to the next heading. */
function sectionOf(markdown: string, number: string): string {
  const start = markdown.search(new RegExp(`^#+ ${number.replace('.', '\\.')} `, 'm'))
  should(start).be.aboveOrEqual(0, `there is no section ${number}`)
  const [, text = ''] = markdown.slice(start).split(/^#+ .*$/m)
  return text
}

const jsonIn = (markdown: string) => [...markdown.matchAll(/^```json\n(.*?)^```/gms)].map(([, sample = '']) => sample)

const tableRows = (section: string) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    )

describe('The protocol documents agree with the code', () => {
  const enos = documentOf('enos')
  const sections: [table: string, codes: object, sections: string[]][] = [
    ['the token service', tokenServiceCodes, ['3.4']],
    ['the device broker', brokerCodes, ['7.5']],
    ['gateway and integration channel', gatewayCodes, ['3.4', '4.5', '4.7', '7.5', '9.3', '9.5', '9.7', '9.8', '10.1']],
  ]
  for (const [table, codes, numbers] of sections)
    it(`about the codes of ${table}`, () => {
      const told = numbers.map((number) => sectionOf(enos, number)).join('\n')
      should(Object.keys(codes).filter((code) => !new RegExp(`\\b${code}\\b`).test(told))).be.empty()
    })

  it('about what refuses a call of the gateway: none of it is left to the reader of the vendor’s pages', () => {
    const sections = ['4.5', '9.3', '9.4', '9.5', '9.7', '9.8', '10.1', '11']
    const told = sections.map((number) => sectionOf(enos, number)).join('\n')
    const refusals = [...new Set(told.match(/\b(?:99|80)[45]\d\d\b|\b1[1-9][4-9]\d\d\b/g))]
    should(refusals.length).be.above(25)
    should(refusals.filter((code) => !(code in gatewayCodes))).be.empty()
  })

  const rows = tableRows(sectionOf(documentOf('thingplus'), '9'))

  it('about the sensor types that the simulator has', () => {
    const simulated = sensorTypes.map(({ type, model, kind, unit, chart, decimals, min, max, codes, keys }) => [
      type,
      model,
      kind ?? '?',
      unit ?? '',
      chart ?? '',
      decimals === undefined ? '' : String(decimals),
      [min, max].every((bound) => bound === undefined) ? '' : `${min ?? ''} … ${max ?? ''}`.trim(),
      codes ?? (keys ? `{${keys.join(', ')}}` : ''),
    ])
    should(rows).eql(simulated)
  })

  it('about the bodies that Thing+ takes', () => {
    const thingplus = documentOf('thingplus')
    const bodies: [section: string, check: Check][] = [
      ['6.2', newGateway('current')],
      ['7.1', newStatus('current')],
      ['7.3', newValues('current')],
    ]
    for (const [section, check] of bodies) {
      const [sample = ''] = jsonIn(sectionOf(thingplus, section))
      should(check(JSON.parse(sample), section)).be.undefined()
    }
  })

  it('about the form of JSON', () => {
    const samples = ['enos', 'thingplus'].flatMap((name) => jsonIn(documentOf(name)))
    should(samples.length).be.above(8)
    for (const sample of samples) should(() => JSON.parse(sample)).not.throw()
  })

  it('about the kinds of values that the client sends', () => {
    should(rows).have.length(63)
    const sent = rows.map(([type = '']) => [type, publishedSensorKind(type)?.kind ?? '?'])
    should(sent).eql(rows.map(([type, , kind]) => [type, kind]))
  })
})
