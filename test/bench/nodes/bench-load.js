const { readFileSync, writeFileSync } = require('node:fs')
const { Session } = require('node:inspector/promises')
const { join } = require('node:path')
const { monitorEventLoopDelay } = require('node:perf_hooks')
const { setTimeout: wait } = require('node:timers/promises')
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')

/**
 * The load of the bench, inside the flow: sends messages and counts those that come back by a wire, or that the node
 * `doneBy` says it is done with.
 * `POST /bench/load/ID` runs it, `POST` and `GET /bench/watch` measure the process meanwhile; with the environment
 * variable `PROFILE_FOLDER` each measurement leaves a CPU profile there.
 */
module.exports = (RED) => {
  const loads = new Map()

  function Load(configuration) {
    const { id, awaitsLogin, doneBy } = configuration
    RED.nodes.createNode(this, configuration)
    let run
    let loggedIn
    const login = new Promise((resolve) => {
      loggedIn = resolve
      if (!awaitsLogin) resolve()
    })
    this.on('input', (msg, _send, done) => {
      if (msg.isLogin) loggedIn()
      else run?.returned(msg)
      done()
    })
    const hook = `onComplete.${id}`
    // A Complete node would be given a copy of the whole message.
    // It gives nothing back: false would keep the event from others.
    const completed = ({ node, msg, error }) => {
      if (node.id === doneBy) run?.returned({ ...msg, error })
    }
    if (doneBy) RED.hooks.add(hook, completed)
    this.on('close', () => {
      loads.delete(id)
      if (doneBy) RED.hooks.remove(hook)
    })
    let prepared
    const take = () => {
      const taken = prepared
      prepared = undefined
      return taken
    }
    loads.set(id, {
      prepare: (settings) => {
        prepared = payloadOf(settings, 0)
        collectGarbage()
        return {}
      },
      run: async (settings) => {
        await login
        run = startRun((msg) => this.send(msg), settings, take())
        return run.done
      },
    })
  }
  RED.nodes.registerType('bench-load', Load)

  RED.httpAdmin.post('/bench/load/:id', (request, response) => {
    loads
      .get(request.params.id)
      .run(request.body)
      .then(
        (result) => response.json(result),
        (failure) => response.status(500).send(String(failure)),
      )
  })
  RED.httpAdmin.post('/bench/prepare/:id', (request, response) => {
    response.json(loads.get(request.params.id).prepare(request.body))
  })

  let watch
  RED.httpAdmin.post('/bench/watch', async (request, response) => {
    watch = request.body.what === 'cpu' ? startCpuWatch() : await startWatch(process.env.PROFILE_FOLDER)
    response.json({})
  })
  RED.httpAdmin.get('/bench/watch', async (_request, response) => response.json(await watch()))
  RED.httpAdmin.get('/bench/memory', async (request, response) => {
    // What was freed goes back to the system only after a while.
    collectGarbage()
    await wait(Number(request.query.settleMs))
    collectGarbage()
    // V8 hands freed pages back in the background.
    await wait(Number(request.query.settleMs) / 10)
    response.json({ residentMb: residentMb(), heapMb: process.memoryUsage().heapUsed / 2 ** 20 })
  })
}

/**
 * @param settings `inFlight` messages at a time, or `perSecond`, until `durationMs` are over or `messages` are sent;
 *   `pointsPerMessage` (an array from 2 up) with `pointsPerRow`, of `devices` in turn (0: the configured one), or such points
 *   as the InfluxDB nodes take (`areInfluxPoints`)
 * @param first the payload of the first message, where it is made
 */
