import should from 'should'
import { callAllPages, EnosApplication } from '../../lib/enos'
import { startServer } from '../http/server'
import { FieldNode } from './field-node'

describe('A call that EnOS accepts, and of which it does a part', () => {
  let node: FieldNode
  afterEach(() => node.close())

  it('goes on with the answer, in yellow, and a Catch node hears how much was not done', async () => {
    node = await FieldNode.open()
    await node.start('enos-call-api', {
      method: 'POST',
      path: '/connect-service/v2.0/devices?action=batchCreate',
    })
    const device = { productKey: 'pK11111', timezone: '+09:00', deviceName: { defaultValue: 'Fan' } }
    const deviceList = [
      { ...device, deviceKey: 'fan-1' },
      { ...device, deviceKey: 'fan-2', deviceName: undefined },
    ]
    const shown = node.flow.status('node', 'yellow')
    const { receipt, error } = await node.partly({ deviceList })
    should((receipt as unknown as { code: number }[]).map(({ code }) => code)).eql([0, -1])
    should(error?.code).equal('PARTIAL_FAILURE')
    should(String(error?.message)).match(/^POST .*devices: EnOS has done 1 of 2 rows/)
    should((await shown).text).match(/PARTIAL_FAILURE/)
    // The next one that is done as a whole is green again.
    await node.send({ deviceList: [{ ...device, deviceKey: 'fan-3' }] })
    await node.flow.status('node', 'green')
  })
})

describe('A call that EnOS accepts, and of which it does nothing', () => {
  let node: FieldNode
  afterEach(() => node.close())

  it('goes on with the answer, in red', async () => {
    node = await FieldNode.open()
    await node.start('enos-call-api', { method: 'POST', path: '/connect-service/v2.0/devices?action=batchCreate' })
    const shown = node.flow.status('node', 'red')
    const { error } = await node.partly({ deviceList: [{ productKey: 'pK11111', deviceKey: 'fan-1' }] })
    should(error?.code).equal('VALIDATION_REFUSED')
    should(String(error?.message)).match(/EnOS has done 0 of 1 rows/)
    should((await shown).text).match(/VALIDATION_REFUSED/)
  })
})

describe('A search', () => {
  it('tells where the pages hold less than was announced', async () => {
    const pages = [[1, 2], [3], []]
    const server = await startServer((request, response) => {
      const isToken = request.url?.includes('token')
      const data = isToken ? { accessToken: 't', expire: 7200 } : pages.shift()
      response.setHeader('content-type', 'application/json')
      const told = isToken ? { status: 0, code: 0, msg: 'OK' } : { code: 0, msg: 'OK', pagination: { totalSize: 5 } }
      response.end(JSON.stringify({ ...told, data }))
    })
    const application = new EnosApplication({ gatewayUrl: server.url, orgId: 'o', appKey: 'k', appSecret: 's' })
    try {
      const { data, partial } = await callAllPages(application, { method: 'POST', path: '/x', body: {} })
      should(data).eql([1, 2, 3])
      should(partial).match({ code: 'PARTIAL_FAILURE', message: /total of 5 and gave 3/ })
    } finally {
      await server.close()
    }
  })
})
