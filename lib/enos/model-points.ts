import { ConnectorError, isJsonObject, type JsonObject, say } from '../core'
import { featuresOf, type ModelFeature } from './catalogue'
import { inApiDialect } from './model-dialect'
import type { ThingModelFile } from './model-file'

/**
 * The measurement points of a model in either dialect, in its order.
 * @throws ConnectorError `FILE_NOT_A_MODEL` for an .xlsx file, which is sent on but never read
 */
export function modelPoints(file: ThingModelFile): ModelFeature[] {
  if (file.kind !== 'excel') {
    const points = featuresOf(inApiDialect(file), 'measurepoints')
    return points.map((point) => ({ ...point, ...rangeIn(file.model, point.id) }))
  }
  throw new ConnectorError(
    'FILE_NOT_A_MODEL',
    say`The points of ${file.fileName} cannot be read, because it is an .xlsx file. Export the model as JSON from the EnOS console.`,
  )
}

/** The range of a point in the dialect of files, which the other does not have. From 0 to 0 means that it was never set. */
function rangeIn({ thingMeasurepointMap }: JsonObject, id: string): { minimum?: number; maximum?: number } {
  const point = isJsonObject(thingMeasurepointMap) ? thingMeasurepointMap[id] : undefined
  if (!isJsonObject(point)) return {}
  const { minimum, maximum } = point
  if (minimum === 0 && maximum === 0) return {}
  return {
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
  }
}
