import { type Fields, isFields } from '../checked-input'
import { featureOf } from './api-dialect'
import { dataTypeOf, type FeatureKind, type FeatureMap, type ThingModel } from './thing-model'

const maps: Record<FeatureKind, string> = {
  attributes: 'thingAttributeMap',
  measurepoints: 'thingMeasurepointMap',
  services: 'thingServiceMap',
  events: 'thingEventMap',
}

/** A model that cannot be read; the text says why. */
export class ModelProblem extends Error {}

/** Reads a model in the console's export dialect (docs/protocol/enos.md §5.3). Throws `ModelProblem`. */
export function modelOfFile(file: unknown, orgId: string): ThingModel {
  if (!isFields(file)) throw new ModelProblem('the file does not hold a thing model')
  const { thingModelId } = file
  if (typeof thingModelId !== 'string' || !/^[\w.-]{1,128}$/.test(thingModelId)) {
    throw new ModelProblem('thingModelId must be 1 to 128 letters, digits, - _ .')
  }
  if (!Object.values(maps).some((name) => isFields(file[name]))) {
    throw new ModelProblem(`model ${thingModelId} has none of ${Object.values(maps).join(', ')}`)
  }
  const name = isFields(file.thingModelName) ? file.thingModelName : {}
  return {
    modelId: thingModelId,
    orgId,
    source: 'import',
    name: {
      defaultValue: typeof name.defaultValue === 'string' ? name.defaultValue : thingModelId,
      i18nValue: isFields(name.i18nValue) ? name.i18nValue : {},
    },
    desc: typeof file.thingModelDesc === 'string' ? file.thingModelDesc : '',
    category: typeof file.thingModelCatagory === 'string' ? file.thingModelCatagory : '',
    tags: tagsOf(file.tag),
    attributes: featuresOf(file, 'attributes'),
    measurepoints: featuresOf(file, 'measurepoints'),
    services: featuresOf(file, 'services'),
    events: featuresOf(file, 'events'),
    allowAdditionalAttribute: file.allowAdditionalAttribute === true,
    allowAdditionalMeasurepoint: file.allowAdditionalMeasurepoint === true,
    allowAdditionalEvent: false,
  }
}

function featuresOf(file: Fields, kind: FeatureKind): FeatureMap {
  const map = file[maps[kind]] ?? {}
  if (!isFields(map)) throw new ModelProblem(`${maps[kind]} must be an object`)
  const entries = Object.entries(map).map(([identifier, entry]) => {
    const feature = isFields(entry) ? featureOf(kind, identifier, definitionOf(entry)) : 'must be an object'
    if (typeof feature === 'string') throw new ModelProblem(`${maps[kind]}.${identifier} ${feature}`)
    return [identifier, feature] as const
  })
  return Object.fromEntries(entries)
}

/** A feature or parameter of the file in the dialect of the model API. Its type is in the name of its Java class. */
function definitionOf(entry: Fields): Fields {
  const dataType = typeOf(entry.$class)
  const eventType = entry.type ?? entry.eventType
  const isCallable =
    entry.$class === undefined &&
    (Array.isArray(entry.inputData) || Array.isArray(entry.outputData) || eventType !== undefined)
  return {
    identifier: entry.identifier,
    name: entry.name,
    desc: entry.desc ?? '',
    tags: tagsOf(entry.tags),
    ...(!isCallable && {
      dataType: dataType ?? entry.$class,
      dataDefinition: dataDefinitionOf(dataType, entry),
      unit: entry.unit ?? null,
      isRequired: entry.required === true,
      defaultValue: entry.defaultValue ?? null,
      hasQuality: entry.hasQuality === true,
      // Exports hold UNKNOWN, which the model API does not know.
      ...(entry.signalType !== undefined && entry.signalType !== 'UNKNOWN' && { signalType: entry.signalType }),
    }),
    ...(Array.isArray(entry.inputData) && { inputData: entry.inputData.filter(isFields).map(definitionOf) }),
    ...(Array.isArray(entry.outputData) && { outputData: entry.outputData.filter(isFields).map(definitionOf) }),
    ...(entry.callType !== undefined && { callType: entry.callType }),
    ...(isCallable && eventType !== undefined && { eventType }),
  }
}

/** `com...TSLDoubleMeasurepoint` to DOUBLE. */
function typeOf(javaClass: unknown): string | undefined {
  const name = /\bTSL([A-Za-z]+?)(?:Attribute|Measurepoint)?$/.exec(String(javaClass))?.[1]
  return name && dataTypeOf(name)
}

function dataDefinitionOf(dataType: string | undefined, entry: Fields): string | null {
  if (dataType === 'STRING' && typeof entry.maxLength === 'number')
    return JSON.stringify({ maxLength: entry.maxLength })
  if (dataType === 'ARRAY') return JSON.stringify({ itemType: innerTypeOf(entry.innerType) })
  if (dataType === 'STRUCT' && (isFields(entry.struct) || Array.isArray(entry.struct))) {
    return JSON.stringify({ items: Object.values(entry.struct).filter(isFields).map(definitionOf) })
  }
  if (dataType === 'BOOL') return JSON.stringify({ boolDesc: { true: entry.trueDesc, false: entry.falseDesc } })
  if (dataType !== 'ENUM' || !isFields(entry.specsMap)) return null
  const isInt = Object.keys(entry.specsMap).every((value) => /^-?\d+$/.test(value))
  // In real exports valueType is true where the values are whole numbers, and false for texts such as "1001".
  const isIntType = typeof entry.valueType === 'boolean' ? entry.valueType : isInt
  return JSON.stringify({ enumDesc: entry.specsMap, enumType: isIntType ? 'INT' : 'STRING' })
}

function innerTypeOf(innerType: unknown): string | undefined {
  return isFields(innerType) ? typeOf(innerType.$class) : dataTypeOf(innerType)
}

function tagsOf(tag: unknown): Fields {
  const map = isFields(tag) && isFields(tag.tagMap) ? tag.tagMap : {}
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]))
}
