import { util } from '@node-red/util'
import type { Node, NodeAPI } from 'node-red'
import should from 'should'
import { Expressions } from '../../lib/runtime/expressions'

describe('The JSONata expressions of a node', () => {
  it('are parsed once, and give each of several messages at once its own result', async () => {
    let parsed = 0
    const counting: typeof util = {
      ...util,
      prepareJSONataExpression: (text, node) => {
        parsed++
        return util.prepareJSONataExpression(text, node)
      },
    }
    const expressions = new Expressions({ util: counting } as NodeAPI, {} as Node)
    const result = (text: string, payload: number) =>
      new Promise((resolve, reject) =>
        expressions.evaluate(text, { _msgid: '', payload }, (failure, value) =>
          failure ? reject(failure) : resolve(value),
        ),
      )
    const results = await Promise.all([1, 2, 3].map((payload) => result('payload * 2', payload)))
    should(results).deepEqual([2, 4, 6])
    should(await result('payload + 1', 1)).equal(2)
    should(parsed).equal(2)
  })
})
