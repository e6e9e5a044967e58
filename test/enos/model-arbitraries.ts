import fc from 'fast-check'

/**
 * Models of all shapes that the documents know, in both dialects. Written from the documents and from what real exports
 * hold, not from the conversion: fields that nobody set stand in the files with the values that the console gives them.
 */

const identifiers = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,11}$/)
const words = fc.string({ maxLength: 12 }).filter((word) => !word.startsWith('{'))
const names = fc.record({
  defaultValue: words.filter((word) => word !== ''),
  i18nValue: fc.dictionary(fc.constantFrom('en_US', 'zh_CN'), words, { maxKeys: 2, noNullPrototype: true }),
})
const tagMaps = fc.dictionary(identifiers, words, { maxKeys: 2, noNullPrototype: true })
const units = fc.record({
  unitId: fc.constantFrom('°C', 'kWh', '%'),
  multiplier: fc.constantFrom('ONE', 'KILO', 'MILLI'),
})
const texts = fc.oneof(words, names)

interface Kind {
  name: 'attribute' | 'measurepoint' | 'datapoint'
  suffix: string
}
const attribute: Kind = { name: 'attribute', suffix: 'Attribute' }
const measurepoint: Kind = { name: 'measurepoint', suffix: 'Measurepoint' }
const datapoint: Kind = { name: 'datapoint', suffix: '' }

const classOf = (type: string, { name, suffix }: Kind) =>
  `com.envisioniot.enos.model_service.share.data.tsl.${name}.TSL${type}${suffix}`

type Part = fc.Arbitrary<Record<string, unknown>>
const maybe = (part: Record<string, fc.Arbitrary<unknown>>): Part => fc.record(part, { requiredKeys: [] })
const always = (part: Record<string, fc.Arbitrary<unknown>>): Part => fc.record(part)
const merged = (...parts: Part[]): Part =>
  fc.tuple(...parts).map((objects) => Object.assign({}, ...objects) as Record<string, unknown>)

/** As a map with the identifier as key and in it. */
const keyed = (values: Part) =>
  fc
    .dictionary(identifiers, values, { maxKeys: 3, noNullPrototype: true })
    .map((map) =>
      Object.fromEntries(Object.entries(map).map(([identifier, value]) => [identifier, { identifier, ...value }])),
    )
const listed = (values: Part) => keyed(values).map((map) => Object.values(map))

// The console's files

const commonOfFile = merged(
  always({ tags: tagMaps.map((tagMap) => ({ tagMap })), required: fc.constant(false) }),
  maybe({
    name: names,
    desc: words,
    i18nDesc: names,
    stdElementId: fc.constant('urn:enos:modelelement:std:x:1.0'),
    createTime: fc.constant('1583058298703'),
    priority: fc.nat(90),
  }),
)

const rangeOf = (least: unknown, most: unknown, values: fc.Arbitrary<unknown>): Part =>
  merged(
    always({
      minimum: fc.oneof(fc.constant(least), values),
      maximum: fc.oneof(fc.constant(most), values),
      exclusiveMinimum: fc.boolean(),
      exclusiveMaximum: fc.boolean(),
    }),
    maybe({ unit: units }),
  )

const enumOfFile = fc.boolean().chain((valueType) =>
  always({
    specsMap: fc.dictionary(
      valueType ? fc.nat(200).map(String) : fc.oneof(identifiers, fc.nat(200).map(String)),
      fc.oneof(
        names.map((name) => JSON.stringify(name)),
        words,
      ),
      { maxKeys: 4, noNullPrototype: true },
    ),
    valueType: fc.constant(valueType),
  }),
)

/** What the type adds, and values that its default may have. */
const simpleTypesOfFile: Record<string, [part: Part, defaults: fc.Arbitrary<unknown>]> = {
  Int: [rangeOf(-2147483648, 2147483647, fc.integer()), fc.integer()],
  Float: [rangeOf(-3.4028235e38, 3.4028235e38, fc.integer()), fc.integer()],
  Double: [rangeOf(-1.7976931348623157e308, 1.7976931348623157e308, fc.integer()), fc.integer()],
  Timestamp: [rangeOf('0', '9223372036854775807', fc.constant('5')), fc.constant('1700000000000')],
  Text: [merged(always({ maxLength: fc.nat(4000) }), maybe({ minLength: fc.nat(3) })), words],
  Bool: [maybe({ trueDesc: words, falseDesc: words }), fc.boolean()],
  Enum: [enumOfFile, fc.nat(3)],
  Date: [always({}), fc.constant('2026-01-01 00:00:00')],
  File: [always({}), fc.constant('x')],
}

function valueOfFile(kind: Kind, isMember = false): Part {
  const simple = Object.entries(simpleTypesOfFile).map(([type, [part, defaults]]) =>
    merged(part, maybe({ defaultValue: defaults }), always({ $class: fc.constant(classOf(type, kind)) })),
  )
  const arrays = fc.constantFrom('Int', 'Float', 'Double', 'Text').chain((type) =>
    merged(
      always({
        innerType: merged(
          simpleTypesOfFile[type]?.[0] ?? always({}),
          always({ $class: fc.constant(classOf(type, datapoint)) }),
        ),
      }),
      always({ $class: fc.constant(classOf('Array', kind)) }),
    ),
  )
  const structs = () =>
    merged(
      always({ struct: keyed(valueOfFile(datapoint, true)), $class: fc.constant(classOf('Struct', kind)) }),
      maybe({ allowAdditionalItem: fc.boolean(), tslStructType: fc.constant('CUSTOM') }),
    )
  return merged(
    commonOfFile,
    fc.oneof(...simple, arrays, ...(isMember ? [] : [structs()])),
    always({ accessMode: fc.boolean() }),
    ...(kind === attribute ? [always({ required: fc.boolean() })] : []),
    ...(kind === measurepoint
      ? [always({ hasQuality: fc.boolean(), signalType: fc.constantFrom('AI', 'DI', 'PI', 'Generic', 'UNKNOWN') })]
      : []),
  )
}

