import { ConnectorError, say } from '../core'

/** Ids of both clouds are shorter by far; more does not fit into a URL together with others. */
const longestId = 1_000

/**
 * An id that reaches the cloud as it is: `.` and `..` would lead a URL elsewhere, and half of a character can be encoded in
 * none.
 * @param code of the error: `CONFIG_INVALID` for an id that was entered in a dialog
 * @throws ConnectorError with `code`
 */
export function sendableId(id: string, code: 'INPUT_INVALID' | 'CONFIG_INVALID' = 'INPUT_INVALID'): string {
  if (isSendableId(id)) return id
  const shown = Buffer.from(id.slice(0, 100)).toString()
  throw new ConnectorError(
    code,
    say`"${shown}" cannot be an id. An id must not be empty, "." or "..", have more than ${longestId} characters, or contain half of one (a lone surrogate). Give the real id.`,
  )
}

export function isSendableId(id: string): boolean {
  return id !== '' && id !== '.' && id !== '..' && id.length <= longestId && !/\p{Surrogate}/u.test(id)
}

/** The id as a part of a URL's path. Throws as `sendableId`. */
export function pathSegment(id: string, code?: 'INPUT_INVALID' | 'CONFIG_INVALID'): string {
  return encodeURIComponent(sendableId(id, code))
}
