/** A device's name in the forms in which every entry needs it. */
interface KnownDevice {
  readonly productKey: string
  /** `productKey/deviceKey` */
  readonly text: string
  /** The members of a JSON object, without its braces. */
  readonly json: string
}

const known = new Map<string, KnownDevice>()
const mostKnown = 10_000

/** The same devices are named over and over. */
export function knownDevice(productKey: string, deviceKey: string): KnownDevice {
  const present = known.get(deviceKey)
  if (present?.productKey === productKey) return present
  const device = {
    productKey,
    text: `${productKey}/${deviceKey}`,
    json: JSON.stringify({ productKey, deviceKey }).slice(1, -1),
  }
  if (known.size >= mostKnown) known.clear()
  known.set(deviceKey, device)
  return device
}
