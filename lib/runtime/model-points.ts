import type { NodeAPI } from 'node-red'
import { ConnectorError, say } from '../core'
import { modelPoints, recogniseThingModel } from '../enos'
import { adminPost } from './admin'

/**
 * `POST edgecourier/model-points`: `{ name, text }` of a thing model's file, which the browser has read; answers
 * `{ modelId, points }`. Nothing is kept. Node-RED takes bodies of up to 5 MB (`apiMaxLength` of its settings).
 */
export function serveModelPoints(RED: NodeAPI): void {
  adminPost(RED, '/model-points', 'enos-post-measurepoint.write', async ({ name, text }) => {
    if (typeof text !== 'string') throw new ConnectorError('INPUT_INVALID', say`The form sent no file.`)
    const fileName = typeof name === 'string' && name ? name : 'the file'
    const file = recogniseThingModel(Buffer.from(text), fileName)
    const points = modelPoints(file)
    if (points.length === 0) {
      throw new ConnectorError('FILE_EMPTY', say`The thing model in ${fileName} has no measurement points.`)
    }
    return { modelId: file.modelId, points }
  })
}
