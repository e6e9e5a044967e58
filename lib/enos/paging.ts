import { ConnectorError, isJsonObject, say } from '../core'
import type { ApiCall, ApiResult } from './api-call'
import type { EnosApplication } from './application'
import { objectBody } from './body-text'

const pageSize = 100
const mostPages = 1_000

/**
 * Calls a search API until every page is there, and joins the pages' `data` lists. The body's `pagination.pageSize` is
 * kept where there is one. An API that answers without `pagination` is called once. Source: docs/protocol/enos.md §9.1.
 * @throws ConnectorError as `EnosApplication.call`; `INPUT_INVALID` for a body that no page can be asked for in;
 *   `RESPONSE_TOO_LARGE`
 * @param onPage told how many items are there so far
 */
export async function callAllPages(
  application: EnosApplication,
  call: ApiCall,
  onPage?: (items: number) => void,
): Promise<ApiResult> {
  const body = objectBody(call.body)
  const pagination = isJsonObject(body.pagination) ? body.pagination : {}
  const size = Number(pagination.pageSize) || pageSize
  const items: unknown[] = []
  const isAskedInBody = !/^(GET|DELETE)$/i.test(call.method.trim())
  let partial: ConnectorError | undefined
  for (let pageNo = 1; pageNo <= mostPages; pageNo++) {
    const result = await application.call({
      ...call,
      body: { ...body, pagination: { ...pagination, pageNo, pageSize: size } },
    })
    const total = isJsonObject(result.envelope.pagination) ? Number(result.envelope.pagination.totalSize) : Number.NaN
    if (!Array.isArray(result.data) || Number.isNaN(total)) return result
    if (!isAskedInBody && result.data.length < total) throw notPaged(call.method)
    for (const item of result.data) items.push(item)
    onPage?.(items.length)
    partial ??= result.partial
    if (items.length >= total) return { ...result, data: items, partial }
    if (result.data.length === 0) return { ...result, data: items, partial: partial ?? incomplete(items.length, total) }
  }
  throw new ConnectorError(
    'RESPONSE_TOO_LARGE',
    say`The search finds more than ${mostPages * size} items. Narrow it down with its expression.`,
  )
}

function incomplete(count: number, total: number): ConnectorError {
  return new ConnectorError(
    'PARTIAL_FAILURE',
    say`EnOS announced a total of ${total} and gave ${count}. It may have changed meanwhile: search again.`,
  )
}

function notPaged(method: string): ConnectorError {
  return new ConnectorError(
    'INPUT_INVALID',
    say`There is more than one page, and a ${method} request has no body in which to ask for the others. Use POST, or ask for each page in the query.`,
  )
}
