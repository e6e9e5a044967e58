import { nextTurn } from '../../core'
import { segmentBytesOf } from '../log/options'
import { openSegmentLog, type SegmentLog } from '../log/segment-log'
import type { Capacity } from './capacity'
import { prepareFolder } from './folder'
import { refuseNetworkFolder } from './network-folder'
import type { ResolvedQueueOptions } from './options'
import { storeError } from './store-error'

/** A folder whose log is open. */
export interface OpenedFolder {
  readonly log: SegmentLog
  readonly segmentBytes: number
}

/** Opens the folder, or makes it. @throws {ConnectorError} OUTBOX_UNAVAILABLE, OUTBOX_FULL */
export async function openFolder(options: ResolvedQueueOptions, capacity: Capacity): Promise<OpenedFolder> {
  const { folder, scheduler, random } = options
  await prepareFolder(folder)
  if (!options.allowNetworkFolder) await refuseNetworkFolder(folder)
  await capacity.refresh()
  // On a disk smaller than the cap, segments that are smaller, too.
  const segmentBytes = segmentBytesOf({ maxBytes: Math.min(options.maxBytes, capacity.totalBytes()) })
  try {
    const log = await openSegmentLog(options.openDisk(folder), {
      segmentBytes,
      random,
      turn: nextTurn,
      monotonicMs: () => scheduler.monotonicMs(),
      roomBytes: () => capacity.roomBytes(),
    })
    return { log, segmentBytes }
  } catch (fault) {
    throw storeError(fault, folder)
  }
}
