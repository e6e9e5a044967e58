import { isJsonObject, type Json, type JsonObject, say } from '../core'
import {
  areWhole,
  ConversionNotes,
  dataTypeOf,
  deepestStruct,
  defined,
  Fields,
  nameFromText,
  unsetFields,
  type ValueKind,
} from './model-terms'

/** A model in the other dialect, with what the conversion has to tell. */
export interface ConvertedModel extends Pick<ConversionNotes, 'unexpressed' | 'faults'> {
  model: JsonObject
}

const eventTypes = ['INFO', 'WARN', 'ERROR']
const unsetOfModel = {
  allowAdditionalAttribute: false,
  allowAdditionalMeasurepoint: false,
  inheritedAttributeIds: [],
  inheritedMeasurepointIds: [],
  inheritedServiceIds: [],
  inheritedEventIds: [],
}
const unsetOfCall = { required: false, accessMode: true }

/** A model as the console exports it, in the model API's dialect. Source: docs/protocol/enos.md §5.2, §5.3. */
export function toApiDialect(file: JsonObject): ConvertedModel {
  const notes = new ConversionNotes()
  const fields = new Fields(file, '', notes)
  const model = defined({
    modelId: fields.take('thingModelId'),
    orgId: fields.take('ou'),
    name: fields.take('thingModelName'),
    desc: fields.take('thingModelDesc'),
    category: fields.take('thingModelCatagory'),
    tags: tags(fields, 'tag'),
    attributes: features(fields, 'thingAttributeMap', (id, feature) => value('attribute', id, feature)),
    measurepoints: features(fields, 'thingMeasurepointMap', (id, feature) => value('measurepoint', id, feature)),
    services: features(fields, 'thingServiceMap', service),
    events: features(fields, 'thingEventMap', event),
  })
  fields.end(unsetOfModel)
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
    inputData: parameters(feature, 'inputData'),
    outputData: parameters(feature, 'outputData'),
    callType: feature.take('callType'),
  }
  feature.end(unsetOfCall)
  return defined(converted)
}

function event(id: string, feature: Fields): JsonObject {
  const converted = {
    ...description(id, feature),
    outputData: parameters(feature, 'outputData'),
    eventType: eventType(feature),
  }
  feature.end(unsetOfCall)
  return defined(converted)
}

/** The files call it `type`; one that says `eventType`, as the API does, is understood too. */
function eventType(feature: Fields): Json | undefined {
  const names = [feature.take('type'), feature.take('eventType')].filter((name) => name !== undefined)
  const known = names.map((name) => eventTypes.find((type) => type === String(name).toUpperCase()))
  if (known.every((type) => type !== undefined && type === known[0])) return known[0]
  const shown = names.map((name) => String(name).slice(0, 40)).join(', ')
  feature.fault(say`${feature.path} has the event type "${shown}"; EnOS knows INFO, WARN and ERROR.`)
  return undefined
}

function parameters(feature: Fields, name: string): JsonObject[] | undefined {
  return feature.takeList(name)?.map((parameter) => member(parameter, 0))
}

/** A parameter, or the member of a struct: in a list, and named by its own identifier. */
function member(fields: Fields, depth: number): JsonObject {
  return value('datapoint', undefined, fields, depth)
}

function value(kind: ValueKind, id: string | undefined, fields: Fields, depth = 0): JsonObject {
  const javaClass = fields.take('$class')
  const dataType = dataTypeOf(javaClass)
  if (!dataType) fields.fault(say`${fields.path} has a type that EnOS does not document (${shown(javaClass)}).`)
  const isPoint = kind === 'measurepoint'
  const defaultValue = fields.take('defaultValue')
  const converted = {
    ...description(id, fields),
    dataType,
    dataDefinition: dataType && (dataDefinition(dataType, fields, defaultValue, depth) ?? null),
    unit: fields.take('unit'),
    ...(kind === 'attribute' && { isRequired: fields.take('required'), defaultValue }),
    ...(isPoint && { hasQuality: fields.take('hasQuality'), signalType: signalType(fields) }),
  }
  const hasPlace = kind === 'attribute' || dataType === 'BOOL' || dataType === 'ENUM'
  if (defaultValue !== undefined && !hasPlace) fields.lose('defaultValue')
  fields.end(unsetFields(dataType ?? ''))
  return defined(converted)
}

