import { type Id, idText } from '../message'
import { idMember } from './entry-ids'

/** A device's name in the forms in which every entry needs it. */
interface KnownDevice {
  readonly productKey: Id
  /** `productKey/deviceKey` */
  readonly text: string
  /** The beginning of its entry of measurepoints in JSON, up to the values. */
  readonly opening: string
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
    text: `${idText(productKey)}/${idText(deviceKey)}`,
    opening: `{${idMember('productKey', productKey)},${idMember('deviceKey', deviceKey)},"measurepoints":{`,
  }
  if (known.size >= mostKnown) known.clear()
  known.set(deviceKey, device)
  return device
}
