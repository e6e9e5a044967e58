import { ConnectorError, say, type TextValue } from '../core'

/**
 * A cloud's base URL as a user typed it, checked, without trailing slashes.
 * @param name what the setting is called, for the error text
 * @throws ConnectorError `CONFIG_INCOMPLETE` for an empty text, `CONFIG_INVALID_URL` for anything but an http(s) URL
 */
export function parseBaseUrl(text: string | undefined, name: TextValue): string {
  const trimmed = (text ?? '').trim()
  if (!trimmed)
    throw new ConnectorError('CONFIG_INCOMPLETE', say`${name} is empty. Enter the URL, for example https://…`)
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname) {
    throw new ConnectorError(
      'CONFIG_INVALID_URL',
      say`${name} is not a URL: "${withoutCredentials(trimmed)}". It has to start with https:// (or http://) and name the host.`,
    )
  }
  if (url.username || url.password) {
    throw new ConnectorError('CONFIG_INVALID_URL', say`${name} holds a user name or password. Take it out of the URL.`)
  }
  return withoutEndSlashes(`${url.origin}${url.pathname}`)
}

function withoutEndSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}

/** User name and password may hold anything, slashes and blanks too; a query may hold a token. */
function withoutCredentials(text: string): string {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]{0,20}:\/{0,2})/i.exec(text) ?? []
  const rest = text.slice(Math.max(scheme.length, text.lastIndexOf('@') + 1))
  return `${scheme}${rest.split(/[?#]/, 1)[0]}`.slice(0, 200)
}
