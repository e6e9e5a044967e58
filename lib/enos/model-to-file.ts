import { isJsonObject, type Json, type JsonObject, parseJson, say } from '../core'
import {
  areWhole,
  ConversionNotes,
  dataTypeOf,
  deepestStruct,
  defined,
  Fields,
  javaClassOf,
  nameAsText,
  unsetFields,
  type ValueKind,
} from './model-terms'
import type { ConvertedModel } from './model-to-api'

/**
 * A model as the model API answers it, in the dialect that the console imports.
 * Source: docs/protocol/enos.md §5.2, §5.3.
 */
export function toFileDialect(api: JsonObject): ConvertedModel {
  const notes = new ConversionNotes()
  const fields = new Fields(api, '', notes)
  const model = defined({
    thingModelId: fields.take('modelId'),
    ou: fields.take('orgId'),
    thingModelName: fields.take('name'),
    thingModelDesc: fields.take('desc'),
    thingModelCatagory: fields.take('category'),
    thingAttributeMap: features(fields, 'attributes', (id, feature) => value('attribute', id, feature)),
    thingMeasurepointMap: features(fields, 'measurepoints', (id, feature) => value('measurepoint', id, feature)),
    thingServiceMap: features(fields, 'services', service),
    thingEventMap: features(fields, 'events', event),
    tag: { tagMap: fields.take('tags') ?? {} },
    allowAdditionalAttribute: false,
    allowAdditionalMeasurepoint: false,
  })
  fields.end()
  return { model, ...notes }
}

function features(
  model: Fields,
  map: string,
  convert: (identifier: string, feature: Fields) => JsonObject,
): JsonObject | undefined {
  const entries = model.takeObject(map)
  return entries && Object.fromEntries([...entries.takeAll()].map(([id, feature]) => [id, convert(id, feature)]))
}

function service(id: string, feature: Fields): JsonObject {
  const converted = {
    ...description(id, feature),
    // The documents' table of services misspells it.
    inputData: parameters(feature, 'inputData') ?? parameters(feature, 'intputData'),
    outputData: parameters(feature, 'outputData'),
    required: false,
    callType: feature.take('callType'),
  }
  feature.end()
  return defined(converted)
}

function event(id: string, feature: Fields): JsonObject {
  const converted = {
    ...description(id, feature),
    outputData: parameters(feature, 'outputData'),
    required: false,
    type: feature.take('eventType'),
  }
  feature.end()
  return defined(converted)
}

function parameters(feature: Fields, name: string): JsonObject[] | undefined {
  return feature.takeList(name)?.map((parameter) => value('datapoint', undefined, parameter))
}

function value(kind: ValueKind, id: string | undefined, fields: Fields, depth = 0): JsonObject {
  const name = fields.take('dataType')
  const dataType = dataTypeOf(name)
  if (!dataType) fields.fault(say`${fields.path} has a type that EnOS does not document (${shown(name)}).`)
  const unset = dataType ? unsetFields(dataType) : {}
  const definition = definitionOf(fields)
  const inDefinition = definition?.take('defaultValue')
  const defaultValue = (kind === 'attribute' ? fields.take('defaultValue') : undefined) ?? inDefinition
  if (inDefinition !== undefined && inDefinition !== defaultValue) definition?.lose('defaultValue')
  const converted = {
    ...unset,
    ...description(id, fields),
    ...(dataType && definition && detail(dataType, definition, depth)),
    defaultValue,
    unit: fields.take('unit'),
    ...(kind === 'attribute' && { required: fields.take('isRequired') ?? false }),
    ...(kind === 'measurepoint' && {
      hasQuality: fields.take('hasQuality') ?? unset.hasQuality,
      signalType: fields.take('signalType'),
    }),
    $class: dataType && javaClassOf(dataType, kind),
  }
  definition?.end()
  fields.end()
  return defined(converted)
}

function description(id: string | undefined, fields: Fields): { [name: string]: Json | undefined } {
  const identifier = fields.take('identifier')
  if (id === undefined ? typeof identifier !== 'string' : identifier !== undefined && identifier !== id) {
    fields.fault(say`${fields.path} has the identifier ${shown(identifier)}.`)
  }
  const [isStdElement, stdElementId] = [fields.take('isStdElement'), fields.take('stdElementId')]
  if (isStdElement !== undefined && isStdElement !== (stdElementId !== undefined)) fields.lose('isStdElement')
  return {
    identifier: id ?? identifier,
    stdElementId,
    name: fields.take('name'),
    desc: fields.take('desc'),
    i18nDesc: fields.take('i18nDesc'),
    tags: { tagMap: fields.take('tags') ?? {} },
  }
}

/** JSON text or, as some clients write it, the object itself. */
function definitionOf(fields: Fields): Fields | undefined {
  const definition = fields.take('dataDefinition')
  if (definition === undefined || definition === '') return undefined
  const details = typeof definition === 'string' ? parseJson(definition) : definition
  if (isJsonObject(details)) return new Fields(details, `${fields.path}.dataDefinition`, fields.notes)
  if (details !== null) fields.fault(say`${fields.path} has a dataDefinition that is not a JSON object.`)
  return undefined
}

function detail(dataType: string, definition: Fields, depth: number): { [name: string]: Json | undefined } {
  switch (dataType) {
    case 'STRING':
      return { maxLength: definition.take('maxLength') }
    case 'BOOL':
      return boolTexts(definition)
    case 'ENUM':
      return enumeration(definition)
    case 'STRUCT':
      return { struct: members(definition, depth) }
    case 'ARRAY':
      return { innerType: innerType(definition) }
    default:
      return {}
  }
}

function boolTexts(definition: Fields): { [name: string]: Json | undefined } {
  const texts = definition.takeObject('boolDesc')
  const [yes, no] = [texts?.take('true'), texts?.take('false')]
  texts?.end()
  return { trueDesc: yes && nameAsText(yes), falseDesc: no && nameAsText(no) }
}

function enumeration(definition: Fields): { [name: string]: Json | undefined } {
  const enumType = definition.take('enumType')
  const texts = definition.takeObject('enumDesc')
  const values = texts?.names() ?? []
  const specsMap = texts && Object.fromEntries(values.map((name) => [name, nameAsText(texts.take(name) ?? null)]))
  return { specsMap, valueType: typeof enumType === 'string' ? enumType === 'INT' : areWhole(values) }
}

function members(definition: Fields, depth: number): JsonObject | undefined {
  if (depth >= deepestStruct) {
    definition.fault(say`${definition.path} nests structs more than ${deepestStruct} deep.`)
    return undefined
  }
  const items = definition.takeList('items')?.map((item) => value('datapoint', undefined, item, depth + 1))
  const struct = items && Object.fromEntries(items.map((item) => [String(item.identifier), item]))
  if (struct && items && Object.keys(struct).length < items.length) {
    definition.fault(say`${definition.path} has two members with the same identifier.`)
  }
  return struct
}

function innerType(definition: Fields): JsonObject | undefined {
  const name = definition.take('itemType')
  const dataType = dataTypeOf(name)
  if (dataType) return { ...unsetFields(dataType), $class: javaClassOf(dataType, 'datapoint') }
  definition.fault(say`${definition.path} has items of a type that EnOS does not document (${shown(name)}).`)
  return undefined
}

function shown(value: Json | undefined): string {
  return String(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 120)
}
