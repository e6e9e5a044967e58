import got from 'got'
import { request } from 'undici'

export default (RED) => {
  RED.nodes.registerType('esm-neighbour', function construct(stored) {
    RED.nodes.createNode(this, stored)
    this.on('input', (msg, send, done) =>
      Promise.all([
        got(msg.url),
        request(msg.url).then(({ statusCode, body }) => body.dump().then(() => statusCode)),
      ]).then(([, statusCode]) => {
        send({ ...msg, payload: statusCode })
        done()
      }, done),
    )
  })
}