function startRun(send, { inFlight, perSecond, durationMs = Infinity, messages = Infinity, ...shape }, first) {
  let ready = first
  const startMs = Date.now()
  const endMs = startMs + durationMs
  let sent = 0
  let back = 0
  let failed
  let finish
  const done = new Promise((resolve, reject) => {
    finish = () =>
      failed === undefined
        ? resolve({ messages: back, points: back * shape.pointsPerMessage, startMs, endMs: Date.now() })
        : reject(new Error(`A message failed: ${failed}`))
  })
  const mayGoOn = () => failed === undefined && sent < messages && Date.now() < endMs
  const emit = () => {
    const payload = ready ?? payloadOf(shape, sent)
    // It is the flow's now: kept here, it would be in the collector's way.
    ready = undefined
    send({ payload })
    sent += 1
  }
  const returned = (msg) => {
    failed ??= failureIn(msg)
    // A batch comes back as one message.
    const credit = msg.credit ?? 1
    back += credit
    // All of a batch or nothing of it: the flow that batches never sends a part.
    if (perSecond === undefined && mayGoOn()) for (let one = 0; one < credit && sent < messages; one++) emit()
    if (back >= sent && !mayGoOn()) finish()
  }
  if (perSecond === undefined) for (let one = 0; one < inFlight && sent < messages; one++) emit()
  else {
    const timer = setInterval(() => {
      const due = ((Date.now() - startMs) * perSecond) / 1000
      while (sent < due && mayGoOn()) emit()
      if (mayGoOn()) return
      clearInterval(timer)
      if (back >= sent) finish()
    }, 10)
  }
  return { returned, done }
}

function failureIn({ error, statusCode = 200, payload }) {
  if (error) return error.message
  if (statusCode !== 200) return `status ${statusCode}`
  const code = payload?.code
  return code === undefined || code === 0 || code === 200 ? undefined : `code ${code}`
}

function payloadOf({ pointsPerMessage, pointsPerRow = 1, devices = 0, areInfluxPoints = false }, number) {
  if (pointsPerMessage === 1) return entryOf(devices, number)
  if (areInfluxPoints) return Array.from({ length: pointsPerMessage }, (_, at) => influxPointOf(at))
  const rowOf = pointsPerRow === 1 ? (at) => entryOf(devices, at) : (at) => wideEntryOf(pointsPerRow, at)
  return Array.from({ length: pointsPerMessage }, (_, at) => rowOf(number * pointsPerMessage + at))
}

function wideEntryOf(points, number) {
  const values = Array.from({ length: points }, (_, at) => [`point${at}`, ((number + at) % 1000) / 10])
  return { ...Object.fromEntries(values), time: Date.now() }
}

/** The device is a tag, which every point needs there. */
function influxPointOf(number) {
  const values = { fields: { temp: (number % 1000) / 10 }, timestamp: Date.now() }
  return { measurement: 'plant', tags: { device: 'dK987654' }, ...values }
}

function entryOf(devices, number) {
  const values = { temp: (number % 1000) / 10, time: Date.now() }
  return devices === 0 ? values : { productKey: 'pK11111', deviceKey: `d${number % devices}`, ...values }
}

/** Returns what tells of the time since: CPU time of all threads, event-loop delay beyond a 1 ms timer, memory. */
async function startWatch(profileFolder) {
  const endProfile = profileFolder && (await startProfile(profileFolder))
  const usage = process.cpuUsage()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let mostMb = residentMb()
  const sampling = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb())
  }, 100)
  return async () => {
    delay.disable()
    clearInterval(sampling)
    const { user, system } = process.cpuUsage(usage)
    await endProfile?.()
    return {
      cpuMs: (user + system) / 1000,
      p99Ms: delay.percentile(99) / 1e6 - 1,
      maxMs: delay.max / 1e6 - 1,
      mostMb,
    }
  }
}

function startCpuWatch() {
  const usage = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(usage)
    return { cpuMs: (user + system) / 1000 }
  }
}

async function startProfile(folder) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    writeFileSync(join(folder, `${Date.now()}.cpuprofile`), JSON.stringify(profile))
  }
}

function residentMb() {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
}

function collectGarbage() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
