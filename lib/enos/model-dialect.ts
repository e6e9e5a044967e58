import { isJsonObject, type Json, type JsonObject, parseJson } from '../http'

/** Java's type names that are not the API's in capitals. */
const dataTypes: Record<string, string> = { Text: 'STRING' }

/**
 * A model in the console's export dialect, turned into the body of the documented update API.
 * What the API does not know (`createTime`, `priority`, `accessMode` …) is left out. Source: enos.md sections 3.2 to 3.4.
 */
export function toUpdateBody(model: JsonObject): JsonObject {
  if (typeof model.thingModelId !== 'string') {
    const { modelId, name, desc, category, tags, attributes, measurepoints, services, events } = model
    return defined({ modelId, name, desc, category, tags, attributes, measurepoints, services, events })
  }
  return defined({
    modelId: model.thingModelId,
    name: model.thingModelName,
    desc: model.thingModelDesc,
    category: model.thingModelCatagory,
    tags: tagMap(model.tag),
    attributes: features(model.thingAttributeMap, (feature) => ({
      isRequired: feature.required,
      defaultValue: feature.defaultValue,
    })),
    measurepoints: features(model.thingMeasurepointMap, ({ hasQuality, signalType }) => ({ hasQuality, signalType })),
    services: features(model.thingServiceMap, ({ inputData, outputData, callType }) => ({
      inputData: members(inputData),
      outputData: members(outputData),
      callType,
    })),
    events: features(model.thingEventMap, ({ outputData, eventType }) => ({
      outputData: members(outputData),
      eventType,
    })),
  })
}

function features(
  map: Json | undefined,
  more: (feature: JsonObject) => { [name: string]: Json | undefined },
): JsonObject | undefined {
  if (!isJsonObject(map)) return undefined
  return Object.fromEntries(
    Object.entries(map)
      .filter((pair): pair is [string, JsonObject] => isJsonObject(pair[1]))
      .map(([identifier, feature]) => [identifier, apiFeature(identifier, feature, more(feature))]),
  )
}

/** The parameters of a service or an event. */
function members(list: Json | undefined): Json[] | undefined {
  if (!Array.isArray(list)) return undefined
  return list.filter(isJsonObject).map((member) => apiFeature(String(member.identifier), member, {}))
}

function apiFeature(identifier: string, feature: JsonObject, more: { [name: string]: Json | undefined }): JsonObject {
  const dataType = dataTypeOf(feature.$class)
  return defined({
    identifier,
    name: feature.name,
    desc: feature.desc,
    i18nDesc: feature.i18nDesc,
    tags: tagMap(feature.tags),
    dataType,
    dataDefinition: dataType && (dataDefinition(dataType, feature) ?? null),
    unit: feature.unit,
    ...more,
  })
}

/** `…measurepoint.TSLDoubleMeasurepoint` → `DOUBLE`. */
function dataTypeOf(javaClass: Json | undefined): string | undefined {
  const name = typeof javaClass === 'string' ? /TSL(\w+?)(?:Attribute|Measurepoint)?$/.exec(javaClass)?.[1] : undefined
  return name && (dataTypes[name] ?? name.toUpperCase())
}

function dataDefinition(dataType: string, feature: JsonObject): string | undefined {
  switch (dataType) {
    case 'STRING':
      return JSON.stringify({ maxLength: feature.maxLength })
    case 'BOOL':
      return JSON.stringify({
        boolDesc: { true: feature.trueDesc, false: feature.falseDesc },
        defaultValue: feature.defaultValue,
      })
    case 'ENUM':
      return JSON.stringify({ ...enumeration(feature.specsMap), defaultValue: feature.defaultValue })
    case 'STRUCT':
      return JSON.stringify({ items: isJsonObject(feature.struct) ? Object.values(feature.struct) : [] })
    case 'ARRAY':
      return JSON.stringify({ itemType: feature.innerType })
    default:
      return undefined
  }
}

/** Names are JSON text in the export; numbers as values make an INT enumeration. */
function enumeration(specsMap: Json | undefined): JsonObject {
  const specs = isJsonObject(specsMap) ? Object.entries(specsMap) : []
  const enumDesc = specs.map(([value, name]) => [value, typeof name === 'string' ? (parseJson(name) ?? name) : name])
  const isNumeric = specs.every(([value]) => /^-?\d+$/.test(value))
  return { enumDesc: Object.fromEntries(enumDesc), enumType: isNumeric ? 'INT' : 'STRING' }
}

function tagMap(tags: Json | undefined): Json | undefined {
  return isJsonObject(tags) && isJsonObject(tags.tagMap) ? tags.tagMap : tags
}

function defined(object: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
