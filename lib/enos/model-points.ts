import { ConnectorError } from '../http'
import { say } from '../text'
import { featuresOf, type ModelFeature } from './catalogue'
import { inApiDialect } from './model-dialect'
import type { ThingModelFile } from './model-file'

/**
 * The measurement points of a model in either dialect, in its order.
 * @throws ConnectorError `FILE_NOT_A_MODEL` for an .xlsx file, which is sent on but never read
 */
export function modelPoints(file: ThingModelFile): ModelFeature[] {
  if (file.kind !== 'excel') return featuresOf(inApiDialect(file), 'measurepoints')
  throw new ConnectorError(
    'FILE_NOT_A_MODEL',
    say`The points of ${file.fileName} cannot be read, because it is an .xlsx file. Export the model as JSON from the EnOS console.`,
  )
}

/** Whether a measurement point of this type holds a number. Source: enos.md section 3.4. */
export function isNumberType(type: string): boolean {
  return ['INT', 'FLOAT', 'DOUBLE'].includes(type)
}
