/** The folder of a log, as the log uses it. Names are file names in it. Tests put their faults in here. */
export interface LogDisk {
  /**
   * Resolves to what gives the folder back. The death of the process does so, too.
   * @throws {LogFault} locked
   */
  lock(): Promise<() => Promise<void>>
  list(): Promise<string[]>
  /** @param create makes the file; one that is there already is a failure */
  open(name: string, options?: { create?: boolean }): Promise<LogFile>
  rename(from: string, to: string): Promise<void>
  remove(name: string): Promise<void>
  /** What was made, renamed and removed is on the disk when it resolves. */
  syncFolder(): Promise<void>
}

export interface LogFile {
  size(): Promise<number>
  /** Reads into the buffer, as much as there is. @returns how many bytes that were */
  read(buffer: Buffer, position: number): Promise<number>
  /** Writes all of it, or fails. */
  write(bytes: Buffer, position: number): Promise<void>
  /** The same, and it is on the disk when it resolves. */
  append(bytes: Buffer, position: number): Promise<void>
  truncate(size: number): Promise<void>
  /** What was written, and the length, is on the disk when it resolves. */
  sync(): Promise<void>
  close(): Promise<void>
}
