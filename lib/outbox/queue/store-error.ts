import { ConnectorError, say } from '../../core'
import { LogFault } from '../log/fault'

/** Another process has the folder open. */
export class HeldElsewhere extends ConnectorError {
  constructor(folder: string) {
    super(
      'OUTBOX_UNAVAILABLE',
      say`Another process uses the outbox folder ${folder}. Stop it, or choose another folder.`,
    )
  }
}

/** What a fault of the log, or of the disk, means to a user. */
export function storeError(fault: unknown, folder: string): ConnectorError {
  if (fault instanceof ConnectorError) return fault
  const reason = fault instanceof Error ? fault.message : String(fault)
  switch (fault instanceof LogFault ? fault.kind : 'io') {
    case 'full':
      return new ConnectorError('OUTBOX_FULL', say`The disk of the outbox folder ${folder} is full. Free some space.`)
    case 'locked':
      return new HeldElsewhere(folder)
    case 'newer':
      return new ConnectorError(
        'OUTBOX_UNAVAILABLE',
        say`The outbox in ${folder} was written by a newer version of this package (format ${/\d+/.exec(reason)?.[0] ?? '?'}) and is left untouched. Update the package, or choose another folder.`,
      )
    case 'foreign':
      return olderOutbox(folder)
    case 'closed':
      return closedError()
    default:
      if (isReadOnly(reason))
        return new ConnectorError(
          'OUTBOX_UNAVAILABLE',
          say`The disk of the outbox folder ${folder} is read-only, as after a disk fault. Check it and make it writable; the outbox then carries on by itself.`,
        )
      return new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox folder ${folder} can't be written: ${reason}`)
  }
}

export function olderOutbox(folder: string): ConnectorError {
  return new ConnectorError(
    'OUTBOX_UNAVAILABLE',
    say`The outbox in ${folder} was written by an older version of this package, in a format that is not read any more, and is left untouched. Choose another folder.`,
  )
}

export function closedError(): ConnectorError {
  return new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox is closed. Send the message again after the deploy.`)
}

/** Whether an error says that a file cannot be written because nothing on its disk can. */
const isReadOnly = (message: string): boolean => /read-only file system|\bEROFS\b/i.test(message.slice(0, 1_000))
