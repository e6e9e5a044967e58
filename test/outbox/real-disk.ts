import type { LogDisk, LogFile } from '../../lib/outbox/log/disk'
import { NodeDisk } from '../../lib/outbox/log/node-disk'

/** What is done to a file, or to the folder. */
export type DiskOperation = Exclude<keyof LogFile | keyof LogDisk, 'open'> | 'open' | 'create'

/** Runs an operation on a file of this name, or on the folder; whatever it throws is what the disk does. */
export type Around = <Result>(operation: DiskOperation, name: string, run: () => Promise<Result>) => Promise<Result>

/** The disk of this PC, with something done around each operation. */
export function diskWith(around: Around): (folder: string) => LogDisk {
  return (folder) => {
    const disk = new NodeDisk(folder)
    return {
      lock: () => around('lock', '', () => disk.lock()),
      list: () => around('list', '', () => disk.list()),
      rename: (from, to) => around('rename', from, () => disk.rename(from, to)),
      remove: (name) => around('remove', name, () => disk.remove(name)),
      syncFolder: () => around('syncFolder', '', () => disk.syncFolder()),
      open: async (name, options = {}) => {
        const file = await around(options.create ? 'create' : 'open', name, () => disk.open(name, options))
        return {
          size: () => around('size', name, () => file.size()),
          read: (buffer, position) => around('read', name, () => file.read(buffer, position)),
          write: (bytes, position) => around('write', name, () => file.write(bytes, position)),
          append: (bytes, position) => around('append', name, () => file.append(bytes, position)),
          truncate: (size) => around('truncate', name, () => file.truncate(size)),
          sync: () => around('sync', name, () => file.sync()),
          close: () => around('close', name, () => file.close()),
        }
      },
    }
  }
}

/** Never syncs: the control of a power cut, which has to lose data. */
export function unsyncedDisk(folder: string): LogDisk {
  const disk = new NodeDisk(folder)
  return {
    lock: () => disk.lock(),
    list: () => disk.list(),
    rename: (from, to) => disk.rename(from, to),
    remove: (name) => disk.remove(name),
    syncFolder: async () => undefined,
    open: async (name, options) => {
      const file = await disk.open(name, options)
      return {
        size: () => file.size(),
        read: (buffer, position) => file.read(buffer, position),
        write: (bytes, position) => file.write(bytes, position),
        append: (bytes, position) => file.write(bytes, position),
        truncate: (size) => file.truncate(size),
        sync: async () => undefined,
        close: () => file.close(),
      }
    },
  }
}
