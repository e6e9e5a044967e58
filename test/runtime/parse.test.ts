import should from 'should'
import { asListOf } from '../../lib/runtime'

describe('A list of objects', () => {
  it('holds nothing else, and has no gaps', () => {
    const devices = [{ name: 'a' }, { name: 'b' }]
    should(asListOf(devices, 'msg.devices')).deepEqual(devices)
    for (const wrong of [[1], [null], new Array(2), {}, 'text'])
      should(() => asListOf(wrong, 'msg.devices')).throw({ code: 'INPUT_INVALID', message: /not a list of objects/ })
  })
})
