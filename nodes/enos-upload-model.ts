import { type EnosApplication, type ModelUploadResult, readThingModel, say, uploadModel, uploadModels } from '../lib'
import { asIs, configured, fixed, flowNode, input } from '../lib/runtime'
import { settings } from './settings/enos-upload-model'

const { fields } = settings

export = flowNode('enos-upload-model', {
  settings: {
    app: configured<EnosApplication>(fields.app),
    model: input(fields.model, asIs),
    method: fixed(fields.method),
    patch: fixed(fields.patch),
    authorisation: fixed(fields.authorisation),
  },
  run: async ({ app, model, ...upload }, { signal, progress }) => {
    const source = await readThingModel(model)
    const options = { ...upload, signal, onProgress: (percent: number) => progress(`${percent} %`) }
    if (source.kind === 'batch') {
      const results = await uploadModels(app, source, options)
      const { statusCode, headers } = results.at(-1) ?? {}
      const models = results.map((result) => withoutHttp(result))
      return {
        set: { payload: { models }, statusCode, headers },
        summary: models.length === 1 ? say`1 model` : say`${models.length} models`,
      }
    }
    const result = await uploadModel(app, source, options)
    const { statusCode, headers } = result
    return {
      set: { payload: withoutHttp(result), statusCode, headers },
      summary: (result.modelId ?? result.fileName).slice(0, 20),
    }
  },
})

function withoutHttp({ statusCode, headers, ...result }: ModelUploadResult): object {
  return result
}
