'use strict'
// Bare keep-alive posts: `http` is node:http (the simulator's ceiling) and `got` a baseline, with ready-made bodies; `undici` is
// the one that builds each body from the values of a message, as the load node makes them.
const http = require('node:http')
const { Agent, request } = require('undici')
const { deviceSign } = require('../../dist/lib')

const { client, url, pointsPerBody, inFlight, durationMs, devices } = JSON.parse(process.argv[2])
const device = { productKey: 'pK11111', deviceKey: 'dK987654' }
const agent = new http.Agent({ keepAlive: true })
const headers = { 'content-type': 'application/json; charset=utf-8' }

async function login() {
  const lifetimeMs = 3_600_000
  const sign = deviceSign({ ...device, deviceSecret: 'ds54321', lifetimeMs })
  const answer = await fetch(`${url}/auth/pK11111/dK987654`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ signMethod: 'sha256', lifetime: String(lifetimeMs), sign }),
  })
  return (await answer.json()).data.sessionId
}

function readyBody() {
  const time = Date.now()
  const entryOf = (number) => ({
    ...(devices > 0 && { productKey: 'pK11111', deviceKey: `d${number % devices}` }),
    measurepoints: { temp: (number % 1000) / 10 },
    time,
  })
  const isBatch = pointsPerBody > 1
  return JSON.stringify({
    id: '1',
    version: '1.0',
    method: isBatch ? 'thing.measurepoint.post.batch' : 'thing.measurepoint.post',
    ...(devices > 0 && { allowOfflineSubDevice: true }),
    params: isBatch ? Array.from({ length: pointsPerBody }, (_, number) => entryOf(number)) : entryOf(0),
  })
}

function postByHttp(target, body) {
  const options = { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }
  return new Promise((resolve, reject) => {
    const request = http.request(target, options, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks)))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const dispatcher = new Agent({ connections: inFlight })

async function postByUndici(target, body) {
  const { body: answer } = await request(target, { method: 'POST', dispatcher, headers, body })
  return Buffer.from(await answer.arrayBuffer())
}

/** What a message of the load node carries, made a body. */
function builtBody(number) {
  const valuesOf = (at) => ({ temp: (at % 1000) / 10, time: Date.now() })
  const entryOf = ({ time, ...measurepoints }) => ({ measurepoints, time })
  const isBatch = pointsPerBody > 1
  const payload = isBatch
    ? Array.from({ length: pointsPerBody }, (_, at) => valuesOf(number * pointsPerBody + at))
    : valuesOf(number)
  return JSON.stringify({
    id: String(number),
    version: '1.0',
    method: isBatch ? 'thing.measurepoint.post.batch' : 'thing.measurepoint.post',
    params: isBatch ? payload.map(entryOf) : entryOf(payload),
  })
}

async function postWith() {
  if (client === 'http') return postByHttp
  if (client === 'undici') return postByUndici
  const { got } = await import('got')
  const client_ = got.extend({ agent: { http: agent }, headers, retry: { limit: 0 }, responseType: 'buffer' })
  return async (target, body) => (await client_.post(target, { body })).body
}

async function main() {
  const sessionId = await login()
  const topic = pointsPerBody > 1 ? 'post/batch' : 'post'
  const target = `${url}/topic/sys/pK11111/dK987654/thing/measurepoint/${topic}?sessionId=${sessionId}`
  const post = await postWith()
  const ready = readyBody()
  let bodies = 0
  const nextBody = () => (client === 'undici' ? builtBody(bodies++) : ready)
  const producers = async (untilMs) => {
    let points = 0
    const produce = async () => {
      while (performance.now() < untilMs) {
        const answer = JSON.parse(await post(target, nextBody()))
        if (answer.code !== 200) throw new Error(JSON.stringify(answer))
        points += pointsPerBody
      }
    }
    await Promise.all(Array.from({ length: inFlight }, produce))
    return points
  }
  await producers(performance.now() + durationMs / 2)
  const usage = process.cpuUsage()
  const startMs = performance.now()
  const points = await producers(startMs + durationMs)
  const tookMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(usage)
  agent.destroy()
  await dispatcher.close()
  process.stdout.write(JSON.stringify({ points, tookMs, cpuMs: (user + system) / 1000 }))
}

void main()
