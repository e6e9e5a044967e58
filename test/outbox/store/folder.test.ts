import { chmod, lstat, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { openOutbox } from '../../../lib/outbox'
import { prepareFolder } from '../../../lib/outbox/store/folder'
import { isWindows, itWhere } from '../../skipping'
import { inFolder } from '../places'

const noModes = 'Windows knows no modes of folders'
const refused = { code: 'OUTBOX_UNAVAILABLE' }
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('The folder of an outbox', () => {
  itWhere(!isWindows, noModes)('is made private to the user, its parents included', () =>
    inFolder(async (place) => {
      const folder = join(place, 'new', 'outbox')
      await prepareFolder(folder)
      for (const path of [folder, join(folder, 'store')]) should(await modeOf(path)).equal(0o700)
    }),
  )

  itWhere(!isWindows, noModes)('keeps the mode that it had, where it was there before', () =>
    inFolder(async (folder) => {
      await chmod(folder, 0o777)
      await prepareFolder(folder)
      should(await modeOf(folder)).equal(0o777)
      should(await modeOf(join(folder, 'store'))).equal(0o700)
    }),
  )

  it('may be the root of a disk, in which the file system has a folder of its own', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'lost+found'))
      await prepareFolder(folder)
    }))

  it('is refused, untouched, where it holds other files', () =>
    inFolder(async (folder) => {
      await chmod(folder, 0o777)
      await writeFile(join(folder, 'photo.jpg'), '')
      await should(openOutbox({ folder })).be.rejectedWith({ ...refused, message: /photo|other files/ })
      should(await readdir(folder)).eql(['photo.jpg'])
      if (!isWindows) should(await modeOf(folder)).equal(0o777)
    }))

  it('is refused where it is a file', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '')
      await should(prepareFolder(join(folder, 'file'))).be.rejectedWith(refused)
    }))

  it('may be a link to another disk', () =>
    inFolder(async (place) => {
      await mkdir(join(place, 'disk'))
      await symlink(join(place, 'disk'), join(place, 'link'), 'junction')
      await prepareFolder(join(place, 'link'))
      should(await readdir(join(place, 'disk'))).eql(['store'])
    }))

  for (const name of ['store', 'store/CURRENT', 'ledger', 'ledger.new', 'quarantine-2026'])
    it(`is refused where "${name}" in it is a link to another place`, () =>
      inFolder(async (place) => {
        const folder = join(place, 'outbox')
        await mkdir(join(place, 'elsewhere'))
        await mkdir(folder)
        if (name !== 'store') await mkdir(join(folder, 'store'))
        await symlink(join(place, 'elsewhere'), join(folder, name), 'junction')
        await should(openOutbox({ folder })).be.rejectedWith(refused)
        should(await readdir(join(place, 'elsewhere'))).eql([])
        should((await lstat(join(folder, name))).isSymbolicLink()).equal(true)
      }))
})
