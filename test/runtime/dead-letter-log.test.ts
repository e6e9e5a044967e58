import should from 'should'
import { say } from '../../lib/core'
import type { DeadRecord } from '../../lib/outbox'
import { DeadLetterLog } from '../../lib/runtime/dead-letter-log'

describe('The log of dead letters', () => {
  it('has one line for a burst in a lane, and the next burst tells how many were kept quiet', () => {
    const lines: string[] = []
    let nowMs = 0
    const log = new DeadLetterLog(
      (text) => lines.push(String(text)),
      () => nowMs,
    )
    const letter = (stream: string) =>
      ({ record: { stream }, reason: { code: 'VALIDATION_REFUSED', text: say`It does not fit.` } }) as DeadRecord
    log.died('lane', [letter('first'), letter('second')])
    for (; nowMs < 9 * 60_000; nowMs += 100) log.died('lane', [letter('later')])
    log.died('other lane', [letter('beside')])
    should(lines).have.length(2)
    should(lines[0]).match(/first.*It does not fit\..*outbox control/)
    should(lines[1]).match(/beside/)
    nowMs += 2 * 60_000
    log.died('lane', [letter('much later')])
    should(lines[2]).match(/much later.* 5401 more have become dead letters/)
    should(lines).have.length(3)
  })
})
