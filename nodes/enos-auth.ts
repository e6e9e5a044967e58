import { type EnosApplication, type EnosDevice, say, signHttpRequest } from '../lib'
import { asHeaders, asIs, asRequiredText, asText, configured, fixed, flowNode, input, whereShown } from '../lib/runtime'
import { settings } from './settings/enos-auth'

const { fields } = settings

export = flowNode('enos-auth', {
  settings: {
    mode: fixed(fields.mode),
    app: whereShown(fields.app, configured<EnosApplication>(fields.app)),
    device: whereShown(fields.device, configured<EnosDevice>(fields.device)),
    method: whereShown(fields.method, input(fields.method, asText)),
    url: whereShown(fields.url, input(fields.url, asText)),
    headers: whereShown(fields.headers, input(fields.headers, asHeaders)),
    body: whereShown(fields.body, input(fields.body, asIs)),
  },
  run: async ({ mode, app, device, method, url, headers, body }, { signal }) => {
    if (device) return { set: { payload: await device.session(signal) } }
    if (!app || mode === 'token') return { set: { payload: await app?.token(signal) } }
    const request = {
      method: method || 'GET',
      url: asRequiredText(url, say`The URL (msg.url)`),
      headers: headers ?? {},
      body,
    }
    const signed = await signHttpRequest(app, request, signal)
    return { set: { method: request.method, url: signed.url, headers: signed.headers, payload: signed.body } }
  },
})
