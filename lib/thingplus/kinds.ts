import { say, type Text } from '../core'

export type ItemKind = 'site' | 'gateway model' | 'gateway' | 'device' | 'sensor' | 'user' | 'OAuth client'

/** What each kind of item is called, for error texts. */
export const kindNames: Readonly<Record<ItemKind, Text>> = {
  site: say`site`,
  'gateway model': say`gateway model`,
  gateway: say`gateway`,
  device: say`device`,
  sensor: say`sensor`,
  user: say`user`,
  'OAuth client': say`OAuth client`,
}