const parametersOfFile = listed(valueOfFile(datapoint))

/** Models as the console exports them. */
export const fileModels: Part = merged(
  always({
    thingModelId: fc.constant('Pump'),
    ou: fc.constant('o-demo'),
    thingModelName: names,
    thingAttributeMap: keyed(valueOfFile(attribute)),
    thingMeasurepointMap: keyed(valueOfFile(measurepoint)),
    thingServiceMap: keyed(
      merged(
        commonOfFile,
        always({
          inputData: parametersOfFile,
          outputData: parametersOfFile,
          callType: fc.constantFrom('SYNC', 'ASYNC'),
        }),
      ),
    ),
    thingEventMap: keyed(
      merged(commonOfFile, always({ outputData: parametersOfFile, type: fc.constantFrom('INFO', 'WARN', 'ERROR') })),
    ),
    tag: tagMaps.map((tagMap) => ({ tagMap })),
    allowAdditionalAttribute: fc.boolean(),
    allowAdditionalMeasurepoint: fc.constant(false),
    inheritedAttributeIds: fc.constant([]),
  }),
  maybe({
    thingModelDesc: words,
    thingModelCatagory: words,
    parentModelId: fc.constant('Machine'),
    extraInfo: fc.constant({ createBy: 'somebody' }),
  }),
)

// The model API

const commonOfApi = merged(
  always({ tags: tagMaps }),
  maybe({ name: names, desc: words, i18nDesc: names }),
  fc.oneof(
    fc.constant({}),
    fc.constant({ isStdElement: false }),
    fc.constant({ isStdElement: true, stdElementId: 'urn:user:modelelement:std:y:1.0' }),
  ),
)

const definitions: Record<string, Part> = {
  INT: always({}),
  FLOAT: always({}),
  DOUBLE: always({}),
  TIMESTAMP: always({}),
  DATE: always({}),
  FILE: always({}),
  STRING: always({ maxLength: fc.nat(1024) }),
  BOOL: always({ boolDesc: always({ true: texts, false: texts }) }),
  ENUM: fc.constantFrom('INT', 'STRING').chain((enumType) =>
    always({
      enumDesc: fc.dictionary(enumType === 'INT' ? fc.nat(50).map(String) : identifiers, texts, {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      enumType: fc.constant(enumType),
    }),
  ),
  ARRAY: always({ itemType: fc.constantFrom('INT', 'FLOAT', 'DOUBLE', 'STRING') }),
}
const defaultsOfApi: Record<string, fc.Arbitrary<unknown>> = { BOOL: fc.boolean(), ENUM: fc.nat(50) }

function valueOfApi(kind: Kind, isMember = false): Part {
  const types = isMember
    ? definitions
    : { ...definitions, STRUCT: always({ items: listed(valueOfApi(datapoint, true)) }) }
  const typed = Object.entries(types).map(([dataType, definition]) =>
    fc
      .tuple(definition, fc.option(defaultsOfApi[dataType] ?? fc.constant(undefined), { nil: undefined }))
      .map(([details, defaultValue]) => {
        const all = defaultValue === undefined ? details : { ...details, defaultValue }
        return {
          dataType,
          dataDefinition: Object.keys(all).length > 0 ? JSON.stringify(all) : null,
          ...(kind === attribute && defaultValue !== undefined && { defaultValue }),
        }
      }),
  )
  return merged(
    commonOfApi,
    maybe({ unit: units }),
    fc.oneof(...typed),
    ...(kind === attribute ? [always({ isRequired: fc.boolean() })] : []),
    ...(kind === measurepoint
      ? [always({ hasQuality: fc.boolean(), signalType: fc.constantFrom('Generic', 'AI', 'PI', 'DI') })]
      : []),
  )
}

const parametersOfApi = listed(valueOfApi(datapoint))

/** Models as the model API answers and takes them. */
export const apiModels: Part = merged(
  always({
    modelId: fc.constant('Pump'),
    orgId: fc.constant('o-demo'),
    name: names,
    tags: tagMaps,
    attributes: keyed(valueOfApi(attribute)),
    measurepoints: keyed(valueOfApi(measurepoint)),
    services: keyed(
      merged(
        commonOfApi,
        always({ inputData: parametersOfApi, outputData: parametersOfApi, callType: fc.constantFrom('SYNC', 'ASYNC') }),
      ),
    ),
    events: keyed(
      merged(commonOfApi, always({ outputData: parametersOfApi, eventType: fc.constantFrom('INFO', 'WARN', 'ERROR') })),
    ),
  }),
  maybe({ desc: words, category: words, modelIdPath: fc.constant('/Machine/Pump') }),
)
