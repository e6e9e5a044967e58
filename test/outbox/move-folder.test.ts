import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { openOutbox } from '../../lib/outbox'
import { moveOutbox } from '../../lib/outbox/move-folder'
import { inFolder } from './places'
import { onDisk } from './small-disks'

describe('An outbox that gets another folder', () => {
  const inPlace = (use: (from: string, to: string) => Promise<void>) => () =>
    inFolder((place) => use(join(place, 'old'), join(place, 'deeper', 'new')))
  const withRecords = async (folder: string, count: number) => {
    const outbox = await openOutbox({ folder })
    for (let n = 0; n < count; n++) await outbox.accept('lane', 'stream', String(n), 1)
    await outbox.close()
  }
  const lanesIn = async (folder: string) => {
    const outbox = await openOutbox({ folder })
    const { lanes } = await outbox.figures()
    await outbox.close()
    return lanes.map(({ accepted, pending }) => ({ accepted, pending }))
  }

  it(
    'takes along all that is in the old one, its counters too',
    inPlace(async (from, to) => {
      await withRecords(from, 3)
      should(await moveOutbox(from, to)).be.undefined()
      should(await readdir(join(from, '..'))).eql(['deeper'])
      should(await lanesIn(to)).eql([{ accepted: 3, pending: 3 }])
    }),
  )

  it(
    'takes the place of an empty folder',
    inPlace(async (from, to) => {
      await withRecords(from, 3)
      await mkdir(to, { recursive: true })
      should(await moveOutbox(from, to)).be.undefined()
      should(await lanesIn(to)).eql([{ accepted: 3, pending: 3 }])
    }),
  )

  it(
    'leaves both as they are where the new one is not empty, and tells how much is left behind and why',
    inPlace(async (from, to) => {
      await withRecords(from, 3)
      await withRecords(to, 1)
      const left = await moveOutbox(from, to)
      should(left).match({ folder: from, records: 3, error: { code: 'OUTBOX_UNAVAILABLE' } })
      should(left?.error.message).equal(`${to} is not empty.`)
      should(await lanesIn(from)).eql([{ accepted: 3, pending: 3 }])
      should(await lanesIn(to)).eql([{ accepted: 1, pending: 1 }])
    }),
  )

  it('leaves the old one as it is where the new one is on another disk, and tells so', () =>
    inFolder(async (from) => {
      await onDisk(64, async (disk) => {
        await withRecords(from, 3)
        const to = join(disk, 'new')
        const left = await moveOutbox(from, to)
        should(left).match({ folder: from, records: 3 })
        should(left?.error.message).equal(`${to} is on another disk.`)
        should(await lanesIn(from)).eql([{ accepted: 3, pending: 3 }])
      })
    }))

  it(
    'says so where the new one would be inside of the old one',
    inPlace(async (from) => {
      await withRecords(from, 2)
      should(await moveOutbox(from, join(from, 'new'))).match({ records: 2 })
      should(await lanesIn(from)).eql([{ accepted: 2, pending: 2 }])
    }),
  )

  it(
    'leaves the old one to whoever has it open',
    inPlace(async (from, to) => {
      const other = await openOutbox({ folder: from })
      should(await moveOutbox(from, to)).match({ records: undefined, error: { code: 'OUTBOX_UNAVAILABLE' } })
      await other.accept('lane', 'stream', '1', 1)
      await other.close()
      should(await lanesIn(from)).eql([{ accepted: 1, pending: 1 }])
    }),
  )

  it(
    'has nothing to report of an old one that is empty, missing, foreign, or the same by another name',
    inPlace(async (from, to) => {
      should(await moveOutbox(from, to)).be.undefined()
      await withRecords(to, 1)
      await withRecords(from, 0)
      should(await moveOutbox(from, to)).be.undefined()
      const foreign = join(from, '..', 'foreign')
      await mkdir(foreign)
      await writeFile(join(foreign, 'notes'), '')
      should(await moveOutbox(foreign, to)).be.undefined()
      const link = join(from, '..', 'link')
      await symlink(to, link, 'junction')
      should(await moveOutbox(to, link)).be.undefined()
      should(await lanesIn(to)).eql([{ accepted: 1, pending: 1 }])
    }),
  )
})
