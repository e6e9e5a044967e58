import { ConnectorError, say, type TextValue } from '../core'

/**
 * A text as a part of a URL.
 * @param what it is, for the error
 * @throws ConnectorError with the code, for half of a character, which no encoding of a URL has
 */
export function urlText(text: string, what: TextValue, code: 'INPUT_INVALID' | 'CONFIG_INVALID'): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw new ConnectorError(
      code,
      say`${what} contains half of a character (a lone surrogate), which a URL cannot hold. Correct it.`,
    )
  }
}
