import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import should from 'should'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'

const script = join(__dirname, '..', '..', 'scripts', 'release.mjs')
const page = 'https://example.com/plant/pump'
const changelog = `# Changelog

[Unreleased]: ${page}/commits/main

## [Unreleased]

### Added

- The first thing.
`

/** Of whoever runs the tests git is to know nothing. */
const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: join(tmpdir(), 'no-such-gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
}

describe('A release', function () {
  this.timeout(patienceMs)
  let folder: string
  const file = (name: string) => join(folder, name)
  const read = (name: string) => readFileSync(file(name), 'utf8')
  const undated = () => read('CHANGELOG.md').replace(/\d{4}-\d\d-\d\d/g, 'DATE')
  const git = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', words, { cwd: folder, env: environment, encoding: 'utf8' })
    should(status).equal(0, stderr)
    return stdout.trim()
  }
  const run = (words: readonly string[], env: NodeJS.ProcessEnv = environment) =>
    spawnSync(process.execPath, [script, ...words], { cwd: folder, env, encoding: 'utf8' })
  const release = (...words: string[]) => {
    const { status, stderr } = run(words)
    should(status).equal(0, stderr)
  }
  /** It leaves the files, the commits and the tags as they were. */
  const refusal = (words: readonly string[], env?: NodeJS.ProcessEnv) => {
    const state = () => [git('status', '--porcelain'), git('rev-parse', 'HEAD'), git('tag')]
    const before = state()
    const { status, stderr } = run(words, env)
    should(status).equal(1)
    should(state()).deepEqual(before)
    should(stderr).not.match(/\n {4}at /)
    return stderr
  }
  const commitAll = () => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'x')
  }

  beforeEach(async () => {
    folder = await newFolder('release')
    const manifest = { name: 'pump', version: '0.1.0', repository: { type: 'git', url: `git+${page}.git` } }
    const lock = { name: 'pump', version: '0.1.0', packages: { '': { name: 'pump', version: '0.1.0' } } }
    writeFileSync(file('package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    writeFileSync(file('package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`)
    writeFileSync(file('CHANGELOG.md'), changelog)
    git('init', '--quiet')
    commitAll()
  })
  afterEach(() => removeFolder(folder))

  it('moves what is unreleased under its version, and commits and tags that', () => {
    release('minor')
    should(undated()).equal(`# Changelog

[Unreleased]: ${page}/compare/v0.2.0...HEAD
[0.2.0]: ${page}/releases/tag/v0.2.0

## [Unreleased]

## [0.2.0] - DATE

### Added

- The first thing.
`)
    should(JSON.parse(read('package.json')).version).equal('0.2.0')
    const { version, packages } = JSON.parse(read('package-lock.json'))
    should([version, packages[''].version]).deepEqual(['0.2.0', '0.2.0'])
    should(git('status', '--porcelain')).equal('')
    should(git('log', '-1', '--format=%s')).equal('Release 0.2.0')
    should(git('describe', '--exact-match')).equal('v0.2.0')
  })

  it('links each version to what has changed since the one before', () => {
    release('minor')
    writeFileSync(
      file('CHANGELOG.md'),
      read('CHANGELOG.md').replace('## [Unreleased]\n', '## [Unreleased]\n\n### Fixed\n\n- x\n'),
    )
    commitAll()
    release('patch')
    should(undated()).startWith(`# Changelog

[Unreleased]: ${page}/compare/v0.2.1...HEAD
[0.2.1]: ${page}/compare/v0.2.0...v0.2.1
[0.2.0]: ${page}/releases/tag/v0.2.0

## [Unreleased]

## [0.2.1] - DATE

### Fixed

- x

## [0.2.0] - `)
  })

  for (const [wanted, version] of [
    ['major', '1.0.0'],
    ['patch', '0.1.1'],
    ['0.3.7', '0.3.7'],
    ['0.1.0', '0.1.0'],
  ] as const) {
    it(`called ${wanted}, the first one after an unreleased 0.1.0, is ${version}`, () => {
      release(wanted)
      should(git('tag')).equal(`v${version}`)
    })
  }

  it('gives its page the section of its tag, and no other', () => {
    release('minor')
    should(run(['notes', 'v0.2.0']).stdout).equal('### Added\n\n- The first thing.\n')
    should(refusal(['notes', 'v0.1.0'])).match(/The tag is v0\.1\.0, but package\.json says 0\.2\.0/)
  })

  it('is refused where something is in no commit, a new file too, and names it', () => {
    writeFileSync(file('forgotten.ts'), '')
    should(refusal(['minor'])).match(/in no commit[\s\S]*forgotten\.ts/)
  })

  it('is refused where nobody has written down what is in it', () => {
    release('minor')
    should(refusal(['minor'])).match(/nothing under \[Unreleased\]/)
  })

  it('is refused where its tag is there already', () => {
    git('tag', 'v0.2.0')
    should(refusal(['minor'])).match(/a tag v0\.2\.0 already/)
  })

  for (const wanted of [undefined, 'small', '0.0.9', '0.1', '1.0.0-beta', 'v1.0.0']) {
    it(`is refused where ${wanted ?? 'nothing'} is asked for, and says what may be`, () => {
      should(refusal(wanted === undefined ? [] : [wanted])).match(/which version follows 0\.1\.0/)
    })
  }

  it('leaves everything as it was where git cannot commit, or cannot tag', () => {
    const nobody = { ...environment, GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '' }
    should(refusal(['minor'], nobody)).match(/git commit failed: /)
    git('config', 'tag.gpgSign', 'true')
    git('config', 'gpg.program', 'no-such-program')
    should(refusal(['minor'])).match(/git tag failed: /)
  })
})
