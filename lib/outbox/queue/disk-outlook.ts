import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConnectorError, type Finding, say } from '../../core'
import { segmentBytesOf } from '../log/options'
import { reserveName } from '../log/reserve'
import { checkFloor, type DiskSpace, freeFloorOf, megabytes } from './capacity'
import { askDisk, defaultMaxBytes, type QueueOptions } from './options'

/**
 * What the limits of an outbox mean on the disk of its folder, which need not be there yet: in words for a person.
 * @returns one finding, not ok where nothing can be kept as things are
 */
export async function diskOutlook({
  folder,
  freeFloorBytes,
  maxBytes = defaultMaxBytes,
  diskSpace = askDisk,
}: Pick<QueueOptions, 'folder' | 'freeFloorBytes' | 'maxBytes' | 'diskSpace'>): Promise<Finding> {
  try {
    const space = await nearestSpace(folder, diskSpace)
    checkFloor(space, freeFloorBytes, folder)
    const { freeBytes, totalBytes } = space
    const floorBytes = freeFloorOf(totalBytes, freeFloorBytes)
    const availableBytes = freeBytes - floorBytes + (await bytesOf(join(folder, reserveName)))
    const segmentBytes = segmentBytesOf({ maxBytes: Math.min(maxBytes, totalBytes || maxBytes) })
    const reserveBytes = Math.max(0, Math.min(segmentBytes / 2, availableBytes / 2))
    const roomBytes = Math.min(availableBytes - reserveBytes, maxBytes)
    const disk = say`The disk of ${folder} has ${megabytes(totalBytes)} MB, ${megabytes(freeBytes)} MB of them free.`
    if (roomBytes <= 0)
      return {
        ok: false,
        text: say`${disk} ${megabytes(floorBytes)} MB have to stay free, so nothing can be kept now. Delete files there, or leave less free.`,
      }
    return {
      ok: true,
      text: say`${disk} ${megabytes(floorBytes)} MB stay free and ${megabytes(reserveBytes)} MB are set aside, so that a full disk can be emptied; ${megabytes(roomBytes)} MB can be kept now.`,
    }
  } catch (failure) {
    if (failure instanceof ConnectorError) return { ok: false, text: failure.text }
    const { code } = failure as NodeJS.ErrnoException
    return { ok: false, text: say`The disk of ${folder} cannot be examined (${code ?? say`unknown reason`}).` }
  }
}

const bytesOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

/** Of the folder, or of the nearest one above that is there. */
async function nearestSpace(folder: string, diskSpace: (folder: string) => Promise<DiskSpace>): Promise<DiskSpace> {
  try {
    return await diskSpace(folder)
  } catch (failure) {
    const above = dirname(folder)
    if (above === folder || (failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure
    return nearestSpace(above, diskSpace)
  }
}
