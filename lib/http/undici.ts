/** The HTTP library, loaded when a node first talks to a cloud: an idle Node-RED starts without it. */
export function loadUndici(): typeof import('undici') {
  return require('undici') as typeof import('undici')
}
