import { type EnosApplication, type EnosDevice, say, signHttpRequest } from '../lib'
import {
  asHeaders,
  asIs,
  asRequiredText,
  asText,
  fixed,
  flowNode,
  input,
  optionallyConfigured,
  requireChosen,
} from '../lib/runtime'

export = flowNode('enos-auth', {
  settings: {
    mode: fixed<'token' | 'session' | 'sign'>('token'),
    app: optionallyConfigured<EnosApplication>(),
    device: optionallyConfigured<EnosDevice>(),
    method: input({ type: 'msg', value: 'method', parse: asText }),
    url: input({ type: 'msg', value: 'url', parse: asText }),
    headers: input({ type: 'msg', value: 'headers', parse: asHeaders }),
    body: input({ type: 'msg', value: 'payload', parse: asIs }),
  },
  run: async ({ mode, app, device, method, url, headers, body }, { signal }) => {
    if (mode === 'token') return { set: { payload: await requireChosen(app, 'enos-app').token(signal) } }
    if (mode === 'session') return { set: { payload: await requireChosen(device, 'enos-device').session(signal) } }
    const request = { method: method || 'GET', url: asRequiredText(url, say`The URL (msg.url)`), headers, body }
    const signed = await signHttpRequest(requireChosen(app, 'enos-app'), request, signal)
    return { set: { method: request.method, url: signed.url, headers: signed.headers, payload: signed.body } }
  },
})
