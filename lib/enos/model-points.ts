import { ConnectorError, isJsonObject, type Json, type JsonObject } from '../http'
import { toUpdateBody } from './model-dialect'
import type { ThingModelFile } from './model-file'

/** A measurement point as a person chooses it from a list. */
export interface ModelPoint {
  id: string
  /** What the console shows for it; the identifier where it has no name. */
  name: string
  /** `DOUBLE`, `BOOL` …; empty where the model does not say. */
  type: string
  /** `°C`, `kW`; empty for none. */
  unit: string
}

/**
 * The measurement points of a model in either dialect, in its order. Source: enos.md sections 3.1 to 3.4.
 * @throws ConnectorError `FILE_NOT_A_MODEL` for an .xlsx file, which is sent on but never read
 */
export function modelPoints(file: ThingModelFile): ModelPoint[] {
  if (file.kind === 'excel') {
    throw new ConnectorError(
      'FILE_NOT_A_MODEL',
      `The points of ${file.fileName} cannot be read, because it is an .xlsx file. Export the model as JSON from the EnOS console.`,
    )
  }
  return measurepointsOf(file.model)
}

/** The measurement points of a parsed model in either dialect. */
export function measurepointsOf(model: JsonObject): ModelPoint[] {
  const { measurepoints } = toUpdateBody(model)
  if (!isJsonObject(measurepoints)) return []
  return Object.entries(measurepoints)
    .filter((pair): pair is [string, JsonObject] => isJsonObject(pair[1]))
    .map(([id, { name, dataType, unit }]) => ({
      id,
      name: nameOf(name) || id,
      type: typeof dataType === 'string' ? dataType : '',
      unit: unitOf(unit),
    }))
}

/** Whether a measurement point of this type holds a number. */
export function isNumberType(type: string): boolean {
  return ['INT', 'FLOAT', 'DOUBLE', 'LONG'].includes(type)
}

function nameOf(name: Json | undefined): string {
  const text = isJsonObject(name) ? name.defaultValue : name
  return typeof text === 'string' ? text : ''
}

/** SI prefixes by the model's names for them; the rare ones stay words. */
const prefixes: Readonly<Record<string, string>> = {
  ONE: '',
  GIGA: 'G',
  MEGA: 'M',
  KILO: 'k',
  HECTO: 'h',
  DECI: 'd',
  CENTI: 'c',
  MILLI: 'm',
  MICRO: 'µ',
  NANO: 'n',
}

function unitOf(unit: Json | undefined): string {
  if (!isJsonObject(unit) || typeof unit.unitId !== 'string') return ''
  const multiplier = typeof unit.multiplier === 'string' ? unit.multiplier : 'ONE'
  return (prefixes[multiplier] ?? `${multiplier.toLowerCase()} `) + unit.unitId
}
