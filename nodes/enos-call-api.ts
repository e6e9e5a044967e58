import { callAllPages, type EnosApplication, say } from '../lib'
import { asIs, asOneOf, asQuery, asRequiredText, configured, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-call-api', {
  settings: {
    app: configured<EnosApplication>('enos-app'),
    method: input({ type: 'str', value: 'GET', override: 'method', parse: asOneOf('GET', 'POST', 'PUT', 'DELETE') }),
    path: input({ type: 'str', value: '', override: 'path', parse: asRequiredText }),
    query: input({ type: 'json', value: '{}', override: 'query', parse: asQuery }),
    body: input({ type: 'msg', value: 'payload', override: 'body', parse: asIs }),
    allPages: fixed(false),
  },
  run: async ({ app, allPages, ...call }, { signal, progress }) => {
    const result = allPages
      ? await callAllPages(app, { ...call, signal }, (items) => progress(say`${items} items`))
      : await app.call({ ...call, signal })
    const { data, statusCode, headers, envelope, partial } = result
    return { set: { payload: data, statusCode, headers, response: envelope }, partial }
  },
})
