import { ConnectorError, parseBaseUrl } from '../http'
import { say } from '../text'
import { type EnosAnswer, isHttpSuccess } from './answer'
import type { EnosApplication } from './application'
import { toUpdateBody } from './model-dialect'
import type { ThingModelFile } from './model-file'
import { encodeMultipart } from './multipart'

/**
 * How a model goes up.
 * - `import`: the console's batch import, which replaces the model's features by the file's; takes export files and .xlsx
 * - `update`: the documented update API, for a model that exists; takes both JSON dialects
 * - `by-file`: `update` for a file in the API's dialect, `import` for any other
 */
export type UploadMethod = 'by-file' | 'import' | 'update'

export interface ModelUpload {
  method: UploadMethod
  /** Only add and change what the file names; otherwise what it does not name is removed. */
  patch: boolean
  /** How the import is authorised: by the three signed headers, or by `Authorization: Bearer`. The update API is always signed. */
  authorisation: 'signed' | 'bearer'
  onProgress?: ((percent: number) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface ModelUploadResult {
  method: 'import' | 'update'
  /** `undefined` for an .xlsx file, which is not opened here. */
  modelId: string | undefined
  bytes: number
  statusCode: number
  headers: EnosAnswer['headers']
  /** The cloud's whole answer. */
  answer: object
}

const importPath = '/dm-bff/rest/model/batchImportModels'
const uploadTimeoutMs = 5 * 60_000

/**
 * Sends a thing model. Source: enos.md sections 3.1 (import: seen in third-party code, undocumented) and 3.2 (update).
 * @throws ConnectorError `FILE_NOT_A_MODEL` where the method does not take the dialect, `CONFIG_INCOMPLETE` without a
 *   model-upload URL, `VALIDATION_REFUSED` where the cloud refuses the model, and whatever a signed call throws
 */
export async function uploadModel(
  application: EnosApplication,
  file: ThingModelFile,
  upload: ModelUpload,
): Promise<ModelUploadResult> {
  const method = upload.method === 'by-file' ? (file.kind === 'api' ? 'update' : 'import') : upload.method
  return method === 'update' ? update(application, file, upload) : importFile(application, file, upload)
}

async function update(
  application: EnosApplication,
  file: ThingModelFile,
  upload: ModelUpload,
): Promise<ModelUploadResult> {
  if (file.kind === 'excel') {
    throw new ConnectorError(
      'FILE_NOT_A_MODEL',
      say`The update API takes JSON only. Choose the import for an .xlsx file.`,
    )
  }
  const result = await application.call({
    method: 'POST',
    path: '/model-service/v2.1/thing-models',
    query: { action: 'update', isPatchUpdate: upload.patch },
    body: toUpdateBody(file.model),
    timeoutMs: uploadTimeoutMs,
    signal: upload.signal,
  })
  const { statusCode, headers, envelope } = result
  return { method: 'update', modelId: file.modelId, bytes: file.bytes.length, statusCode, headers, answer: envelope }
}

async function importFile(
  application: EnosApplication,
  file: ThingModelFile,
  upload: ModelUpload,
): Promise<ModelUploadResult> {
  if (file.kind === 'api') {
    throw new ConnectorError(
      'FILE_NOT_A_MODEL',
      say`This model is in the dialect of the model API, the import takes files that the console exported. Choose "update".`,
    )
  }
  const url = importUrl(application.options.modelUploadUrl)
  const form = new FormData()
  form.append('fileType', file.kind === 'excel' ? 'excel' : 'json')
  form.append('patchUpdate', String(upload.patch))
  form.append('file', new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: fileType(file) }), file.fileName)
  const { contentType, body } = await encodeMultipart(form)
  const answer = await application.withToken(
    {
      what: say`Importing the thing model`,
      isSuccess: isImported,
      otherwise: { code: 'VALIDATION_REFUSED', advice: say`Check the model.` },
      send: (accessToken) =>
        application.http.request({
          method: 'POST',
          url,
          headers: {
            'content-type': contentType,
            ...(upload.authorisation === 'bearer'
              ? { authorization: `Bearer ${accessToken}` }
              : application.signedHeaders(accessToken, new URL(url).searchParams, undefined)),
          },
          body,
          timeoutMs: uploadTimeoutMs,
          onUploadProgress: upload.onProgress && percentOf(upload.onProgress),
          signal: upload.signal,
        }),
    },
    upload.signal,
  )
  return {
    method: 'import',
    modelId: file.modelId,
    bytes: file.bytes.length,
    statusCode: answer.statusCode,
    headers: answer.headers,
    answer: answer.envelope ?? {},
  }
}

/** The console's import answers with `successful` and `message`; other shapes are published nowhere. */
function isImported(answer: EnosAnswer): boolean {
  if (!isHttpSuccess(answer) || !answer.envelope) return false
  const { successful } = answer.envelope
  return typeof successful === 'boolean' ? successful : answer.code === '0'
}

function importUrl(text: string | undefined): string {
  const url = parseBaseUrl(text, say`The model-upload URL`)
  return new URL(url).pathname === '/' ? `${url}${importPath}` : url
}

function fileType({ kind }: ThingModelFile): string {
  return kind === 'excel' ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'application/json'
}

function percentOf(report: (percent: number) => void): (sentBytes: number, totalBytes: number) => void {
  return (sentBytes, totalBytes) => report(totalBytes > 0 ? Math.floor((sentBytes / totalBytes) * 100) : 0)
}
