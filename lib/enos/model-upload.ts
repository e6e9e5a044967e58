import { ConnectorError, type JsonObject, joined, say } from '../core'
import { parseBaseUrl } from '../http'
import { withLostZeros } from '../message'
import { type EnosAnswer, isHttpSuccess } from './answer'
import type { EnosApplication } from './application'
import { toImportFile, toUpdateBody, type Unexpressed } from './model-dialect'
import type { ThingModelFile } from './model-file'
import type { ThingModelBatch } from './model-source'
import { encodeMultipart } from './multipart'

/**
 * How a model goes up.
 * - `import`: the console's batch import, which replaces the model's features by the file's; takes both JSON dialects and .xlsx
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
  fileName: string
  /** `undefined` for an .xlsx file, which is not opened here. */
  modelId: string | undefined
  bytes: number
  statusCode: number
  headers: EnosAnswer['headers']
  /** The cloud's whole answer. */
  answer: object
  /** What the chosen way of uploading has no place for; empty for a file that was sent unchanged. */
  notSent: Unexpressed[]
}

const importPath = '/dm-bff/rest/model/batchImportModels'
const uploadTimeoutMs = 5 * 60_000

/**
 * Sends a thing model. Source: docs/protocol/enos.md §5.1, §5.5 (the import is undocumented).
 * @throws ConnectorError `FILE_NOT_A_MODEL` where the method does not take the file, `CONFIG_INCOMPLETE` without a
 *   model-upload URL, `VALIDATION_REFUSED` where the cloud refuses the model, and whatever a signed call throws
 */
export async function uploadModel(
  application: EnosApplication,
  file: ThingModelFile,
  upload: ModelUpload,
): Promise<ModelUploadResult> {
  return prepared(application, file, upload)(upload)
}

/**
 * Sends the models of a batch export, one request each: what is known of the console's import takes one file. A model that
 * the cloud refuses does not keep back the others.
 * @throws ConnectorError `FILE_NOT_A_MODEL` before anything is sent, `PARTIAL_FAILURE` naming the models that were refused,
 *   and as `uploadModel` where none was taken or sending had to end
 */
export async function uploadModels(
  application: EnosApplication,
  { files }: ThingModelBatch,
  upload: ModelUpload,
): Promise<ModelUploadResult[]> {
  const sendings = files.map((file) => prepared(application, file, upload))
  const taken: ModelUploadResult[] = []
  const refused: Refused[] = []
  for (const [index, send] of sendings.entries()) {
    const onProgress = (percent: number) => upload.onProgress?.(Math.floor((100 * index + percent) / files.length))
    try {
      taken.push(await send({ ...upload, onProgress }))
    } catch (failure) {
      if (!(failure instanceof ConnectorError)) throw failure
      if (!isOfTheModel(failure)) throw endedBy(failure, taken.length, files.length)
      refused.push({ fileName: files[index]?.fileName ?? '', failure })
    }
  }
  if (refused.length > 0) throw partialFailure(refused, taken.length)
  return taken
}

interface Refused {
  fileName: string
  failure: ConnectorError
}

/** Whether other models may well be taken. */
function isOfTheModel({ code }: ConnectorError): boolean {
  return code === 'VALIDATION_REFUSED' || code === 'NOT_FOUND' || code === 'CONFLICT' || code === 'TOO_LARGE'
}

function partialFailure(refused: readonly Refused[], takenCount: number): ConnectorError {
  const first = refused[0] as Refused
  const named = 5
  const reasons = refused.slice(0, named).map(({ fileName, failure }) => say`${fileName}: ${failure.text}`)
  const others = refused.length - named
  const listed = joined(others > 0 ? [...reasons, say`and ${others} more`] : reasons, ' ')
  return new ConnectorError(
    takenCount > 0 ? 'PARTIAL_FAILURE' : first.failure.code,
    say`EnOS accepted ${takenCount} of ${takenCount + refused.length} models. Not accepted: ${listed}`,
    first.failure.cause,
  )
}

function endedBy(failure: ConnectorError, takenCount: number, count: number): ConnectorError {
  if (takenCount === 0) return failure
  return new ConnectorError(
    failure.code,
    say`EnOS accepted ${takenCount} of ${count} models, then sending had to stop; sending all of them again does no harm. ${failure.text}`,
    failure.cause,
  )
}

type ModelSend = (upload: ModelUpload) => Promise<ModelUploadResult>

/** Everything that can be refused without asking the cloud is refused here. */
function prepared(application: EnosApplication, file: ThingModelFile, { method, patch }: ModelUpload): ModelSend {
  const isUpdate = method === 'update' || (method === 'by-file' && file.kind === 'api')
  if (!isUpdate) {
    const url = importUrl(application.options.modelUploadUrl)
    const { bytes, notSent } = toImportFile(file)
    return (upload) => importFile(application, { ...file, bytes }, url, notSent, upload)
  }
  if (file.kind === 'excel') {
    throw new ConnectorError(
      'FILE_NOT_A_MODEL',
      say`The update API accepts JSON only. Choose the import for an .xlsx file.`,
    )
  }
  const { body, notSent } = toUpdateBody(file, patch)
  return (upload) => update(application, file, body, notSent, upload)
}

async function update(
  application: EnosApplication,
  { fileName, modelId, givenId, bytes }: ThingModelFile,
  body: JsonObject,
  notSent: Unexpressed[],
  { patch, signal }: ModelUpload,
): Promise<ModelUploadResult> {
  const sending = application.call({
    method: 'POST',
    path: '/model-service/v2.1/thing-models',
    query: { action: 'update', isPatchUpdate: patch },
    body,
    timeoutMs: uploadTimeoutMs,
    signal,
  })
  const { statusCode, headers, envelope } = await sending.catch((failure: unknown) => {
    throw withLostZeros(failure, [givenId])
  })
  return { method: 'update', fileName, modelId, bytes: bytes.length, statusCode, headers, answer: envelope, notSent }
}

async function importFile(
  application: EnosApplication,
  file: ThingModelFile,
  url: string,
  notSent: Unexpressed[],
  upload: ModelUpload,
): Promise<ModelUploadResult> {
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
    fileName: file.fileName,
    modelId: file.modelId,
    bytes: file.bytes.length,
    statusCode: answer.statusCode,
    headers: answer.headers,
    answer: answer.envelope ?? {},
    notSent,
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
