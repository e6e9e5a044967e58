import { constants, type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConnectorError, say, type Text } from '../core'

/** A file that a message or a setting named, read whole. */
export interface NamedFile {
  /** Its name without the folders. */
  name: string
  bytes: Buffer
}

const chunkBytes = 256 * 1024
const bytesOfMegabyte = 1024 * 1024

/**
 * Reads the file at a path that came from outside: as typed, in quotes (as Windows copies it), or as a `file://` URL.
 * Only regular files: a device would be read without end, a named pipe or a socket would wait for somebody, and merely
 * opening some devices does something, which is why it is asked for before it is opened, and again after.
 * @param maxBytes no more is ever read, whatever size the system tells
 * @throws ConnectorError `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `FILE_TOO_LARGE`
 */
export async function readNamedFile(text: string, maxBytes: number): Promise<NamedFile> {
  const path = pathOf(text)
  let handle: FileHandle | undefined
  try {
    if (!(await stat(path)).isFile()) throw notRegular(path)
    // Whatever the name stands for by now, opening it must neither wait nor become this process's terminal.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0))
    if (!(await handle.stat()).isFile()) throw notRegular(path)
    return { name: basename(path), bytes: await readUpTo(handle, maxBytes, path) }
  } catch (failure) {
    throw failure instanceof ConnectorError ? failure : unread(path, failure as NodeJS.ErrnoException)
  } finally {
    await handle?.close()
  }
}

/**
 * The path in a text: without blanks and quotes around it, from a `file://` URL where it is one.
 * @throws ConnectorError `FILE_NOT_FOUND` for a URL that names no file of this PC
 */
export function pathOf(text: string): string {
  const path = unquoted(text.trim())
  const scheme = /^([a-z][a-z\d+.-]{1,20}):\/\//i.exec(path.slice(0, 30))?.[1]?.toLowerCase()
  if (scheme === undefined) return path
  if (scheme !== 'file') {
    throw notFound(
      say`"${shortened(path)}" is the address of a page, not of a file on the PC that runs Node-RED. Fetch it with an http request node first.`,
    )
  }
  try {
    return fileURLToPath(path)
  } catch {
    throw notFound(
      say`"${shortened(path)}" does not name a file on the PC that runs Node-RED. A file URL has three slashes and no host, as in file:///data/x.json.`,
    )
  }
}

const quotes = ['""', "''", '“”']

function unquoted(text: string): string {
  const isQuoted = text.length > 2 && quotes.includes(`${text[0]}${text.at(-1)}`)
  return isQuoted ? text.slice(1, -1).trim() : text
}

async function readUpTo(handle: FileHandle, maxBytes: number, path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let total = 0; ; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, maxBytes + 1 - total))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null)
    if (bytesRead === 0) return Buffer.concat(chunks, total)
    total += bytesRead
    if (total > maxBytes) throw fileTooLarge(shortened(basename(path)), maxBytes)
    chunks.push(chunk.subarray(0, bytesRead))
  }
}

/** `FILE_TOO_LARGE`, for a file or for what was given in place of one. */
export function fileTooLarge(name: string | Text, maxBytes: number): ConnectorError {
  const most = Math.round(maxBytes / bytesOfMegabyte)
  return new ConnectorError('FILE_TOO_LARGE', say`${name} is larger than ${most} MB. Is it the right file?`)
}

function unread(path: string, { code }: NodeJS.ErrnoException): ConnectorError {
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') {
    return notFound(
      say`There is no file "${shortened(path)}". Check the path; it has to be on the PC that runs Node-RED.`,
    )
  }
  return new ConnectorError(
    'FILE_UNREADABLE',
    say`The file "${shortened(path)}" cannot be read (${code ?? say`unknown reason`}). Check its permissions.`,
  )
}

function notFound(text: Text): ConnectorError {
  return new ConnectorError('FILE_NOT_FOUND', text)
}

function notRegular(path: string): ConnectorError {
  return new ConnectorError(
    'FILE_UNREADABLE',
    say`"${shortened(path)}" is not a regular file, but a folder, a device, a pipe or a socket. Give the path of a file.`,
  )
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
