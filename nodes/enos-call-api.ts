import { callAllPages, type EnosApplication, say } from '../lib'
import { asIs, asQuery, asRequiredText, configured, fixed, flowNode, input, wordInput } from '../lib/runtime'
import { settings } from './settings/enos-call-api'

const { fields } = settings

export = flowNode('enos-call-api', {
  settings: {
    app: configured<EnosApplication>(fields.app),
    method: wordInput(fields.method),
    path: input(fields.path, asRequiredText),
    query: input(fields.query, asQuery),
    body: input(fields.body, asIs),
    allPages: fixed(fields.allPages),
  },
  run: async ({ app, allPages, ...call }, { signal, progress }) => {
    const result = allPages
      ? await callAllPages(app, { ...call, signal }, (items) =>
          progress(items === 1 ? say`1 item` : say`${items} items`),
        )
      : await app.call({ ...call, signal })
    const { data, statusCode, headers, envelope, partial } = result
    return { set: { payload: data, statusCode, headers, response: envelope }, partial }
  },
})
