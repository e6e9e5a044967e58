import { type Id, idPath, idText, sendableId } from '../message'
import { idMember } from './entry-ids'

/** A device's name in the forms in which every entry needs it. */
interface KnownDevice {
  readonly productKey: Id
  /** `productKey/deviceKey` */
  readonly text: string
  /** See `entryOpening`. */
  opening: string | undefined
}

const known = new Map<Id, KnownDevice>()
/** Some 5 MB of them. */
const mostKnown = 20_000

/** The same devices are named over and over. */
export function knownDevice(productKey: Id, deviceKey: Id): KnownDevice {
  const present = known.get(deviceKey)
  if (present?.productKey === productKey) return present
  const device = {
    productKey,
    text: idPath(productKey, deviceKey),
    opening: undefined,
  }
  if (known.size >= mostKnown) known.clear()
  known.set(deviceKey, device)
  return device
}

/**
 * The beginning of a device's entry of measurepoints in JSON, up to the values.
 * @throws ConnectorError `INPUT_INVALID` for ids that cannot be sent
 */
export function entryOpening(productKey: Id, deviceKey: Id): string {
  const device = knownDevice(productKey, deviceKey)
  device.opening ??= `{${keyMembers(productKey, deviceKey)},"measurepoints":{`
  return device.opening
}

/** What names a device in an entry in JSON. Throws as `entryOpening`. */
export function keyMembers(productKey: Id, deviceKey: Id): string {
  sendableId(idText(productKey))
  sendableId(idText(deviceKey))
  return `${idMember('productKey', productKey)},${idMember('deviceKey', deviceKey)}`
}
