// `npm run release -- minor` (or major, patch, 1.2.3): the changelog's unreleased block becomes the version's, the version
// goes into package.json and its lock, and both into a commit with a tag. Nothing is pushed, no registry is asked.
// `node scripts/release.mjs notes v1.2.3` prints the version's section, for the release's page.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nextVersion, released, sectionOf, unreleasedIn } from './changelog.mjs'

const root = process.cwd()

class Refusal extends Error {}

try {
  const [wanted, tag] = process.argv.slice(2)
  if (wanted === 'notes') process.stdout.write(notesOf(tag))
  else release(wanted)
} catch (failure) {
  if (!(failure instanceof Refusal)) throw failure
  console.error(failure.message)
  process.exitCode = 1
}

function release(wanted) {
  const manifest = JSON.parse(read('package.json'))
  const isReleased = tags().includes(`v${manifest.version}`)
  const version = nextVersion(manifest.version, wanted, isReleased)
  if (!version) {
    throw new Refusal(
      `Say which version follows ${manifest.version}: npm run release -- major, minor, patch, or a later one such as 1.2.3.`,
    )
  }
  const left = git('status', '--porcelain')
  if (left) throw new Refusal(`There are changes that are in no commit. Commit or drop them first:\n${left}`)
  if (tags().includes(`v${version}`)) throw new Refusal(`There is a tag v${version} already.`)
  const changelog = read('CHANGELOG.md')
  if (!unreleasedIn(changelog)) {
    throw new Refusal(
      'CHANGELOG.md has nothing under [Unreleased]. Write down what users will see before you release it.',
    )
  }
  const before = git('rev-parse', 'HEAD')
  const project = manifest.repository.url.replace(/^git\+|\.git$/g, '')
  try {
    write('CHANGELOG.md', released(changelog, { version, date: new Date().toISOString().slice(0, 10), project }))
    write('package.json', withVersion(manifest, version))
    const lock = JSON.parse(read('package-lock.json'))
    lock.packages[''].version = version
    write('package-lock.json', withVersion(lock, version))
    git('commit', '--quiet', '--all', '--message', `Release ${version}`)
    git('tag', '--annotate', `v${version}`, '--message', `Release ${version}`)
  } catch (failure) {
    // There were no changes but these.
    git('reset', '--quiet', '--hard', before)
    throw failure
  }
  console.log(`${version} is committed and tagged. \`git push --follow-tags\` publishes it.`)
  if (!existsSync(join(root, `test/upgrade/flows/${version}.json`))) {
    console.warn(`If nodes got new settings, test/upgrade/flows/${version}.json is still to be made: see CONTRIBUTING.`)
  }
}

/** @param tag of a released version, as `v1.2.3` */
function notesOf(tag) {
  const { version } = JSON.parse(read('package.json'))
  if (tag !== `v${version}`) throw new Refusal(`The tag is ${tag}, but package.json says ${version}.`)
  const section = sectionOf(read('CHANGELOG.md'), version)
  if (!section) throw new Refusal(`CHANGELOG.md has no section about ${version}.`)
  return `${section}\n`
}

function tags() {
  return git('tag', '--list').split('\n')
}

function git(...command) {
  const { status, stdout, stderr, error } = spawnSync('git', command, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Refusal(`git ${command[0]} failed: ${error?.message ?? stderr.trim()}`)
  return stdout.trimEnd()
}

function read(file) {
  return readFileSync(join(root, file), 'utf8')
}

function write(file, text) {
  writeFileSync(join(root, file), text)
}

function withVersion(manifest, version) {
  return `${JSON.stringify({ ...manifest, version }, null, 2)}\n`
}
