import { strict as assert } from 'node:assert'
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogFault } from '../../../lib/outbox/log/fault'
import { lockFolder } from '../../../lib/outbox/log/lock'
import { skip } from '../../skipping'

const isLocked = (failure: unknown): boolean => failure instanceof LogFault && failure.kind === 'locked'

describe('the lock of a folder', () => {
  let folder: string
  const children: ChildProcess[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outbox-lock-'))
  })

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })

  /** @param within a program that runs it */
  async function start(within: readonly string[] = []): Promise<{ child: ChildProcess; outcome: string }> {
    const [execPath = process.execPath, ...before] = [...within, process.execPath]
    const execArgv = [...before, '-r', 'tsx/cjs']
    const child = fork(join(__dirname, 'lock-holder.ts'), [folder], { execPath, execArgv })
    children.push(child)
    const [outcome] = (await once(child, 'message')) as [string]
    return { child, outcome }
  }

  it('is had by one at a time, and free again when it is given back', async () => {
    const unlock = await lockFolder(folder)
    await assert.rejects(lockFolder(folder), isLocked)
    await unlock()
    await (await lockFolder(folder))()
    assert.deepEqual(await readdir(folder).then((names) => names.filter((name) => name !== 'lock')), [])
  })

  it('holds against another process, and falls to the next one when that is killed', async () => {
    const { child, outcome } = await start()
    assert.equal(outcome, 'locked')
    await assert.rejects(lockFolder(folder), isLocked)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await lockFolder(folder))()
  })

  it('holds against a process of another container: with other process numbers, and another network', async function () {
    const container = ['unshare', '--net', '--pid', '--fork', '--kill-child']
    if (spawnSync('unshare', [...container.slice(1), 'true']).status !== 0)
      skip(this, 'another container needs unshare, and the right to use it')
    const { child, outcome } = await start(container)
    assert.equal(outcome, 'locked')
    await assert.rejects(lockFolder(folder), isLocked)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await lockFolder(folder))()
  })

  it('holds against another process as long as that one stands still', async () => {
    const { child } = await start()
    child.kill('SIGSTOP')
    await assert.rejects(lockFolder(folder), isLocked)
    child.kill('SIGCONT')
  })

  it('is had by one at most of many who want it at the same moment, again and again', async () => {
    for (let round = 0; round < 5; round++) {
      const wishes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
      const granted = wishes.filter((wish) => wish.status === 'fulfilled')
      assert.ok(granted.length <= 1, `${granted.length} had it`)
      for (const { value: unlock } of granted) await unlock()
    }
  })

  it('is had by one at most of processes that start at the same moment beside what dead ones left', async () => {
    for (let round = 0; round < 2; round++) {
      const started = await Promise.all([start(), start(), start()])
      assert.ok(started.filter(({ outcome }) => outcome === 'locked').length <= 1)
      for (const { child } of started) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    }
    await (await lockFolder(folder))()
  })

  it('is not held up by files of its name that are no sockets', async () => {
    await writeFile(join(folder, 'lock-0123456789ab'), 'left by a backup')
    await (await lockFolder(folder))()
  })

  it('works where the folder has a longer path than a socket may have', async () => {
    folder = join(folder, 'a'.repeat(120), 'b'.repeat(120))
    await mkdir(folder, { recursive: true })
    const unlock = await lockFolder(folder)
    await assert.rejects(lockFolder(folder), isLocked)
    await unlock()
  })

  it('tells that the folder is not there', async () => {
    await assert.rejects(lockFolder(join(folder, 'missing')), { code: 'ENOENT' })
  })
})
