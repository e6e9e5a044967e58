import { ConnectorError, say } from '../core'
import { type ItemKind, kindNames } from './kinds'
import { isRefusal } from './refusal'

export interface Registered<Item> {
  /** As the cloud shows it: the same whether it has just been made or was there. */
  item: Item
  /** `false`: it was there and has been adopted. */
  created: boolean
}

/** How long an id that is taken may need to show that it is ours. */
export const takenLimitMs = 8_000

interface AdoptOrCreate<Item> {
  kind: ItemKind
  id: string
  find(): Promise<Item | undefined>
  /** The item behind a 409, if it is ours: it may have been made a moment ago and not show yet. */
  findTaken(): Promise<Item | undefined>
  /** What an existing item has to match. */
  expected: Partial<Item>
  create(): Promise<Item>
}

/** The one way of registering: look, adopt what fits, else create; a 409 is ours only when we can read the item. */
export async function adoptOrCreate<Item extends { id: string }>(
  steps: AdoptOrCreate<Item>,
): Promise<Registered<Item>> {
  const { kind, id, expected } = steps
  const existing = await steps.find()
  if (existing) return { item: fitting(existing, kind, expected), created: false }
  try {
    return { item: await steps.create(), created: true }
  } catch (failure) {
    if (!isRefusal(failure, 'CONFLICT')) throw failure
    const ours = await steps.findTaken()
    if (!ours) throw foreignId(kind, id, failure)
    return { item: fitting(ours, kind, expected), created: false }
  }
}

function fitting<Item extends { id: string }>(item: Item, kind: ItemKind, expected: Partial<Item>): Item {
  for (const [field, wanted] of Object.entries(expected)) {
    const actual = item[field as keyof Item]
    if (actual !== wanted) {
      throw new ConnectorError(
        'CONFLICT',
        say`The ${kindNames[kind]} ${item.id} is registered already, with ${field} "${String(actual)}" instead of "${String(wanted)}". Use another id or name, or remove it in the portal.`,
      )
    }
  }
  return item
}

export function foreignId(kind: ItemKind, id: string, { statusCode, cloudCode }: ConnectorError): ConnectorError {
  return new ConnectorError(
    'CONFLICT',
    say`The ${kindNames[kind]} id ${id} is taken, by somebody else or elsewhere in your account: ids are shared by all customers of the cloud. Use another id.`,
    { statusCode, cloudCode },
  )
}
