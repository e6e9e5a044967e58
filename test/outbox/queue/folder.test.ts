import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import should from 'should'
import { openOutbox } from '../../../lib/outbox'
import { prepareFolder } from '../../../lib/outbox/queue/folder'
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
      for (const path of [folder, join(place, 'new')]) should(await modeOf(path)).equal(0o700)
      const outbox = await openOutbox({ folder })
      for (const name of await readdir(folder))
        if ((await stat(join(folder, name))).isFile()) should(await modeOf(join(folder, name))).equal(0o600)
      await outbox.close()
    }),
  )

  itWhere(!isWindows, noModes)('keeps the mode that it had, where it was there before', () =>
    inFolder(async (folder) => {
      await chmod(folder, 0o777)
      await prepareFolder(folder)
      should(await modeOf(folder)).equal(0o777)
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
      const outbox = await openOutbox({ folder: join(place, 'link') })
      should(await readdir(join(place, 'disk'))).containEql('segment-000000000001')
      await outbox.close()
    }))

  for (const name of ['segment-000000000001', 'checkpoint-a', 'reserve', 'damaged-segment-000000000001-40'])
    it(`is refused where "${name}" in it is a link to another place`, () =>
      inFolder(async (place) => {
        const folder = join(place, 'outbox')
        await mkdir(join(place, 'elsewhere'))
        await mkdir(folder)
        await symlink(join(place, 'elsewhere'), join(folder, name), 'junction')
        await should(openOutbox({ folder })).be.rejectedWith(refused)
        should(await readdir(join(place, 'elsewhere'))).eql([])
        should((await lstat(join(folder, name))).isSymbolicLink()).equal(true)
      }))

  for (const inner of ['', 'store'])
    it(`is refused, untouched, where an outbox of an older version is in it${inner && ' in a folder of its own'}`, () =>
      inFolder(async (folder) => {
        const store = join(folder, inner)
        await mkdir(store, { recursive: true })
        for (const name of ['CURRENT', 'MANIFEST-000002', '000005.ldb', '000007.log', 'LOCK'])
          await writeFile(join(store, name), name)
        const before = await readdir(folder, { recursive: true })
        await should(openOutbox({ folder })).be.rejectedWith({ ...refused, message: /older version .*left untouched/ })
        should(await readdir(folder, { recursive: true })).eql(before)
      }))

  it('is refused, untouched, where an outbox of a newer version is in it', () =>
    inFolder(async (folder) => {
      await (await openOutbox({ folder })).close()
      const name = join(folder, 'segment-000000000001')
      const newer = await readFile(name)
      newer.writeUInt32BE(99, 8)
      newer.writeUInt32BE(crc32(newer.subarray(0, 36)), 36)
      await writeFile(name, newer)
      const before = await readdir(folder)
      await should(openOutbox({ folder })).be.rejectedWith({ ...refused, message: /newer version .*format 99/ })
      should(await readdir(folder)).eql(before)
      should(await readFile(name)).eql(newer)
    }))
})