/** UNKNOWN, which many exports hold, is not one of the API's signal types, and carries no information. */
function signalType(fields: Fields): Json | undefined {
  const type = fields.take('signalType')
  return type === 'UNKNOWN' ? undefined : type
}

/** What every feature and parameter has. */
function description(id: string | undefined, fields: Fields): { [name: string]: Json | undefined } {
  const identifier = fields.take('identifier')
  if (id === undefined ? typeof identifier !== 'string' : identifier !== undefined && identifier !== id) {
    fields.fault(say`${fields.path} has the identifier ${shown(identifier)}.`)
  }
  const stdElementId = fields.take('stdElementId')
  return {
    identifier: id ?? identifier,
    name: fields.take('name'),
    desc: fields.take('desc'),
    i18nDesc: fields.take('i18nDesc'),
    tags: tags(fields, 'tags'),
    ...(stdElementId !== undefined && { isStdElement: true, stdElementId }),
  }
}

/** The API knows tags as texts only; the console writes `true` for some. */
function tags(fields: Fields, name: string): JsonObject | undefined {
  const holder = fields.takeObject(name)
  const map = holder?.takeObject('tagMap')
  holder?.end()
  return map && textsOf(map)
}

function textsOf(map: Fields): JsonObject {
  return Object.fromEntries(
    map.names().map((name) => {
      const tag = map.take(name)
      return [name, isJsonObject(tag) || Array.isArray(tag) ? JSON.stringify(tag) : String(tag)]
    }),
  )
}

/** The JSON text that says more about a type; `undefined` where there is no more to say. */
function dataDefinition(
  dataType: string,
  fields: Fields,
  defaultValue: Json | undefined,
  depth: number,
): string | undefined {
  switch (dataType) {
    case 'STRING':
      return textOf({ maxLength: fields.take('maxLength') })
    case 'BOOL':
      return textOf({ boolDesc: boolDesc(fields), defaultValue })
    case 'ENUM':
      return textOf({ ...enumeration(fields), defaultValue })
    case 'STRUCT':
      return textOf({ items: members(fields, depth) })
    case 'ARRAY':
      return textOf({ itemType: itemType(fields) })
    default:
      return undefined
  }
}

function textOf(definition: { [name: string]: Json | undefined }): string | undefined {
  const said = defined(definition)
  return Object.keys(said).length > 0 ? JSON.stringify(said) : undefined
}

function boolDesc(fields: Fields): JsonObject | undefined {
  const [yes, no] = [fields.take('trueDesc'), fields.take('falseDesc')]
  if (yes === undefined && no === undefined) return undefined
  return defined({ true: yes && nameFromText(yes), false: no && nameFromText(no) })
}

/** `valueType` says whether the values are whole numbers: an enumeration of texts may well hold "1" and "2". */
function enumeration(fields: Fields): { [name: string]: Json | undefined } {
  const isInt = fields.take('valueType')
  const specs = fields.takeObject('specsMap')
  const values = specs?.names() ?? []
  const enumDesc = specs && Object.fromEntries(values.map((name) => [name, nameFromText(specs.take(name) ?? null)]))
  return { enumDesc, enumType: (typeof isInt === 'boolean' ? isInt : areWhole(values)) ? 'INT' : 'STRING' }
}

function members(fields: Fields, depth: number): JsonObject[] | undefined {
  if (depth >= deepestStruct) {
    fields.fault(say`${fields.path} nests structs more than ${deepestStruct} deep.`)
    return undefined
  }
  return fields.takeList('struct')?.map((item) => member(item, depth + 1))
}

/** The type of the items: in the files either a datapoint, of which only the class counts, or the name of a type. */
function itemType(fields: Fields): string | undefined {
  const inner = fields.take('innerType')
  const item = isJsonObject(inner) ? new Fields(inner, `${fields.path}.innerType`, fields.notes) : undefined
  const name = item ? item.take('$class') : inner
  const dataType = dataTypeOf(name)
  if (!dataType) fields.fault(say`${fields.path} has items of a type that EnOS does not document (${shown(name)}).`)
  item?.end(unsetFields(dataType ?? ''))
  return dataType
}

function shown(value: Json | undefined): string {
  return String(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 120)
}
