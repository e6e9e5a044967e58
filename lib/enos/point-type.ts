import { say, type Text } from '../core'
import {
  type DecimalSign,
  type Fault,
  hasDecimalComma,
  isExact,
  isPair,
  pointedNumber,
  tooWide,
  wideInteger,
} from '../message'

/** What a thing model says of a point, attribute or parameter, as far as it is known. */
export interface PointType {
  /** `DOUBLE`, `ENUM` … Source: docs/protocol/enos.md §5.4. */
  readonly dataType: string
  readonly minimum?: number
  readonly maximum?: number
  /** The values of an ENUM. */
  readonly allowed?: readonly (string | number)[]
  /** Of a STRING. */
  readonly maxLength?: number
}

/** A value as its point takes it, or why the point does not take it. */
export type Fitted = { value: unknown; warning?: Text | undefined } | { fault: Fault }

const numberTypes: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'DOUBLE'])

/** Whether a measurement point of this type holds a number. Source: docs/protocol/enos.md §5.4. */
export const isNumberType = (type: string): boolean => numberTypes.has(type)

/** Whether a blank text is a value of this type. */
export const isTextType = (type: string): boolean => type === 'STRING'

/** Whether a number may be sent as it is, without a closer look. */
export function isFittingNumber(value: number, { dataType, minimum, maximum }: PointType): boolean {
  const isOfType = dataType === 'DOUBLE' || dataType === 'FLOAT' || (dataType === 'INT' && Number.isInteger(value))
  return isOfType && Number.isFinite(value) && !(value < (minimum ?? value)) && !(value > (maximum ?? value))
}

/**
 * A value as a point of this type takes it: numeric texts as numbers, numbers of 64 bits as far as they are exact, on and off.
 * @param type `undefined` where it is not known: then only what no cloud accepts is converted
 */
export function fitted(value: unknown, type: PointType | undefined, decimalSign: DecimalSign): Fitted {
  if (type === undefined) return { value: fittedUnknown(value, decimalSign) }
  if (isWithQuality(value)) {
    const inner = fitted(value.value, type, decimalSign)
    return 'fault' in inner ? inner : { ...inner, value: { ...value, value: inner.value } }
  }
  switch (type.dataType) {
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
      return fittedNumber(value, type, decimalSign)
    case 'TIMESTAMP':
      return value instanceof Date
        ? { value: value.getTime() }
        : fittedNumber(value, { dataType: 'TIMESTAMP' }, 'point')
    case 'BOOL':
      return fittedSwitch(value)
    case 'STRING':
      return fittedText(value, type)
    case 'ENUM':
      return fittedEnum(value, type)
    case 'DATE':
    case 'FILE':
      return typeof value === 'string' ? { value } : misfit(value, type)
    case 'ARRAY':
      return Array.isArray(value) ? { value } : misfit(value, type)
    case 'STRUCT':
      return typeof value === 'object' && !Array.isArray(value) ? { value } : misfit(value, type)
    default:
      return { value: fittedUnknown(value, decimalSign) }
  }
}

/** A wide whole number as the number that it is, or as text, which alone holds it exactly. */
function fittedUnknown(value: unknown, decimalSign: DecimalSign): unknown {
  if (typeof value === 'bigint') return isExact(value) ? Number(value) : String(value)
  if (isWithQuality(value) && typeof value.value !== 'object')
    return { ...value, value: fittedUnknown(value.value, decimalSign) }
  return typeof value === 'string' && hasDecimalComma(value, decimalSign)
    ? Number(pointedNumber(value, decimalSign))
    : value
}

function fittedNumber(value: unknown, type: PointType, decimalSign: DecimalSign): Fitted {
  const wide = isPair(value) ? wideInteger(value[0], value[1], false) : value
  if (typeof wide === 'bigint') return isExact(wide) ? inRange(Number(wide), type) : { fault: tooWide(wide) }
  if (typeof wide === 'number') {
    // What is not a number at all is reported by the check of all values.
    if (!Number.isFinite(wide)) return { value: wide }
    return type.dataType === 'FLOAT' || type.dataType === 'DOUBLE' || Number.isInteger(wide)
      ? inRange(wide, type)
      : invalid(say`${wide} is not a whole number, and the type is ${type.dataType}.`)
  }
  const text = typeof wide === 'string' ? pointedNumber(wide, decimalSign) : undefined
  if (text !== undefined) return fittedNumber(exactNumber(text), type, decimalSign)
  return invalid(say`${shown(value)} is not a number, and the type is ${type.dataType}.`)
}

/** A whole number that JavaScript cannot hold exactly is reported with all its digits. */
const exactNumber = (text: string): number | bigint =>
  /^[+-]?\d{16,}$/.test(text) ? BigInt(text.replace('+', '')) : Number(text)

function inRange(value: number, { minimum, maximum }: PointType): Fitted {
  if (minimum !== undefined && value < minimum) {
    return {
      value,
      warning: say`${value} is below ${minimum}, the least that the thing model allows. It was sent all the same.`,
    }
  }
  if (maximum !== undefined && value > maximum) {
    return {
      value,
      warning: say`${value} is above ${maximum}, the most that the thing model allows. It was sent all the same.`,
    }
  }
  return { value }
}

const switches: Readonly<Record<string, boolean>> = {
  '1': true,
  '0': false,
  on: true,
  off: false,
  true: true,
  false: false,
}

function fittedSwitch(value: unknown): Fitted {
  if (typeof value === 'boolean' || value === 0 || value === 1) return { value }
  const word = typeof value === 'string' || typeof value === 'bigint' ? String(value).trim().toLowerCase() : ''
  if (Object.hasOwn(switches, word)) return { value: switches[word] }
  return invalid(say`${shown(value)} is neither true, on or 1 nor false, off or 0, and the type is ${'BOOL'}.`)
}

function fittedText(value: unknown, type: PointType): Fitted {
  const isScalar = typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value)
  const text = isScalar ? String(value) : value
  if (typeof text !== 'string') return misfit(value, type)
  const { maxLength } = type
  if (maxLength === undefined || text.length <= maxLength) return { value: text }
  return {
    value: text,
    warning: say`the text has ${text.length} characters, and the thing model allows ${maxLength}. It was sent all the same.`,
  }
}

function fittedEnum(value: unknown, type: PointType): Fitted {
  const scalar = typeof value === 'bigint' ? Number(value) : value
  if (typeof scalar !== 'string' && !Number.isSafeInteger(scalar)) return misfit(value, type)
  const { allowed } = type
  if (!allowed) return { value: scalar }
  const known =
    allowed.find((item) => item === scalar) ?? allowed.find((item) => String(item) === String(scalar).trim())
  if (known !== undefined) return { value: known }
  return {
    value: scalar,
    warning: say`${shown(scalar)} is not a value of the thing model's enum. It was sent all the same.`,
  }
}

const misfit = (value: unknown, { dataType }: PointType): Fitted =>
  invalid(say`${shown(value)} does not fit the type ${dataType}.`)

function shown(value: unknown): string | Text {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`
  if (typeof value === 'object') return Array.isArray(value) ? say`a list` : say`an object`
  return typeof value === 'symbol' || typeof value === 'function' ? say`a value of type ${typeof value}` : String(value)
}

function invalid(text: Text): { fault: Fault } {
  return { fault: { code: 'INPUT_INVALID', text } }
}

function isWithQuality(value: unknown): value is { value: unknown; quality: unknown } {
  return typeof value === 'object' && value !== null && 'value' in value && 'quality' in value
}
