import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import should from 'should'
import { packageRoot } from '../runtime/packed-package'

interface Verdicts {
  auditVerdict(stdout: string): { faults: string[]; skipped?: string }
  mayStayBehind(latestEngines: string, ownEngines: string): boolean
}

describe('The scorecard', () => {
  let verdicts: Verdicts
  before(async () => {
    verdicts = await import(pathToFileURL(join(packageRoot, 'scripts/verdicts.mjs')).href)
  })
  const audit = (answer: unknown) => verdicts.auditVerdict(JSON.stringify(answer))

  it('fails where npm knows a vulnerability, and names it', () => {
    const vulnerabilities = { bad: { name: 'bad', severity: 'high', range: '<2.0.1' } }
    const { faults, skipped } = audit({ vulnerabilities, metadata: { vulnerabilities: { high: 1, total: 1 } } })
    should(faults).have.length(1)
    should(faults[0]).match(/1 vulnerabilities: bad <2\.0\.1 \(high\)/)
    should(skipped).be.undefined()
  })

  it('is content where npm knows none', () => {
    should(audit({ vulnerabilities: {}, metadata: { vulnerabilities: { total: 0 } } })).deepEqual({ faults: [] })
  })

  it('skips the audit where the registry refuses it or cannot be reached', () => {
    should(audit({ message: '405 Method Not Allowed', statusCode: 405 }).skipped).match(/405/)
    const unreachable = { code: 'ENOTFOUND', summary: 'request failed, reason: getaddrinfo ENOTFOUND' }
    should(audit({ error: unreachable }).skipped).match(/ENOTFOUND/)
  })

  it('fails where npm could have asked and gave no result', () => {
    should(audit({ error: { code: 'ENOLOCK', summary: 'no lock file' } }).faults).have.length(1)
    should(verdicts.auditVerdict('').faults).have.length(1)
    should(verdicts.auditVerdict('null').faults).have.length(1)
  })

  it('excuses a dependency from its latest version only where that wants a newer Node.js', () => {
    should(verdicts.mayStayBehind('>=22.19.0', '>=20.18.1')).be.true()
    should(verdicts.mayStayBehind('>=20.19', '>=20.18.1')).be.true()
    for (const latest of ['>=20.18.1', '>=18', '>=20', '', '^22 || >=24']) {
      should(verdicts.mayStayBehind(latest, '>=20.18.1')).be.false()
    }
  })
})
