import { choice, cloudCodes, number, secret, settingCodes, settingsOf, text, transport, url } from '../../lib/settings'

export const settings = settingsOf('enos-device', {
  brokerUrl: url({
    icon: 'globe',
    host: 'broker',
    required: true,
    placeholder: 'https://iot-http-…',
    alias: ['url', 'host', 'broker', 'server', 'server url', 'endpoint'],
  }),
  productKey: text('', { icon: 'cube', required: true, alias: ['product', 'Produktschlüssel', 'Produkt'] }),
  deviceKey: text('', { icon: 'microchip', required: true, alias: ['device', 'Geräteschlüssel', 'Gerät'] }),
  lifetimeMs: number(300_000, { above: 0 }, { icon: 'clock-o', unit: 'ms' }),
  signCase: choice('lower', { lower: 'signCaseLower', upper: 'signCaseUpper' }, { icon: 'text-height' }),
  ...transport,
  deviceSecret: secret({ icon: 'lock', alias: ['secret', 'Gerätegeheimnis'] }),
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...cloudCodes, 'AUTH_LOGIN_LIMIT', 'AUTH_EXPIRED', 'PERMISSION_DENIED']
