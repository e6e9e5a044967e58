import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { systemScheduler } from '../../../lib/core'
import { Starts } from '../../../lib/outbox/store/starts'
import { inFolder } from '../places'

const startIn = (folder: string) => new Starts(folder, { ...systemScheduler, setTimeout: () => () => undefined })

describe('the count of starts that came to no proper end', () => {
  it('goes on where each start has the same process number, as in a container', () =>
    inFolder(async (folder) => {
      const counts: number[] = []
      for (let start = 0; start < 3; start++) counts.push(await startIn(folder).begin())
      counts.should.eql([0, 1, 2])
    }))

  it('leaves out a process that still runs, and begins anew after a proper end', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'starts')
      await writeFile(path, `3 ${process.ppid}`)
      should(await startIn(folder).begin()).equal(0)
      should(await readFile(path, 'utf8')).equal(`3 ${process.ppid}`)
      const unused = 999_999_999
      await writeFile(path, `3 ${unused}`)
      const starts = startIn(folder)
      should(await starts.begin()).equal(3)
      await starts.end()
      should(await startIn(folder).begin()).equal(0)
    }))
})
