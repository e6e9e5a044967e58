import type { Request, Response } from 'express'
import type { NodeAPI } from 'node-red'
import { ConnectorError, isJsonObject, isNestedTooDeep, type JsonObject, say, type Translate } from '../core'
import { asConnectorError } from './connector-error'
import { jsonIn, translation } from './languages'

/** Under which all admin endpoints of this package sit, relative to Node-RED's admin root. */
export const adminPrefix = '/edgecourier'

type Parameters = Readonly<Record<string, string | undefined>>
export type AdminAnswer = { json: object } | { text: string }

/**
 * An endpoint of the editor's server, for those with the permission only. An error answers with its code and text, and
 * never with a secret. Texts are in the language that the request asks for.
 */
export function adminGet(
  RED: NodeAPI,
  path: string,
  permission: string,
  answer: (parameters: Parameters, query: Parameters) => Promise<AdminAnswer>,
): void {
  RED.httpAdmin.get(`${adminPrefix}${path}`, RED.auth.needsPermission(permission), async (request, response) => {
    try {
      const body = await answer(request.params as Parameters, plainQuery(request))
      if ('json' in body) answerJson(RED, request, response, body.json)
      else response.type('text/plain; version=0.0.4; charset=utf-8').send(body.text)
    } catch (failure) {
      refuse(RED, request, response, failure)
    }
  })
}

/**
 * As `adminGet` for what a dialog sends: the answer to its JSON body.
 * @param answer gets the way into the reader's language, for texts that are sentences already
 */
export function adminPost(
  RED: NodeAPI,
  path: string,
  permission: string,
  answer: (body: JsonObject, translate: Translate) => Promise<object>,
): void {
  RED.httpAdmin.post(`${adminPrefix}${path}`, RED.auth.needsPermission(permission), async (request, response) => {
    try {
      answerJson(RED, request, response, await answer(bodyOf(request), editorTranslation(RED, request)))
    } catch (failure) {
      refuse(RED, request, response, failure)
    }
  })
}

/** @throws ConnectorError `INPUT_INVALID` */
function bodyOf({ body }: Request): JsonObject {
  if (!isJsonObject(body)) return {}
  if (!isNestedTooDeep(body)) return body
  throw new ConnectorError('INPUT_INVALID', say`The body of the request is nested too deep.`)
}

function refuse(RED: NodeAPI, request: Request, response: Response, failure: unknown): void {
  const { code, message } = asConnectorError(failure, editorTranslation(RED, request))
  response.status(code === 'NOT_FOUND' ? 404 : code === 'INTERNAL' ? 500 : 400).json({ code, message })
}

/** The query's texts; a list or an object in it is left out. */
function plainQuery({ query }: Request): Parameters {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => typeof value === 'string')) as Parameters
}

function answerJson(RED: NodeAPI, request: Request, response: Response, data: object): void {
  response.type('json').send(jsonIn(editorTranslation(RED, request), data))
}

/** The editor's language may be another than the runtime's. */
function editorTranslation(RED: NodeAPI, request: Request): Translate {
  return translation(RED, request.acceptsLanguages())
}
