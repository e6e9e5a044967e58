import { type DeviceName, type EnosApplication, type EnosDevice, EnosIntegration, type EnosUplink } from '../enos'
import { asText } from './parse'
import { fixed, input, optionallyConfigured, requireChosen, type Setting } from './settings'

/**
 * The rows by which a node chooses its way to EnOS: `channel` (device or integration), `device`, `app`, and on the
 * integration channel the device that entries mean when they name none (`assetId`, or `productKey` and `deviceKey`).
 */
export function enosUplink(): Setting<EnosUplink> {
  return {
    async evaluate(evaluation) {
      const channel = await fixed<'device' | 'integration'>('device').evaluate({ ...evaluation, name: 'channel' })
      if (channel === 'device') {
        const device = await optionallyConfigured<EnosDevice>().evaluate({ ...evaluation, name: 'device' })
        return requireChosen(device, 'enos-device')
      }
      const app = await optionallyConfigured<EnosApplication>().evaluate({ ...evaluation, name: 'app' })
      const text = (name: string) =>
        input({ type: 'str', value: '', override: name, parse: asText }).evaluate({ ...evaluation, name })
      return new EnosIntegration(
        requireChosen(app, 'enos-app'),
        deviceName(await text('assetId'), await text('productKey'), await text('deviceKey')),
      )
    },
  }
}

function deviceName(assetId: string, productKey: string, deviceKey: string): DeviceName | undefined {
  if (assetId) return { assetId }
  return productKey && deviceKey ? { productKey, deviceKey } : undefined
}
