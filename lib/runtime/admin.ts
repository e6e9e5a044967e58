import type { Response } from 'express'
import type { NodeAPI } from 'node-red'
import { isJsonObject, type JsonObject } from '../http'
import { asConnectorError } from './connector-error'

/** Under which all admin endpoints of this package sit, relative to Node-RED's admin root. */
export const adminPrefix = '/edgecourier'

export type AdminAnswer = { json: object } | { text: string }

/**
 * An endpoint of the editor's server, for those with the permission only. An error answers with its code and text, and
 * never with a secret.
 */
export function adminGet(
  RED: NodeAPI,
  path: string,
  permission: string,
  answer: (parameters: Readonly<Record<string, string | undefined>>) => Promise<AdminAnswer>,
): void {
  RED.httpAdmin.get(`${adminPrefix}${path}`, RED.auth.needsPermission(permission), async (request, response) => {
    try {
      const body = await answer(request.params as Record<string, string>)
      if ('json' in body) response.json(body.json)
      else response.type('text/plain; version=0.0.4; charset=utf-8').send(body.text)
    } catch (failure) {
      refuse(response, failure)
    }
  })
}

/** As `adminGet` for what a dialog sends: the answer to its JSON body. */
export function adminPost(
  RED: NodeAPI,
  path: string,
  permission: string,
  answer: (body: JsonObject) => Promise<object>,
): void {
  RED.httpAdmin.post(`${adminPrefix}${path}`, RED.auth.needsPermission(permission), async (request, response) => {
    try {
      response.json(await answer(isJsonObject(request.body) ? request.body : {}))
    } catch (failure) {
      refuse(response, failure)
    }
  })
}

function refuse(response: Response, failure: unknown): void {
  const { code, message } = asConnectorError(failure)
  response.status(code === 'NOT_FOUND' ? 404 : code === 'INTERNAL' ? 500 : 400).json({ code, message })
}
