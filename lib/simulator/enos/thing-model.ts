import { type Fields, isFields } from '../checked-input'

export const dataTypes = [
  'ARRAY',
  'BOOL',
  'DATE',
  'ENUM',
  'INT',
  'FLOAT',
  'DOUBLE',
  'STRUCT',
  'STRING',
  'TIMESTAMP',
  'FILE',
] as const
export type DataType = (typeof dataTypes)[number]

/** A type as the seed, the API or an import file names it: any case, `TEXT` for `STRING`. */
export function dataTypeOf(name: unknown): DataType | undefined {
  const upper = String(name).toUpperCase()
  return dataTypes.find((type) => type === (upper === 'TEXT' ? 'STRING' : upper))
}

/** The type of a value, with what limits it. */
export interface ValueType {
  dataType: DataType
  /** The values of an ENUM. */
  allowed?: readonly (string | number)[]
  /** Of a STRING. */
  maxLength?: number
  /** The members of a STRUCT. */
  members?: Readonly<Record<string, ValueType>>
  /** Of an ARRAY. */
  itemType?: ValueType
}

export interface Feature extends ValueType {
  identifier: string
  hasQuality: boolean
  /** The parameters of an event, where the model says which. */
  outputs?: Readonly<Record<string, ValueType>>
  /** The feature in the dialect of the model API, as `thing-models?action=get` answers it. */
  definition: Fields
}

export type FeatureMap = Record<string, Feature>

export interface ThingModel {
  modelId: string
  orgId: string
  /** Where its present definition came from. */
  source: 'seed' | 'import' | 'update'
  name: { defaultValue: string; i18nValue: Fields }
  desc: string
  category: string
  tags: Fields
  attributes: FeatureMap
  measurepoints: FeatureMap
  services: FeatureMap
  events: FeatureMap
  allowAdditionalAttribute: boolean
  allowAdditionalMeasurepoint: boolean
  allowAdditionalEvent: boolean
}

export const featureKinds = ['attributes', 'measurepoints', 'services', 'events'] as const
export type FeatureKind = (typeof featureKinds)[number]

/** Why a value does not fit its type; `undefined` when it fits. */
export function valueProblem(type: ValueType, value: unknown): string | undefined {
  const misfit = `is not of type ${type.dataType}`
  switch (type.dataType) {
    case 'INT':
    case 'TIMESTAMP':
      return Number.isSafeInteger(value) ? undefined : misfit
    case 'FLOAT':
    case 'DOUBLE':
      return Number.isFinite(value) ? undefined : misfit
    case 'BOOL':
      return typeof value === 'boolean' || value === 0 || value === 1 ? undefined : misfit
    case 'ENUM':
      if (typeof value !== 'string' && !Number.isSafeInteger(value)) return misfit
      return !type.allowed || type.allowed.some((allowed) => allowed === value)
        ? undefined
        : 'is not a value of the enum'
    case 'STRING':
      if (typeof value !== 'string') return misfit
      return value.length <= (type.maxLength ?? Infinity) ? undefined : `is longer than ${type.maxLength}`
    case 'DATE':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? undefined : misfit
    case 'FILE':
      return typeof value === 'string' ? undefined : misfit
    case 'ARRAY': {
      const { itemType } = type
      if (!Array.isArray(value)) return misfit
      return itemType && value.map((item) => valueProblem(itemType, item)).find(Boolean)
    }
    case 'STRUCT':
      if (!isFields(value)) return misfit
      return type.members && memberProblem(type.members, value)
  }
}

function memberProblem(members: Readonly<Record<string, ValueType>>, value: Fields): string | undefined {
  for (const [name, item] of Object.entries(value)) {
    const member = members[name]
    const problem = member ? valueProblem(member, item) : 'is no member of the struct'
    if (problem) return `.${name} ${problem}`
  }
  return undefined
}

/** Why a model refuses a measurepoint; `undefined` when it takes it. */
export function measurepointProblem(model: ThingModel, id: string, value: unknown): string | undefined {
  const point = own(model.measurepoints, id)
  if (value === null || value === undefined) return `measurepoint ${id} has no value`
  if (!point)
    return model.allowAdditionalMeasurepoint ? undefined : `measurepoint ${id} is not in model ${model.modelId}`
  if (!point.hasQuality) return named(`measurepoint ${id}`, valueProblem(point, value))
  if (!isFields(value) || !('value' in value) || !('quality' in value)) {
    return `measurepoint ${id} has quality: its value must be {value, quality}`
  }
  const { quality } = value
  if (!Number.isInteger(quality) || (quality as number) < 0 || (quality as number) > 9) {
    return `quality of measurepoint ${id} must be an integer from 0 to 9`
  }
  return named(`measurepoint ${id}`, valueProblem(point, value.value))
}

export function attributeProblem(model: ThingModel, id: string, value: unknown): string | undefined {
  const attribute = own(model.attributes, id)
  if (attribute) return named(`attribute ${id}`, valueProblem(attribute, value))
  return model.allowAdditionalAttribute ? undefined : `attribute ${id} is not in model ${model.modelId}`
}

export function eventProblem(model: ThingModel, id: string, outputs: Fields): string | undefined {
  const event = own(model.events, id)
  if (!event) return model.allowAdditionalEvent ? undefined : `event ${id} is not in model ${model.modelId}`
  return event.outputs && named(`event ${id}`, memberProblem(event.outputs, outputs))
}

function own(features: FeatureMap, id: string): Feature | undefined {
  return Object.hasOwn(features, id) ? features[id] : undefined
}

function named(name: string, problem: string | undefined): string | undefined {
  return problem && `${name} ${problem}`
}
