import fc from 'fast-check'

/** What a message may hold: every kind of value of JavaScript, named as our fields are. */
export function anyPayload(): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    fc.constantFrom('value', 'time', 'quality', 'measurepoints', 'attributes', 'events', 'productKey', 'deviceKey'),
    fc.constantFrom(
      'assetId',
      'gatewayId',
      'sensorId',
      'thingModelId',
      'thingMeasurepointMap',
      'sensors',
      'name',
      'type',
    ),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'length', ''),
    fc.string({ maxLength: 8 }),
  )
  const anything = fc.anything({
    key,
    maxDepth: 3,
    maxKeys: 5,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  const likely = fc.dictionary(key, fc.oneof(anything, fc.double(), fc.string()), { maxKeys: 6 })
  return fc.oneof(anything, json, likely, fc.array(likely, { maxLength: 5 }))
}

const throwing = () => {
  throw new Error('of the test')
}

/** What fails when it is looked at, or has no end. Each is made anew, so that a change of it shows. */
export const biting: readonly [title: string, make: () => unknown][] = [
  ['a list in lists, 20,000 deep', () => nested(20_000, (inner) => [inner])],
  ['an object in objects, 20,000 deep', () => nested(20_000, (inner) => ({ a: inner }))],
  ['values in values, 20,000 deep', () => nested(20_000, (value) => ({ value }))],
  ['an object that contains itself', circular],
  ['a getter that throws', () => Object.defineProperty({}, 'temp', { get: throwing, enumerable: true })],
  ['a toJSON that throws', () => ({ temp: { toJSON: throwing } })],
  ['a toString that throws', () => ({ toString: throwing, valueOf: throwing })],
  ['a proxy that was revoked', revoked],
  ['a proxy that refuses everything', () => new Proxy({}, { ownKeys: throwing, get: throwing, has: throwing })],
  ['an object without a prototype', () => Object.create(null)],
  ['a symbol', () => Symbol('s')],
  ['a function', () => throwing],
  ['a promise', () => Promise.resolve(1)],
  ['a date that is none', () => new Date(Number.NaN)],
  ['a Buffer', () => Buffer.from([0, 255])],
  [
    'a model with prototypes for names',
    () => JSON.parse('{"thingModelId":"x","thingMeasurepointMap":{"__proto__":{"identifier":"a"}}}'),
  ],
  ['names of prototypes', () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')],
  ['a list with holes', () => new Array(2)],
  ['half a surrogate pair', () => '\ud800'],
  ['a path with a zero in it', () => 'a\0b'],
  ['a text of a megabyte', () => 'x'.repeat(1_000_000)],
  ['a frozen list', () => Object.freeze([Object.freeze({ temp: 1 })])],
]

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = wrap(value)
  return value
}

function circular(): unknown {
  const value: Record<string, unknown> = { a: 1 }
  value.self = value
  return value
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
