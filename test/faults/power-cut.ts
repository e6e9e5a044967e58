import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder, removeFolder } from '../folder'
import { inventory, lostOf, runVictim, type Told } from '../outbox/victims'
import type { Row } from './table'

const run = (command: string, ...options: string[]) =>
  execFileSync(command, options, { stdio: ['ignore', 'pipe', 'ignore'] })

/**
 * Cuts the power: the outbox works on a file system in an image file. The process is frozen, the image copied, and the
 * copy mounted: it holds what the file system had handed to its disk, and nothing that was only in memory. Needs root.
 */
export async function powerCuts(cuts: number, control: '' | 'unsynced'): Promise<Row & { cutsWithLoss: number }> {
  const place = await newFolder('outbox-cut')
  const [image, copy, disk, after] = ['image', 'copy', 'disk', 'after'].map((name) => join(place, name)) as [
    string,
    string,
    string,
    string,
  ]
  await mkdir(disk)
  await mkdir(after)
  run('truncate', '-s', '96M', image)
  run('mkfs.ext4', '-q', '-F', image)
  run('mount', '-o', 'loop', image, disk)
  const total = { accepted: 0, lost: 0, duplicated: 0, cutsWithLoss: 0 }
  try {
    for (let cut = 0; cut < cuts; cut++) {
      const told: Told = { accepted: new Set(), delivered: new Map() }
      const folder = `outbox-${cut}`
      const victim = await runVictim(
        join(disk, folder),
        `c${cut}`,
        200 + Math.floor(Math.random() * 1500),
        told,
        control,
      )
      await victim.freeze()
      copyAtRest(image, copy)
      await victim.kill()
      run('mount', '-o', 'loop', copy, after)
      try {
        const lost = lostOf(told, await inventory(join(after, folder)))
        total.accepted += told.accepted.size
        total.lost += lost.length
        total.duplicated += [...told.delivered.values()].filter((times) => times > 1).length
        if (lost.length > 0) total.cutsWithLoss++
      } finally {
        run('umount', after)
      }
      await removeFolder(join(disk, folder))
    }
  } finally {
    run('umount', disk)
    await removeFolder(place)
  }
  const fault = control ? 'power cut, ext4, CONTROL without sync' : 'power cut, ext4'
  return { fault, repetitions: cuts, ...total }
}

/** The kernel may be writing of its own accord: a copy counts only if nothing changed while it was made. */
function copyAtRest(image: string, copy: string): void {
  for (;;) {
    run('cp', '--sparse=always', image, copy)
    try {
      run('cmp', image, copy)
      return
    } catch {}
  }
}
