import { type AccountName, accountNameIn, accountNameOf, accountTypes } from './accounts'
import type { Foreign } from './fit'
import type { Pasted, PastedValue } from './read'
import type { PastedRecord } from './records'
import type { Targets } from './target'

/**
 * Records for a table without what a configuration is for: without the rows that are named like a part of an account; without
 * any row where nothing says which cell is an id, since a value may stand there without its name.
 */
export function withoutAccount(
  pasted: Pasted,
  records: readonly PastedRecord[],
  targets: Targets,
): { kept: readonly PastedRecord[]; ofAccount?: Foreign } {
  const isList = isOneWide(pasted)
  const loose = records.flatMap((record, index) =>
    record
      .filter(({ name }, at) => (index === 0 || at === 0) && (name === undefined || isList))
      .flatMap(({ value }) => accountNameIn(value) ?? []),
  )
  const ids = records.map((record) => idOf(record, targets))
  const named = [...ids, ...(records[0] ?? []).map(({ name }) => name)].flatMap(
    (name = '') => accountNameIn(name) ?? [],
  )
  const found = [...loose, ...named]
  const isOfAccount = (record: PastedRecord, index: number) => {
    const known = accountNameOf(ids[index] ?? '')
    const isIt = known?.isSure || found.length > 0 || record.some(({ value }) => isAnyUrl(value))
    if (known && isIt && !known.isSure) found.push(known)
    return (known && isIt) || accountNameIn(ids[index] ?? '') !== undefined
  }
  const kept = records.filter((record, index) => !isOfAccount(record, index))
  return { kept: loose.length > 0 ? [] : kept, ...(found.length > 0 ? { ofAccount: foreign(found) } : {}) }
}

/** Whether names and values may be lines of the same list. */
const isOneWide = (pasted: Pasted) =>
  pasted.form === 'cells'
    ? pasted.rows.every((row) => row.length === 1)
    : pasted.form === 'json' && Array.isArray(pasted.json) && pasted.json.every((item) => typeof item !== 'object')

const idOf = (record: PastedRecord, targets: Targets) => record.find((value) => isNamed(value, 'id', targets))?.value

/** Whether a value has a name that is one for a column. */
export const isNamed = ({ name }: PastedValue, column: string, targets: Targets): boolean =>
  name !== undefined && targets.called(name)?.target.name === column

const isAnyUrl = (text: string) => /^\s{0,9}[a-z]{1,20}:\/\//i.test(text)

const foreign = (found: readonly AccountName[]): Foreign => {
  const types = [...new Set(found.flatMap((known) => known.types))]
  return {
    names: [...new Set(found.map(({ words }) => words))],
    types: types.length > 0 ? types : accountTypes,
  }
}
