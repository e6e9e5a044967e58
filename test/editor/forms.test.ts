import fc from 'fast-check'
import should from 'should'
import { hasForm } from '../../editor/shared/forms'
import { timeSettings } from '../../lib/runtime'

type Evaluation = Parameters<ReturnType<typeof timeSettings>['evaluate']>[0]

/** Whether a node takes these settings when a message comes. */
function isTaken(stored: object): boolean {
  try {
    timeSettings().evaluate({ stored } as Evaluation)
    return true
  } catch {
    return false
  }
}

const patternPart = fc.constantFrom(
  ...['YYYY', 'yy', 'YY', 'M', 'MMM', 'DD', 'd', 'HH', 'h', 'mm', 'ss', 'SSS', 'A', 'Z', "'at'", "'", 'x', 'MMMMM'],
  ...['.', '/', '-', ':', ' ', 'T'],
)
const pattern = fc.oneof(
  fc.array(patternPart, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ maxLength: 80 }),
)
const zone = fc.oneof(
  fc.constantFrom(...Intl.supportedValuesOf('timeZone').slice(0, 60), 'UTC', 'gmt', 'CST', 'Mars/Olympus', 'Z'),
  fc
    .tuple(fc.constantFrom('+', '-', ''), fc.nat(99), fc.constantFrom(':', ''), fc.nat(99))
    .map(([sign, hours, colon, minutes]) => `${sign}${String(hours).padStart(2, '0')}${colon}${minutes}`),
  fc.string({ maxLength: 80 }),
)

describe('What the editor says of a field of some form', () => {
  it('is what the runtime says of a time pattern', () => {
    const isAsTaken = (text: string) =>
      text.trim() === '' ||
      hasForm['time-pattern'](text.trim()) === isTaken({ timeFormat: 'pattern', timePattern: text })
    fc.assert(fc.property(pattern, isAsTaken), { numRuns: 2_000 })
    should(hasForm['time-pattern']('YYYY-MM-DD YYYY')).be.false()
    should(hasForm['time-pattern']('DD.MM.YYYY HH:mm')).be.true()
  })

  it('is what the runtime says of a time zone', () => {
    const isAsTaken = (text: string) => hasForm['time-zone'](text.trim()) === isTaken({ timeZone: text })
    fc.assert(fc.property(zone, isAsTaken), { numRuns: 2_000 })
    should(hasForm['time-zone']('+99:00')).be.false()
    should(hasForm['time-zone']('Asia/Seoul')).be.true()
  })
})
