/** A device's name in the forms in which every entry needs it. */
interface KnownDevice {
  readonly productKey: string
  /** `productKey/deviceKey` */
  readonly text: string
  /** The beginning of its entry of measurepoints in JSON, up to the values. */
  readonly opening: string
}

const known = new Map<string, KnownDevice>()
/** Some 5 MB of them. */
const mostKnown = 20_000

/** The same devices are named over and over. */
export function knownDevice(productKey: string, deviceKey: string): KnownDevice {
  const present = known.get(deviceKey)
  if (present?.productKey === productKey) return present
  const device = {
    productKey,
    text: `${productKey}/${deviceKey}`,
    opening: `${JSON.stringify({ productKey, deviceKey }).slice(0, -1)},"measurepoints":{`,
  }
  if (known.size >= mostKnown) known.clear()
  known.set(deviceKey, device)
  return device
}
