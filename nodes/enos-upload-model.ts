import { type EnosApplication, readThingModel, type UploadMethod, uploadModel } from '../lib'
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
    const file = await readThingModel(model)
    const onProgress = (percent: number) => progress(`${percent} %`)
    const { statusCode, headers, ...result } = await uploadModel(app, file, { ...upload, signal, onProgress })
    return {
      set: { payload: result, statusCode, headers },
      summary: file.modelId?.slice(0, 20) ?? file.fileName.slice(0, 20),
    }
  },
})
