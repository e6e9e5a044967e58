import { type Fields, isFields } from '../checked-input'
import { readJson } from '../json'
import { dataTypeOf, type Feature, type FeatureKind, type ThingModel, type ValueType } from './thing-model'

/** A feature in the dialect of the model API (fact sheet, 3.3); a text says what is wrong with it. */
export function featureOf(kind: FeatureKind, identifier: string, definition: Fields): Feature | string {
  const carriesValue = kind === 'attributes' || kind === 'measurepoints'
  const type = carriesValue ? valueTypeOf(definition) : ({ dataType: 'STRUCT' } as const)
  if (typeof type === 'string') return type
  if (definition.identifier !== undefined && definition.identifier !== identifier) return 'has another identifier'
  const outputs = Array.isArray(definition.outputData) ? membersOf(definition.outputData) : undefined
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

/** `dataDefinition` is JSON text or an object: {enumDesc}, {maxLength}, {items}, {itemType}. */
function valueTypeOf(definition: Fields): ValueType | string {
  const dataType = dataTypeOf(definition.dataType)
  if (!dataType) return `has no known dataType (${String(definition.dataType)})`
  const details = detailsOf(definition.dataDefinition)
  if (!details) return 'has a dataDefinition that is not JSON'
  const type: ValueType = { dataType }
  if (dataType === 'ENUM' && isFields(details.enumDesc)) {
    type.allowed = Object.keys(details.enumDesc).map((text) => (details.enumType === 'STRING' ? text : Number(text)))
  }
  if (dataType === 'STRING' && typeof details.maxLength === 'number') type.maxLength = details.maxLength
  if (dataType === 'STRUCT' && Array.isArray(details.items)) {
    const members = membersOf(details.items)
    if (typeof members === 'string') return members
    type.members = members
  }
  const itemType = dataTypeOf(details.itemType)
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
    const type = valueTypeOf(item)
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
