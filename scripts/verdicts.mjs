// What the scorecard makes of the answers it gets: pure functions, so that a test can hold them to findings that the
// package, hopefully, never has.

/**
 * @param stdout of `npm audit --json`
 * @returns faults, or why npm could not ask; neither where all is well
 */
export function auditVerdict(stdout) {
  const { metadata, vulnerabilities = {}, message, statusCode, error } = parsed(stdout)
  if (metadata?.vulnerabilities) {
    const found = Object.values(vulnerabilities).map(({ name, severity, range }) => `${name} ${range} (${severity})`)
    const { total } = metadata.vulnerabilities
    return { faults: total === 0 ? [] : [`npm audit --omit=dev: ${total} vulnerabilities: ${found.join(', ')}`] }
  }
  const reason = message || [error?.code, error?.summary].filter(Boolean).join(' ') || 'no answer'
  // Only what lies with the registry or the way to it excuses; a lock file that npm cannot read does not.
  const isUnasked = statusCode !== undefined || /\bE(NOTFOUND|CONNREFUSED|CONNRESET|TIMEDOUT|AI_AGAIN)\b/.test(reason)
  return isUnasked ? { faults: [], skipped: reason } : { faults: [`npm audit gave no result: ${reason}`] }
}

/** Whether a dependency may stay behind its latest version: where that one wants a newer Node.js than the package does. */
export function mayStayBehind(latestEngines, ownEngines) {
  const [latest, own] = [latestEngines, ownEngines].map(lowest)
  if (!latest || !own) return false
  const at = latest.findIndex((part, index) => part !== own[index])
  return at >= 0 && latest[at] > own[at]
}

/** `>=22.19.0` as numbers; `undefined` for a range of another form. */
function lowest(range) {
  const [, ...parts] = /^>=\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(range?.trim() ?? '') ?? []
  return parts.length > 0 ? parts.map((part) => Number(part ?? 0)) : undefined
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
