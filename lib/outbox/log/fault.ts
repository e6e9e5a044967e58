/**
 * locked: another process has the folder; full: no disk space; io: the disk fails; newer: a newer version has written it;
 * foreign: the folder holds something else; closed: the log is.
 */
export type LogFaultKind = 'locked' | 'full' | 'io' | 'newer' | 'foreign' | 'closed'

export class LogFault extends Error {
  override readonly name = 'LogFault'
  constructor(
    readonly kind: LogFaultKind,
    message: string,
  ) {
    super(message)
  }
}

/** What a failure of the file system means to the log. */
export function faultOf(failure: unknown): LogFault {
  if (failure instanceof LogFault) return failure
  const { code, message = String(failure) } = failure as { code?: string; message?: string }
  return new LogFault(code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'io', message)
}
