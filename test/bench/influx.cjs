'use strict'
// Stands in for InfluxDB, of both versions: takes whatever is written, and keeps nothing.
const { createServer } = require('node:http')

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(204).end())
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
