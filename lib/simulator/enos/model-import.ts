import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import type { App } from './enos-seed'
import { ModelProblem, modelOfFile } from './file-dialect'
import type { GatewayAuth, IdentityProblem } from './gateway-auth'
import { isMultipart, parseMultipart } from './multipart'
import type { EnosOptions } from './options'
import type { Registry } from './registry'
import { featureKinds, type ThingModel } from './thing-model'

export interface ImportContext {
  registry: Registry
  options: EnosOptions
  auth: GatewayAuth
}

/** Path of the console's back end that takes model files. */
export const importPath = '/dm-bff/rest/model/batchImportModels'

/**
 * The console's batch import: multipart fields `fileType` (json or excel), `patchUpdate` (true or false) and `file`.
 * Answers `{ successful, message }`. Without patchUpdate a file replaces all features of its model.
 * Source: docs/protocol/enos.md §5.5.
 */
export function importModels(context: ImportContext, request: SimulatedRequest, path: string): SimulatedReply {
  if (path !== importPath) return refused(404, `unknown path ${path}`)
  if (request.method !== 'POST') return refused(405, 'Only POST is supported')
  const app = identify(context, request)
  if (typeof app === 'string') return refused(401, 'Not authenticated')
  const parts = isMultipart(request) ? parseMultipart(request) : undefined
  const text = (name: string) => parts?.find((part) => part.name === name)?.content.toString()
  const file = parts?.find((part) => part.name === 'file')
  const [fileType, patchUpdate] = [text('fileType'), text('patchUpdate')]
  if (!file) return refused(200, 'multipart/form-data with a part file is needed')
  if (fileType !== 'json' && fileType !== 'excel') return refused(200, 'fileType must be json or excel')
  if (patchUpdate !== 'true' && patchUpdate !== 'false') return refused(200, 'patchUpdate must be true or false')
  try {
    if (fileType === 'excel') return takeWorkbook(context.registry, file.filename ?? '', file.content)
    const models = modelsOf(file.content, app.orgId)
    for (const model of models) store(context.registry, model, patchUpdate === 'true')
    return accepted(`${models.length} model(s) imported`)
  } catch (error) {
    if (error instanceof ModelProblem) return refused(200, error.message)
    throw error
  }
}

export function importRefusal(status: number, message: string): SimulatedReply {
  return refused(status, message)
}

function identify({ options, auth }: ImportContext, request: SimulatedRequest): App | IdentityProblem {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer && options.importAuth !== 'signed') return auth.byToken(bearer, request.receivedMs)
  return options.importAuth === 'bearer' ? 'no-token' : auth.signed(request)
}

function modelsOf(content: Buffer, orgId: string): ThingModel[] {
  let value: unknown
  try {
    value = readJson(content)
  } catch {
    throw new ModelProblem('the file is not JSON')
  }
  const models = (Array.isArray(value) ? value : [value]).map((file: unknown) => modelOfFile(file, orgId))
  if (models.length === 0) throw new ModelProblem('the file does not hold a thing model')
  return models
}

function store(registry: Registry, model: ThingModel, isPatch: boolean): void {
  const known = registry.models.get(model.modelId)
  if (known && known.orgId !== model.orgId)
    throw new ModelProblem(`model ${model.modelId} belongs to another organisation`)
  if (known && isPatch) for (const kind of featureKinds) model[kind] = { ...known[kind], ...model[kind] }
  registry.models.set(model.modelId, model)
}

/** An .xlsx is a ZIP with certain names in it; its content is not read. */
function takeWorkbook(registry: Registry, fileName: string, content: Buffer): SimulatedReply {
  if (content.toString('latin1', 0, 4) !== 'PK\x03\x04' || !content.includes('xl/workbook.xml'))
    throw new ModelProblem('the file is not an .xlsx workbook')
  registry.workbooks.push({ fileName, bytes: content.length })
  return accepted('workbook imported')
}

function accepted(message: string): SimulatedReply {
  return { status: 200, body: { successful: true, message } }
}

function refused(status: number, message: string): SimulatedReply {
  return { status, body: { successful: false, message } }
}
