// What a release does to version numbers and to a changelog as of https://keepachangelog.com. Pure, for scripts/release.mjs.

const steps = ['major', 'minor', 'patch']

/**
 * @param {string} current as `1.2.3`
 * @param {string | undefined} wanted `major`, `minor`, `patch`, or a version that is later than the current one
 * @param {boolean} isReleased whether the current version is; one that is not may be wanted itself
 * @returns {string | undefined} undefined where nothing that can follow is wanted
 */
export function nextVersion(current, wanted, isReleased) {
  const numbers = numbersOf(current)
  if (steps.includes(wanted)) {
    const step = steps.indexOf(wanted)
    return numbers.map((number, at) => (at < step ? number : at === step ? number + 1 : 0)).join('.')
  }
  const asked = numbersOf(wanted ?? '')
  if (!asked) return undefined
  const at = asked.findIndex((number, which) => number !== numbers[which])
  const isLater = at === -1 ? !isReleased : asked[at] > numbers[at]
  return isLater ? wanted : undefined
}

/** What stands under `## [Unreleased]`, trimmed. */
export function unreleasedIn(changelog) {
  return sectionOf(changelog, 'Unreleased')
}

/** What stands under the heading of a version, trimmed; empty where there is none. */
export function sectionOf(changelog, version) {
  const lines = changelog.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`))
  if (start === -1) return ''
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '))
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join('\n')
    .trim()
}

/**
 * The changelog with its unreleased block under a version's heading, and an empty block above.
 * @param {string} changelog whose links of versions stand at its head, the newest first
 * @param {{ version: string, date: string, project: string }} release its date as `2026-03-02`, the project's page
 */
export function released(changelog, { version, date, project }) {
  const earlier = /^\[Unreleased\]: \S+\/compare\/v(\S+)\.\.\.HEAD$/m.exec(changelog)?.[1]
  const links = [
    `[Unreleased]: ${project}/compare/v${version}...HEAD`,
    `[${version}]: ${earlier ? `${project}/compare/v${earlier}...v${version}` : `${project}/releases/tag/v${version}`}`,
  ]
  return changelog
    .replace(/^## \[Unreleased\]$/m, `## [Unreleased]\n\n## [${version}] - ${date}`)
    .replace(/^\[Unreleased\]: .*$/m, links.join('\n'))
}

function numbersOf(version) {
  return /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version)?.slice(1).map(Number)
}
