import {
  type EnosApplication,
  type ModelUploadResult,
  readThingModel,
  say,
  type UploadMethod,
  uploadModel,
  uploadModels,
} from '../lib'
import { asIs, configured, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-upload-model', {
  settings: {
    app: configured<EnosApplication>('enos-app'),
    model: input({ type: 'msg', value: 'payload', parse: asIs }),
    method: fixed<UploadMethod>('by-file'),
    patch: fixed(true),
    authorisation: fixed<'signed' | 'bearer'>('signed'),
  },
  run: async ({ app, model, ...upload }, { signal, progress }) => {
    const source = await readThingModel(model)
    const options = { ...upload, signal, onProgress: (percent: number) => progress(`${percent} %`) }
    if (source.kind === 'batch') {
      const results = await uploadModels(app, source, options)
      const { statusCode, headers } = results.at(-1) ?? {}
      const models = results.map((result) => withoutHttp(result))
      return { set: { payload: { models }, statusCode, headers }, summary: say`${models.length} models` }
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
