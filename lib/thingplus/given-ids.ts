import { type Id, idText, optionalIdOf, withLostZeros } from '../message'
import { PerhapsNew } from './newcomers'

/** The same, with ids as they came in. */
export type IdsAsGiven<Item, Names extends keyof Item = keyof Item> = Omit<Item, Names> & {
  [Name in keyof Pick<Item, Names>]: Item[Name] | Id
}

type TextsOf<Ids> = { [Name in keyof Ids]: undefined extends Ids[Name] ? string | undefined : string }

/** @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID` for what is no id */
export function textsOf<Ids extends { [Name in keyof Ids]: Id | undefined }>(ids: Ids): TextsOf<Ids> {
  const texts = Object.entries<Id | undefined>(ids).map(([name, given]) => {
    const id = optionalIdOf(given, name)
    return [name, id === undefined ? undefined : idText(id)]
  })
  return Object.fromEntries(texts) as TextsOf<Ids>
}

/**
 * Calls with these ids as text; where the cloud does not know one, the error says which came in as numbers.
 * @param others that came in with them, and may be meant too
 * @throws ConnectorError `INPUT_INVALID` for what is no id; what the call throws
 */
export async function naming<Ids extends { [Name in keyof Ids]: Id | undefined }, Result>(
  ids: Ids,
  call: (texts: TextsOf<Ids>) => Promise<Result>,
  others: readonly (Id | undefined)[] = [],
): Promise<Result> {
  const texts = textsOf(ids)
  try {
    return await call(texts)
  } catch (failure) {
    const given = [...Object.values<Id | undefined>(ids), ...others]
    throw failure instanceof PerhapsNew ? failure.told(withLostZeros(failure, given)) : withLostZeros(failure, given)
  }
}
