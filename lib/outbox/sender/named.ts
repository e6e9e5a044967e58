import type { OutboxRecord } from '../record/record'

const mostCharacters = 1000
const mostWords = 60
/** Of all payloads together: some milliseconds. Requests hold less, but for a single value that is larger. */
const mostBytes = 256 * 1024
/** Ends with what a name ends with, not with the full stop behind it. */
const word = /\w(?:[\w.-]{0,62}\w)?/g
/** A name or text of JSON that could be such a word. */
const quoted = /"([\w.-]{1,64})"/g

/**
 * The records that the words of a refusal seem to name: that hold one of the words as a name or text of JSON, which hardly any
 * of the others does. None, where no word tells them apart. It is a guess, of use only where a wrong one costs a few requests.
 */
export function namedBy(words: string, records: readonly OutboxRecord[]): readonly OutboxRecord[] {
  const holders = new Map<string, OutboxRecord[]>()
  for (const text of words.slice(0, mostCharacters).match(word)?.slice(0, mostWords) ?? []) holders.set(text, [])
  let bytes = 0
  for (const record of holders.size > 0 ? records : []) {
    bytes += record.payload.length
    if (bytes > mostBytes) return []
    // As Latin-1, since the words are of ASCII: no byte of another character looks like one of them.
    for (const [, text = ''] of record.payload.toString('latin1').matchAll(quoted)) {
      const found = holders.get(text)
      if (found && found.at(-1) !== record) found.push(record)
    }
  }
  let named: readonly OutboxRecord[] = []
  for (const found of holders.values()) {
    const isTelling = found.length > 0 && found.length * 2 <= records.length
    if (isTelling && (named.length === 0 || found.length < named.length)) named = found
  }
  return named
}
