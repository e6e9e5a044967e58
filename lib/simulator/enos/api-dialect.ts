import { type Fields, isFields } from '../checked-input'
import { readJson } from '../json'
import { dataTypeOf, type Feature, type FeatureKind, type ThingModel, type ValueType } from './thing-model'

/** A feature in the dialect of the model API (docs/protocol/enos.md §5.2); a text says what is wrong with it. */
export function featureOf(kind: FeatureKind, identifier: string, definition: Fields): Feature | string {
  const carriesValue = kind === 'attributes' || kind === 'measurepoints'
  const type = carriesValue ? valueTypeOf(definition) : ({ dataType: 'STRUCT' } as const)
  if (typeof type === 'string') return type
  if (definition.identifier !== undefined && definition.identifier !== identifier) return 'has another identifier'
  const problem = wordProblem(kind, definition) ?? commonProblem(definition)
  if (problem) return problem
  const [inputs, outputs] = [parametersOf(definition.inputData), parametersOf(definition.outputData)]
  if (typeof inputs === 'string') return inputs
  if (typeof outputs === 'string') return outputs
  return {
    ...type,
    identifier,
    hasQuality: definition.hasQuality === true,
    ...(kind === 'events' && outputs && { outputs }),
    definition: {
      identifier,
      name: { defaultValue: identifier, i18nValue: {} },
      desc: '',
      tags: {},
      ...(carriesValue && { dataType: type.dataType, dataDefinition: null, unit: null }),
      ...(kind === 'attributes' && { isRequired: false, defaultValue: null }),
      ...(kind === 'measurepoints' && { hasQuality: false, signalType: 'Generic' }),
      ...(kind === 'services' && { inputData: [], outputData: [], callType: 'SYNC' }),
      ...(kind === 'events' && { outputData: [], eventType: 'INFO' }),
      ...definition,
      ...(carriesValue && { dataType: type.dataType }),
    },
  }
}

const signalTypes = ['Generic', 'AI', 'PI', 'DI']
const callTypes = ['SYNC', 'ASYNC']
const eventTypes = ['INFO', 'WARN', 'ERROR']
const multipliers = [
  ...['YOTTA', 'ZETTA', 'EXA', 'PETA', 'TERA', 'GIGA', 'MEGA', 'KILO', 'HECTO', 'DECA', 'ONE'],
  ...['DECI', 'CENTI', 'MILLI', 'MICRO', 'NANO', 'PICO', 'FEMTO', 'ATTO', 'ZEPTO', 'YOCTO'],
]

/** The words that are documented for a kind of feature (docs/protocol/enos.md §5.2, §5.4). */
function wordProblem(kind: FeatureKind, definition: Fields): string | undefined {
  const words: Partial<Record<FeatureKind, readonly [field: string, known: readonly string[]]>> = {
    measurepoints: ['signalType', signalTypes],
    services: ['callType', callTypes],
    events: ['eventType', eventTypes],
  }
  const [field, known] = words[kind] ?? ['', []]
  const word = definition[field]
  return word === undefined || word === null || known.includes(word as string)
    ? undefined
    : `has the ${field} ${String(word)}, which is none of ${known.join(', ')}`
}

/** What a feature, a parameter and a member of a struct have in common. */
function commonProblem({ tags, unit, name }: Fields): string | undefined {
  if (isSet(tags) && !(isFields(tags) && Object.values(tags).every((tag) => typeof tag === 'string')))
    return 'has tags that are no map of texts'
  if (isSet(name) && !(isFields(name) && typeof name.defaultValue === 'string'))
    return 'has a name without defaultValue'
  if (isSet(unit) && !(isFields(unit) && typeof unit.unitId === 'string')) return 'has a unit without unitId'
  if (isFields(unit) && isSet(unit.multiplier) && !multipliers.includes(unit.multiplier as string))
    return `has the unknown multiplier ${String(unit.multiplier)}`
  return undefined
}

const isSet = (value: unknown) => value !== undefined && value !== null

function parametersOf(list: unknown): Record<string, ValueType> | undefined | string {
  if (!isSet(list)) return undefined
  return Array.isArray(list) ? membersOf(list) : 'has parameters that are no list'
}

/** `dataDefinition` is JSON text or an object: {enumDesc}, {maxLength}, {items}, {itemType}. */
function valueTypeOf(definition: Fields): ValueType | string {
  const dataType = dataTypeOf(definition.dataType)
  if (!dataType) return `has no known dataType (${String(definition.dataType)})`
  const details = detailsOf(definition.dataDefinition)
  if (!details) return 'has a dataDefinition that is not JSON'
  const type: ValueType = { dataType }
  if (dataType === 'ENUM' && isSet(details.enumType) && details.enumType !== 'INT' && details.enumType !== 'STRING')
    return `has the enumType ${String(details.enumType)}`
  if (dataType === 'ENUM' && isSet(details.enumDesc) && !isFields(details.enumDesc))
    return 'has an enumDesc that is no map'
  if (dataType === 'BOOL' && isSet(details.boolDesc) && !isFields(details.boolDesc))
    return 'has a boolDesc that is no map'
  if (dataType === 'ENUM' && isFields(details.enumDesc)) {
    type.allowed = Object.keys(details.enumDesc).map((text) => (details.enumType === 'STRING' ? text : Number(text)))
  }
  if (dataType === 'STRING' && typeof details.maxLength === 'number') type.maxLength = details.maxLength
  if (dataType === 'STRUCT' && isSet(details.items) && !Array.isArray(details.items))
    return 'has items that are no list'
  if (dataType === 'STRUCT' && Array.isArray(details.items)) {
    const members = membersOf(details.items)
    if (typeof members === 'string') return members
    type.members = members
  }
  const itemType = dataTypeOf(details.itemType)
  if (dataType === 'ARRAY' && isSet(details.itemType) && !itemType) return 'has an unknown itemType'
  if (dataType === 'ARRAY' && itemType) type.itemType = { dataType: itemType }
  return type
}

function detailsOf(dataDefinition: unknown): Fields | undefined {
  if (isFields(dataDefinition)) return dataDefinition
  if (typeof dataDefinition !== 'string' || dataDefinition === '') return {}
  try {
    const details: unknown = readJson(dataDefinition)
    return isFields(details) ? details : {}
  } catch {
    return undefined
  }
}

function membersOf(items: unknown[]): Record<string, ValueType> | string {
  const members: Record<string, ValueType> = {}
  for (const item of items) {
    if (!isFields(item) || typeof item.identifier !== 'string') return 'has a member without an identifier'
    const type = commonProblem(item) ?? valueTypeOf(item)
    if (typeof type === 'string') return `member ${item.identifier} ${type}`
    members[item.identifier] = type
  }
  return members
}

/** A model as the model API answers it. */
export function modelInApiDialect(model: ThingModel): Fields {
  const definitions = (features: Record<string, Feature>): Fields =>
    Object.fromEntries(Object.values(features).map((feature) => [feature.identifier, feature.definition]))
  return {
    modelId: model.modelId,
    modelIdPath: `/${model.modelId}`,
    orgId: model.orgId,
    name: model.name,
    desc: model.desc,
    category: model.category,
    tags: model.tags,
    attributes: definitions(model.attributes),
    measurepoints: definitions(model.measurepoints),
    services: definitions(model.services),
    events: definitions(model.events),
  }
}
