import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply, SimulatedRequest } from '../cloud'
import { readJson } from '../json'
import { type Api, ApiRefused, invalid, invalidArgument, noPermission, notFound } from './api-call'
import { assetApis } from './asset-apis'
import { assetTreeApis } from './asset-tree-apis'
import { commandApis } from './command-apis'
import type { CommandBook } from './command-book'
import { connectApis } from './connect-apis'
import { deviceApis } from './device-apis'
import type { DeviceLogin } from './device-login'
import type { App } from './enos-seed'
import { type GatewayAuth, gatewayReply } from './gateway-auth'
import { modelApis } from './model-apis'
import type { EnosOptions } from './options'
import type { Registry } from './registry'
import { topologyApis } from './topology-apis'
import { tsdbApis } from './tsdb-apis'

/** By method, path and the query's `action`. */
const apis: Record<string, Api> = {
  ...modelApis,
  ...connectApis,
  ...deviceApis,
  ...topologyApis,
  ...tsdbApis,
  ...assetApis,
  ...assetTreeApis,
  ...commandApis,
}

export interface GatewayContext {
  registry: Registry
  options: EnosOptions
  login: DeviceLogin
  auth: GatewayAuth
  commands: CommandBook
}

/** The API gateway: signed calls of the model, connection, asset and time series services. */
export function gatewayHandle(context: GatewayContext, request: SimulatedRequest, path: string): SimulatedReply {
  const { auth, registry, login, options, commands } = context
  const app = auth.signed(request)
  if (typeof app === 'string') return auth.refusal(app)
  try {
    const { searchParams: query } = request.url
    const api = apis[`${request.method} ${path} ${query.get('action') ?? ''}`.trimEnd()]
    if (!api) throw new ApiRefused(notFound, `No API ${request.method} ${path}?action=${query.get('action') ?? ''}`)
    checkOrganisation(app, query)
    const call = { registry, login, options, commands, app, query, body: bodyOf(request), nowMs: request.receivedMs }
    const { data, pagination, sizes, code = 0 } = api(call)
    return gatewayReply(200, code, code === 0 ? 'OK' : 'Partly failed', data, {
      ...(pagination && { pagination }),
      ...sizes,
    })
  } catch (error) {
    if (error instanceof ApiRefused) return gatewayReply(options.gatewayRejectHttpStatus, error.code, error.message)
    throw error
  }
}

/** Throws 99400 without an orgId, 99403 for one that is not the app's. */
export function checkOrganisation(app: App, query: URLSearchParams): void {
  const orgId = query.get('orgId')
  if (!orgId) throw new ApiRefused(invalidArgument, 'orgId is mandatory')
  if (orgId !== app.orgId) throw new ApiRefused(noPermission, `No permission for organisation ${orgId}`)
}

function bodyOf({ method, headers, body }: SimulatedRequest): Fields {
  if (method === 'GET' || body.length === 0) return {}
  if (!/\bjson\b/i.test(headers['content-type'] ?? '')) throw invalid('Content-Type must be application/json')
  let value: unknown
  try {
    value = readJson(body)
  } catch {
    throw invalid('the body is not valid JSON')
  }
  if (!isFields(value)) throw invalid('the body must be a JSON object')
  return value
}
