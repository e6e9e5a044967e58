import got from 'got'

export default (RED) => {
  RED.nodes.registerType('esm-neighbour', function construct(stored) {
    RED.nodes.createNode(this, stored)
    this.on('input', (msg, send, done) =>
      got(msg.url).then(({ statusCode }) => {
        send({ ...msg, payload: statusCode })
        done()
      }, done),
    )
  })
}
