import { STATUS_CODES } from 'node:http'
import type { Fields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import type { Check } from './schema'

/** The error codes the cloud documents that the simulator uses; docs/protocol/thingplus.md §3.3. */
export type ErrorCode =
  | 'SCHEMA_VALIDATE'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID_INPUT'
  | 'JSON_PARSING'
  | 'ACCESSGROUP_DENY'
  | 'ACL_DENY'
  | 'INTERNAL_ERROR'
  | 'BILLING'
  | 'PROCESS_COMMAND_RESULT'
  | 'UNKNOWN'

export interface ErrorEntry {
  code: ErrorCode
  message: string
}

/** Ends the handling of a request with this answer. */
export class Refused extends Error {
  constructor(readonly reply: SimulatedReply) {
    super(`refused with status ${reply.status}`)
  }
}

export function ok(data: unknown, meta?: Fields): SimulatedReply {
  return { status: 200, body: { statusCode: 200, message: 'OK', data, ...(meta && { _meta: meta }) } }
}

export function created(data: unknown): SimulatedReply {
  return { status: 201, body: { statusCode: 201, message: 'Created', data } }
}

/** Made, but some of its children were not. */
export function partlyCreated(data: unknown, errors: ErrorEntry[]): SimulatedReply {
  return { status: 207, body: { statusCode: 207, message: 'Multi-Status', data, errors } }
}

export function noContent(): SimulatedReply {
  return { status: 204 }
}

export function failure(status: number, code: ErrorCode, message: string): SimulatedReply {
  const text = STATUS_CODES[status] ?? (status === 471 ? 'Billing Limit' : 'Error')
  return { status, body: { statusCode: status, message: text, errors: [{ code, message }] } }
}

/** The bare text that the cloud answers to a request without a login. */
export function accessDenied(): SimulatedReply {
  return { status: 401, body: 'Access denied' }
}

export function refuse(status: number, code: ErrorCode, message: string): never {
  throw new Refused(failure(status, code, message))
}

export const refuseUnknown = (what: string): never => refuse(404, 'NOT_FOUND', `${what} does not exist`)
export const refuseForeign = (what: string): never =>
  refuse(403, 'ACCESSGROUP_DENY', `${what} belongs to somebody else`)
export const refuseTaken = (what: string): never => refuse(409, 'CONFLICT', `${what} already exists`)
export const refuseInput = (message: string): never => refuse(400, 'INVALID_INPUT', message)

/** The body as an object of the schema; 400 SCHEMA_VALIDATE otherwise. */
export function checked(body: unknown, check: Check): Fields {
  const problem = check(body, '')
  if (problem) refuse(400, 'SCHEMA_VALIDATE', problem)
  return body as Fields
}
