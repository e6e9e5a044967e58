import type { Fields } from '../checked-input'
import type { DeviceLogin } from './device-login'
import type { EnosOptions } from './options'
import type { Device, Registry } from './registry'

/** A message on a topic of a logged-in device. */
export interface TopicCall {
  registry: Registry
  options: EnosOptions
  login: DeviceLogin
  device: Device
  /** The topic behind `/sys/{productKey}/{deviceKey}/`. */
  topic: string
  message: Fields
  nowMs: number
}

/** A refusal of the device broker; codes in docs/protocol/enos.md §7.5. */
export class BrokerRefused extends Error {
  constructor(
    readonly code: number,
    text: string,
    public messageId?: unknown,
    readonly http?: number,
  ) {
    super(text)
  }
}

/** Throws the topic's refusal of a message whose params have the wrong shape. */
export type Refuse = (text: string) => never
