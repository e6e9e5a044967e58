import { createHash, randomUUID } from 'node:crypto'
import { type Fields, isFields } from '../checked-input'
import type { SimulatedRequest } from '../cloud'
import { type Part, parseMultipart } from './multipart'
import type { Device } from './registry'

/** A file that a device's point names. */
export interface StoredFile {
  uri: string
  device: Device
  fileName: string
  /** `undefined` until it was put to its upload address. */
  content: Buffer | undefined
}

/** What is wrong with the files of a message. */
export class FileProblem extends Error {}

/** Largest single file; bytes. */
const mostFileBytes = 100 << 20
/** What is kept altogether; the oldest file goes first. */
const mostKeptBytes = 256 << 20

export class FileStore {
  #files = new Map<string, StoredFile>()
  #keptBytes = 0

  get count(): number {
    return this.#files.size
  }

  add(file: StoredFile): void {
    this.#files.set(file.uri, file)
    this.#keep(file.content?.length ?? 0)
  }

  find(uri: string): StoredFile | undefined {
    return this.#files.get(uri)
  }

  fill(file: StoredFile, content: Buffer): void {
    this.#keptBytes -= file.content?.length ?? 0
    file.content = content
    this.#keep(content.length)
  }

  remove(uri: string): boolean {
    this.#keptBytes -= this.#files.get(uri)?.content?.length ?? 0
    return this.#files.delete(uri)
  }

  #keep(bytes: number): void {
    this.#keptBytes += bytes
    for (const uri of this.#files.keys()) {
      if (this.#keptBytes <= mostKeptBytes || this.#files.size === 1) return
      this.remove(uri)
    }
  }
}

/** The `enos-message` part, and the file parts by their file name. Throws `FileProblem`. */
export function readEnosMessage(request: SimulatedRequest): { text: Buffer; parts: Map<string, Part> } {
  const all = parseMultipart(request)
  if (!all) throw new FileProblem('the multipart body is torn')
  const messages = all.filter((part) => part.name === 'enos-message')
  const [message] = messages
  if (!message || messages.length > 1) throw new FileProblem('there must be one part enos-message')
  const files = all.filter((part) => part.name === 'enos-file')
  if (files.length + 1 < all.length) throw new FileProblem('parts are named enos-message or enos-file')
  return { text: message.content, parts: new Map(files.map((part) => [part.filename ?? '', part])) }
}

export interface StoredFiles {
  /** The message, with the address of the stored file wherever it said `local://{fileName}`. */
  message: Fields
  /** With `useLark=true`: where each file is to be put. */
  uriInfoList: { fileUri: string; uploadUrl: string; filename: string; headers: Fields }[] | undefined
  /** Keeps the files; call it when the message was accepted. */
  commit(): void
}

/** Checks the files of a message against its parts. Throws `FileProblem`. */
export function storeFiles(
  store: FileStore,
  { url }: SimulatedRequest,
  message: Fields,
  parts: ReadonlyMap<string, Part>,
  deviceOf: (file: Fields) => Device,
): StoredFiles {
  const useLark = url.searchParams.get('useLark') === 'true'
  const declared = message.files ?? {}
  if (!isFields(declared)) throw new FileProblem('files must be an object')
  for (const fileName of parts.keys()) {
    if (!isFields(declared[fileName])) throw new FileProblem(`file ${fileName} is not declared in files`)
  }
  const files = new Map<string, StoredFile>()
  for (const [fileName, file] of Object.entries(declared)) {
    if (!isFields(file) || typeof file.featureId !== 'string')
      throw new FileProblem(`files.${fileName} has no featureId`)
    const content = useLark ? undefined : attached(fileName, file, parts.get(fileName))
    const uri = `${useLark ? 'enos-lark' : 'enos-connect'}://${randomUUID().replaceAll('-', '')}${String(file.fileExt ?? '')}`
    files.set(fileName, { uri, device: deviceOf(file), fileName, content })
  }
  return {
    message: { ...message, params: withAddresses(message.params, files) },
    uriInfoList: useLark
      ? [...files.values()].map(({ uri, fileName }) => ({
          fileUri: uri,
          uploadUrl: `${url.origin}/enos-lark/${uri.slice('enos-lark://'.length)}`,
          filename: fileName,
          headers: {},
        }))
      : undefined,
    commit: () => {
      for (const file of files.values()) store.add(file)
    },
  }
}

function attached(fileName: string, { md5 }: Fields, part: Part | undefined): Buffer {
  if (!part) throw new FileProblem(`there is no part enos-file for ${fileName}`)
  if (part.content.length > mostFileBytes)
    throw new FileProblem(`file ${fileName} is larger than ${mostFileBytes} bytes`)
  const digest = createHash('md5').update(part.content).digest('hex')
  for (const claimed of [md5, part.headers['content-md5']]) {
    if (claimed !== undefined && claimed !== digest) throw new FileProblem(`the md5 of file ${fileName} does not match`)
  }
  return part.content
}

function withAddresses(value: unknown, files: ReadonlyMap<string, StoredFile>): unknown {
  if (typeof value === 'string' && value.startsWith('local://')) {
    const file = files.get(value.slice('local://'.length))
    if (!file) throw new FileProblem(`${value} is not declared in files`)
    return file.uri
  }
  if (Array.isArray(value)) return value.map((item) => withAddresses(item, files))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withAddresses(item, files)]))
}
