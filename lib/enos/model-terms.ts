import { isJsonObject, type Json, type JsonObject, parseJson, say, type Text } from '../core'

/**
 * What both dialects of a thing model share. Source: docs/protocol/enos.md §5.2, §5.3, §5.4.
 * A feature of either dialect that carries a value; services and events carry parameters instead.
 */
export type ValueKind = 'attribute' | 'measurepoint' | 'datapoint'

/** The model API's data types, with the name in the Java classes of the console's files. */
const javaNames: Readonly<Record<string, string>> = {
  ARRAY: 'Array',
  BOOL: 'Bool',
  DATE: 'Date',
  ENUM: 'Enum',
  INT: 'Int',
  FLOAT: 'Float',
  DOUBLE: 'Double',
  STRUCT: 'Struct',
  STRING: 'Text',
  TIMESTAMP: 'Timestamp',
  FILE: 'File',
}
const dataTypes = new Map(Object.entries(javaNames).map(([dataType, name]) => [name.toUpperCase(), dataType]))

const javaPackage = 'com.envisioniot.enos.model_service.share.data.tsl'
const classSuffixes: Readonly<Record<ValueKind, string>> = {
  attribute: 'Attribute',
  measurepoint: 'Measurepoint',
  datapoint: '',
}

/** `…measurepoint.TSLDoubleMeasurepoint`, `TSLDouble` or `DOUBLE` → `DOUBLE`; `undefined` for what EnOS documents nowhere. */
export function dataTypeOf(name: Json | undefined): string | undefined {
  if (typeof name !== 'string' || name.length > 200) return undefined
  const className = name.slice(name.lastIndexOf('.') + 1)
  const bare = className.startsWith('TSL') ? className.slice('TSL'.length) : className
  const suffix = Object.values(classSuffixes).find((ending) => ending && bare.endsWith(ending)) ?? ''
  const upper = bare.slice(0, bare.length - suffix.length).toUpperCase()
  return dataTypes.get(upper) ?? (Object.hasOwn(javaNames, upper) ? upper : undefined)
}

/** `DOUBLE` → `…measurepoint.TSLDoubleMeasurepoint`; parameters and members are datapoints, which have no suffix. */
export function javaClassOf(dataType: string, kind: ValueKind): string {
  return `${javaPackage}.${kind}.TSL${javaNames[dataType] ?? ''}${classSuffixes[kind]}`
}

const ranges: Readonly<Record<string, readonly [least: Json, most: Json]>> = {
  INT: [-2147483648, 2147483647],
  FLOAT: [-3.4028235e38, 3.4028235e38],
  DOUBLE: [-1.7976931348623157e308, 1.7976931348623157e308],
  TIMESTAMP: ['0', '9223372036854775807'],
}

/**
 * What a file of the console writes into a feature where a field was never set: such fields say nothing, and are in every
 * export. A number that lacked its range might be read as one from 0 to 0.
 */
export function unsetFields(dataType: string): JsonObject {
  const range = ranges[dataType]
  return {
    ...(range && {
      minimum: range[0],
      maximum: range[1],
      exclusiveMinimum: false,
      exclusiveMaximum: false,
      hasQuality: false,
    }),
    ...(dataType === 'STRING' && { minLength: 0 }),
    ...(dataType === 'STRUCT' && { allowAdditionalItem: false }),
    required: false,
    accessMode: true,
  }
}

/** Structs hold no structs, say the documents; each level doubles the backslashes of a definition's JSON text. */
export const deepestStruct = 4

/** What a conversion has to report besides its result. */
export class ConversionNotes {
  /** What the other dialect has no place for, by its path in the source: `thingMeasurepointMap.temp.minimum`. */
  readonly unexpressed: string[] = []
  /** What could not be understood. */
  readonly faults: Text[] = []
}

/** The fields of an object, taken one by one; whatever is left over is noted. */
export class Fields {
  readonly #rest: Map<string, Json>

  constructor(
    source: JsonObject,
    readonly path: string,
    readonly notes: ConversionNotes,
  ) {
    const said = Object.entries(source).filter((pair): pair is [string, Json] => pair[1] !== undefined)
    this.#rest = new Map(said.filter(([, value]) => value !== null))
  }

  /** The field's value; `undefined` where it is lacking or null. */
  take(name: string): Json | undefined {
    const value = this.#rest.get(name)
    this.#rest.delete(name)
    return value
  }

  /** An object's fields; anything else counts as a fault. */
  takeObject(name: string): Fields | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    if (isJsonObject(value)) return new Fields(value, this.#pathTo(name), this.notes)
    this.notes.faults.push(say`${this.#pathTo(name)} is not an object.`)
    return undefined
  }

  /** The names that have not been taken yet, for maps whose names the user chose. */
  names(): string[] {
    return [...this.#rest.keys()]
  }

  /** The objects of a map, in its order; anything else in it counts as a fault. */
  *takeAll(): Iterable<[key: string, fields: Fields]> {
    for (const key of [...this.#rest.keys()]) {
      const fields = this.takeObject(key)
      if (fields) yield [key, fields]
    }
  }

  /** The objects of a list, or of a map, in its order; anything else in it counts as a fault. */
  takeList(name: string): Fields[] | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    const path = this.#pathTo(name)
    if (!Array.isArray(value) && !isJsonObject(value)) {
      this.notes.faults.push(say`${path} is not a list.`)
      return undefined
    }
    const items = new Fields(isJsonObject(value) ? value : Object.fromEntries(value.entries()), path, this.notes)
    return [...items.takeAll()].map(([, fields]) => fields)
  }

  /** Notes what is left, except for values that say nothing. */
  end(unset: JsonObject = {}): void {
    for (const [name, value] of this.#rest) {
      if (!isSame(value, unset[name])) this.notes.unexpressed.push(this.#pathTo(name))
    }
    this.#rest.clear()
  }

  /** That the other dialect has no place for this one, though it was taken. */
  lose(name: string): void {
    this.notes.unexpressed.push(this.#pathTo(name))
  }

  fault(text: Text): void {
    this.notes.faults.push(text)
  }

  #pathTo(name: string): string {
    return this.path ? `${this.path}.${name}` : name
  }
}

function isSame(value: Json, unset: Json | undefined): boolean {
  return value === unset || (Array.isArray(value) && Array.isArray(unset) && value.length === 0 && unset.length === 0)
}

/** A name in several languages, which the files hold as JSON text and the API as an object; a plain text stays as it is. */
export function nameFromText(name: Json): Json {
  const parsed = typeof name === 'string' && name.startsWith('{') ? parseJson(name) : undefined
  return isJsonObject(parsed) ? parsed : name
}

export function nameAsText(name: Json): Json {
  return isJsonObject(name) ? JSON.stringify(name) : name
}

export function defined(object: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** Whether these values of an enumeration are whole numbers. */
export function areWhole(values: readonly string[]): boolean {
  return values.every((value) => value.length < 20 && /^-?\d+$/.test(value))
}
