/** What an entry's values are. */
export type EntryKind = 'measurepoint' | 'attribute' | 'event'

/** Encoded entries of one kind. */
export interface EntryList {
  /** UTF-8, as a store keeps them: each holds one, or several that are separated by commas. */
  readonly json: readonly Buffer[]
  readonly count: number
}

const comma = Buffer.from(',')

/** All entries as the items of a list: pieces that become one only in the request. */
export function listItems({ json }: EntryList): readonly Buffer[] {
  if (json.length === 1) return json
  return json.flatMap((entries, at) => (at > 0 ? [comma, entries] : [entries]))
}
