/**
 * What a lane of an outbox is for. The account is what its records belong to: a device, an organisation, a Thing+ client.
 * Host and timeliness are how its records were sent when the lane was named, and no longer when the settings have changed.
 */
export interface LaneName {
  /** `enos-device pk/dk`, `enos-integration orgId`, `thingplus clientId/user`. */
  readonly account: string
  readonly host: string
  /** `measurepoint`, `attribute`, `event`; `values`, `status`. */
  readonly kind: string
  /** How a node sends, if not in the usual way: `late`. */
  readonly manner: string
}

/** Reads `enos-device pk/dk at iot-http.example.com, measurepoint late`; `undefined` for a name of another form. */
export function readLaneText(text: string): LaneName | undefined {
  const at = text.lastIndexOf(' at ')
  const comma = text.indexOf(', ', at)
  if (at < 0 || comma < 0) return undefined
  const [kind = '', manner = ''] = text.slice(comma + 2).split(' ')
  return { account: text.slice(0, at), host: text.slice(at + 4, comma), kind, manner }
}

/** Whether two lanes hold the same kind of thing for the same cloud. */
export function isAlike(one: string, other: string): boolean {
  const [first, second] = [readLaneText(one), readLaneText(other)]
  if (!first || !second) return false
  return first.kind === second.kind && cloudOf(first.account) === cloudOf(second.account)
}

const cloudOf = (account: string) => account.split(/[- ]/, 1)[0]
