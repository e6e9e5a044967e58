import type { Id } from '../message'

/** How a message names a device: by product key and device key, or by asset id (integration channel only). */
export type DeviceName = { productKey: Id; deviceKey: Id } | { assetId: Id }
