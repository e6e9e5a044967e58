import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import should from 'should'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { FieldNode } from './field-node'

type Answer = [status: number, headers: Record<string, string>, body: string]

const html = { 'content-type': 'text/html; charset=utf-8' }
const pages: Record<string, Answer> = {
  'a page': [200, html, '<!DOCTYPE html><html><body>Please log in</body></html>'],
  'a page that does not say what it is': [200, {}, '\uFEFF\n<HTML><head></head></HTML>'],
  'a redirect to another host': [302, { location: 'http://login.example/?from=cloud' }, ''],
  'a temporary redirect to another host': [307, { ...html, location: 'http://login.example/' }, '<a href="/">here</a>'],
  'HTTP 511': [511, html, '<html>Network Authentication Required</html>'],
}

describe('A login page in place of the cloud', () => {
  let node: FieldNode
  let portal: Server
  let answer: Answer
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open()
    portal = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(answer[0], answer[1]).end(answer[2]))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => portal.once('listening', resolve))
  })
  afterEach(async () => {
    await node.close()
    portal.closeAllConnections()
    await new Promise((resolve) => portal.close(resolve))
  })

  const behindPortal = (type: string, more: object) =>
    node.start(type, { point: 'p', sensorId: 'temperature', sensorIdType: 'str', ...more }, undefined, {
      url: `http://127.0.0.1:${(portal.address() as AddressInfo).port}`,
    })

  for (const [title, page] of Object.entries(pages)) {
    for (const [type, more] of [
      ['enos-post-measurepoint', { channel: 'device' }],
      ['enos-post-measurepoint', { channel: 'integration' }],
      ['thingplus-send-value', {}],
    ] as const) {
      it(`is told as that, in error, status and outbox: ${title}, by ${type} ${JSON.stringify(more)}`, async () => {
        answer = page
        await behindPortal(type, more)
        should(await node.refusal(21.5)).match({
          code: 'NETWORK_WEB_PAGE',
          message: /^A web page answered instead of the cloud \(the login page of a proxy\?\)/,
        })
        should((await node.flow.status('node', 'red')).text).match(/status\.NETWORK_WEB_PAGE$/)
        await behindPortal(type, { ...more, outbox: 'outbox' })
        node.flow.send('node', { payload: 21.5 })
        should((await node.flow.statusText('node', /lane\.page 1 · \d+ s$/)).fill).equal('yellow')
        should(await node.untilTold()).match(/A web page answered instead of the cloud/)
        should(await node.lane()).match({ pending: 1, dead: 0 })
      })
    }
  }
})
