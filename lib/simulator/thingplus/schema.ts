import { isFields } from '../checked-input'

/** Says what is wrong with a value, naming the place; `undefined` when nothing is. */
export type Check = (value: unknown, at: string) => string | undefined

export const text =
  ({ min = 0, pattern }: { min?: number; pattern?: RegExp } = {}): Check =>
  (value, at) => {
    if (typeof value !== 'string') return `${at} must be a text`
    if (value.length < min) return `${at} must not be empty`
    return pattern && !pattern.test(value) ? `${at} has the wrong format` : undefined
  }

export const integer =
  ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}): Check =>
  (value, at) =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `${at} must be a whole number from ${min} to ${max}`

export const flag: Check = (value, at) => (typeof value === 'boolean' ? undefined : `${at} must be true or false`)

export const nothing: Check = (value, at) => (value === null ? undefined : `${at} must be null`)

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at) =>
    typeof value === 'string' && allowed.includes(value) ? undefined : `${at} must be one of ${allowed.join(', ')}`

export const either =
  (...checks: readonly Check[]): Check =>
  (value, at) => {
    const problems = checks.map((check) => check(value, at))
    return problems.includes(undefined) ? undefined : problems.join(' or ')
  }

export const listOf =
  (item: Check, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} must be a list`
    if (value.length < min || value.length > max) return `${at} must hold ${min} to ${max} items`
    for (const [index, element] of value.entries()) {
      const problem = item(element, `${at}[${index}]`)
      if (problem) return problem
    }
    return undefined
  }

/** Any object, whatever it holds. */
export const anyObject: Check = (value, at) => (isFields(value) ? undefined : `${at} must be an object`)

/** An object with these keys; no other key is allowed unless `open`. */
export const object =
  (required: Record<string, Check>, optional: Record<string, Check> = {}, { open = false } = {}): Check =>
  (value, at) => {
    if (!isFields(value)) return `${at} must be an object`
    const inner = (key: string) => (at === '' ? key : `${at}.${key}`)
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(value, key)) return `${inner(key)} is missing`
    }
    for (const [key, element] of Object.entries(value)) {
      if (element === undefined) continue
      const check = Object.hasOwn(required, key) ? required[key] : Object.hasOwn(optional, key) ? optional[key] : null
      if (!check && !open) return `${inner(key)} is not a known key`
      const problem = check?.(element, inner(key))
      if (problem) return problem
    }
    return undefined
  }
