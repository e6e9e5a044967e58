import type { SimulatedReply, SimulatedRequest } from '../cloud'
import type { FileStore, StoredFile } from './files'
import type { Device } from './registry'

/** How a channel says that a file request went well or not. */
export interface FileDialect {
  done(data: unknown): SimulatedReply
  refused(http: number, text: string): SimulatedReply
}

/** `download` (bytes, Range understood), `download/url` and `delete` of a device's file, named by the query's `fileUri`. */
export function fileRoute(
  store: FileStore,
  request: SimulatedRequest,
  device: Device,
  action: string,
  dialect: FileDialect,
): SimulatedReply {
  const expected = { download: 'GET', 'download/url': 'GET', delete: 'POST' }[action]
  if (!expected) return dialect.refused(404, `unknown file action ${action}`)
  if (request.method !== expected) return dialect.refused(405, `Only ${expected} is supported`)
  const { searchParams, origin } = request.url
  const category = searchParams.get('category') ?? 'feature'
  if (category !== 'feature' && category !== 'ota') return dialect.refused(400, 'category must be feature or ota')
  const file = store.find(searchParams.get('fileUri') ?? '')
  if (!file || file.device !== device) return dialect.refused(404, 'file not found')
  if (action === 'delete') {
    store.remove(file.uri)
    return dialect.done({})
  }
  if (!file.content) return dialect.refused(404, 'the file was not uploaded yet')
  return action === 'download' ? bytesReply(file, request.headers.range) : dialect.done(`${origin}${addressOf(file)}`)
}

/** `/enos-lark/{id}`: takes the bytes of an announced file by PUT, gives those of any file by GET. The id is the secret. */
export function larkRoute(store: FileStore, request: SimulatedRequest, path: string): SimulatedReply {
  const id = path.slice('/enos-lark/'.length)
  const file = store.find(`enos-lark://${id}`) ?? store.find(`enos-connect://${id}`)
  if (!file) return { status: 404 }
  if (request.method === 'PUT') {
    store.fill(file, request.body)
    return { status: 200 }
  }
  return file.content && request.method === 'GET' ? bytesReply(file, request.headers.range) : { status: 404 }
}

function addressOf({ uri }: StoredFile): string {
  return `/enos-lark/${uri.slice(uri.indexOf('://') + 3)}`
}

function bytesReply({ content = Buffer.alloc(0), fileName }: StoredFile, range: string | undefined): SimulatedReply {
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${encodeURIComponent(fileName)}"`,
    'accept-ranges': 'bytes',
  }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if (first === '' && last === '') return { status: 200, headers, body: content }
  const start = first === '' ? Math.max(0, content.length - Number(last)) : Number(first)
  const end = first === '' || last === '' ? content.length - 1 : Math.min(Number(last), content.length - 1)
  if (start > end) return { status: 416, headers: { 'content-range': `bytes */${content.length}` } }
  const contentRange = `bytes ${start}-${end}/${content.length}`
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body: content.subarray(start, end + 1) }
}
