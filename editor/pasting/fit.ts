import { enosHostOf } from '../../lib/enos/host-names'
import { type AccountName, accountNameIn, accountNameOf, headedBy, isExact } from './accounts'
import { exactLikeness } from './names'
import type { PastedValue } from './read'
import { isLikely, isUrl, type Target, type Targets } from './target'

/** A pasted value, and where it goes. */
export interface Placed extends PastedValue {
  /** Name of its target; nowhere when left out. */
  target?: string
}

/**
 * Gives values their targets, each at most one: a URL by the host that it names; what has a name by that; and the others in
 * their order from a target on.
 * @param first name of the target into which it was pasted; the first of all when left out
 */
export function fitted(values: readonly PastedValue[], targets: Targets, first?: string): Placed[] {
  const free = new Set(targets.list)
  const order = targets.list.slice(
    Math.max(
      0,
      targets.list.findIndex(({ name }) => name === first),
    ),
  )
  let next = 0
  const areLoose = targets.haveSecrets && areForNobody(values)
  // What is sure goes first, so that nothing else takes its place.
  const sure = values.map((value) => {
    const target = sureTarget(value, targets)
    return target && free.delete(target) ? target : undefined
  })
  return values.map((pasted, index) => {
    const isLoose = areLoose || pasted.name !== undefined || isLabelled(pasted.value) || headedBy(pasted.value)
    const target = sure[index] ?? (isLoose ? undefined : nextTarget(pasted, order.slice(next), free))
    if (target) {
      free.delete(target)
      next = Math.max(next, order.indexOf(target) + 1)
      // An empty cell stands for a field that stays as it is.
    } else if (pasted.name === undefined && pasted.value === '') next++
    return { ...pasted, ...(target ? { target: target.name } : {}) }
  })
}

/** Whether values without names are prose, which is for no field. */
function areForNobody(values: readonly PastedValue[]): boolean {
  const nameless = values.flatMap(({ name, value }) => (name === undefined ? [value.trim()] : []))
  const spaced = nameless.filter((value) => /\s/.test(value))
  // A name before others may be that of any of them; in one word, as demo-secret, it may be a value as well.
  if (nameless.slice(0, -1).some((value) => (/\s/.test(value) || isExact(value)) && accountNameOf(value)?.isSure))
    return true
  return spaced.length > 1 || spaced.some((value) => value.split(/\s+/, 6).length > 5)
}

/** Whether it holds its name, or is one of several words: one word may be a value, too. */
const isLabelled = (value: string) => accountNameIn(value)?.isSure === true && /[\s:=]/.test(value.trim())

/** Of values: those that belong to another configuration by their names. */
export interface Foreign {
  /** As that configuration declares them. */
  names: readonly string[]
  types: readonly string[]
}

/** What of the values the targets leave to another configuration; `undefined` where there is none. */
export function foreignOf(values: readonly PastedValue[], targets: Targets): Foreign | undefined {
  const found = values.flatMap(({ name, value }) => {
    const known = name === undefined ? accountNameIn(value) : accountNameOf(name)
    return known?.isSure && isTold(known) && targets.leaves(known, name ?? known.words) ? [known] : []
  })
  return found.length === 0
    ? undefined
    : {
        names: [...new Set(found.map(({ words }) => words))],
        types: [...new Set(found.flatMap(({ types }) => types))],
      }
}

/** Whether it says enough: the password of something else is not that of a configuration. */
const isTold = ({ words, likeness }: AccountName) => words.includes(' ') || likeness > exactLikeness

function sureTarget(pasted: PastedValue, targets: Targets): Target | undefined {
  const { name, value } = pasted
  const fitting = targets.fitting(pasted)
  const host = isUrl(value) ? enosHostOf(value) : undefined
  if (host) return fitting.find((target) => target.kind === 'url' && target.host === host)
  const known = name === undefined ? undefined : accountNameOf(name)
  const isLeft = known !== undefined && name !== undefined && targets.leaves(known, name)
  const named = name === undefined || isLeft ? undefined : targets.called(name)?.target
  return named && fitting.includes(named) ? named : undefined
}

const nextTarget = (pasted: PastedValue, order: readonly Target[], free: ReadonlySet<Target>) =>
  order.find((target) => free.has(target) && isLikely(target, pasted))

/**
 * What of a value may be shown. Where there are secrets, a text that no name tells from one is seen by its ends, so that it can
 * be told from others, and one that goes nowhere is not.
 */
export function shown({ name, value, target: place }: Placed, targets: Targets): string {
  const target = targets.list.find((one) => one.name === place)
  const isSecret = target?.kind === 'secret' || (name !== undefined && targets.isSecret(name))
  if (!isSecret && (isUrl(value.trim()) || (target && !targets.haveSecrets))) return value
  if (!isSecret && target && (name !== undefined || target.kind !== 'text')) return value
  const seen = isSecret || !target ? 0 : Math.min(3, Math.floor(value.length / 8))
  return seen === 0 ? '••••••••' : `${value.slice(0, seen)}…${value.slice(-seen)}`
}
