import { type EnosApplication, type EnosDevice, say, signHttpRequest } from '../lib'
import { asHeaders, asIs, asRequiredText, asText, configured, fixed, flowNode, input, onlyWhere } from '../lib/runtime'

export = flowNode('enos-auth', {
  settings: {
    mode: fixed<'token' | 'session' | 'sign'>('token'),
    app: onlyWhere(({ mode }) => mode !== 'session', configured<EnosApplication>('enos-app')),
    device: onlyWhere(({ mode }) => mode === 'session', configured<EnosDevice>('enos-device')),
    method: input({ type: 'msg', value: 'method', parse: asText }),
    url: input({ type: 'msg', value: 'url', parse: asText }),
    headers: input({ type: 'msg', value: 'headers', parse: asHeaders }),
    body: input({ type: 'msg', value: 'payload', parse: asIs }),
  },
  run: async ({ mode, app, device, method, url, headers, body }, { signal }) => {
    if (device) return { set: { payload: await device.session(signal) } }
    if (!app || mode === 'token') return { set: { payload: await app?.token(signal) } }
    const request = { method: method || 'GET', url: asRequiredText(url, say`The URL (msg.url)`), headers, body }
    const signed = await signHttpRequest(app, request, signal)
    return { set: { method: request.method, url: signed.url, headers: signed.headers, payload: signed.body } }
  },
})
