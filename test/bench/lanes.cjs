'use strict'
// A process with the outbox and the way to EnOS as the nodes have them: it drains a backlog with poison in it, or keeps sending
// for a fleet some of whose devices are bad.
const { EnosApplication, EnosDevice, EnosIntegration } = require('../../dist/lib')
const { openOutbox } = require('../../dist/lib/outbox')
const { enosDestination, enosLane } = require('../../dist/lib/runtime/enos-way')

const { task, url, folder, ...input } = JSON.parse(process.argv[2])
const productKey = 'pK11111'
const options = { folder, maxBytes: 8 * 2 ** 30, freeFloorBytes: 0 }
const kind = 'measurepoint'
const timeliness = 'by-age'

const integration = () =>
  new EnosIntegration(
    new EnosApplication({
      gatewayUrl: url,
      integrationUrl: url,
      orgId: 'o-demo',
      appKey: 'demo-app',
      appSecret: 'demo-secret',
    }),
  )

/** A record as the nodes keep it. */
function recordOf(uplink, entry) {
  const payload = uplink.encode(kind, entry)
  return { stream: uplink.streamOf(entry), payload, eventTimeMs: entry.timeMs, listable: true }
}

const attach = (outbox, uplink, destination = enosDestination(uplink, kind, timeliness)) =>
  outbox.lane(enosLane(uplink, kind, timeliness)).attach(destination)

const producers = 64
/** Of the messages with good values, as a gateway sends them. */
const mostRows = 30

/**
 * Fills the folder with good values of `devices` devices, in messages of 1 to 30 rows, and with one poisoned row for each
 * `1 / share` of those messages: of a device that sends nothing else, or (`isSpread`) of each device in turn.
 */
async function fill({ fleet, devices, values, share, isSpread }) {
  const outbox = await openOutbox(options)
  const uplink = integration()
  const lane = enosLane(uplink, kind, timeliness)
  const timeMs = Date.now() - 3_600_000
  const row = (deviceKey, number, point) =>
    recordOf(uplink, { device: { productKey, deviceKey }, timeMs: timeMs + number, values: { [point]: number } })
  let messages = 0
  let good = 0
  let poison = 0
  const next = () => {
    if (poison < Math.floor(messages * share)) {
      const deviceKey = isSpread ? `${fleet}-${poison % devices}` : `${fleet}-bad-0`
      poison++
      return [row(deviceKey, good, 'typo')]
    }
    const rows = Math.min(1 + ((messages * 7) % mostRows), values - good)
    messages++
    return Array.from({ length: rows }, () => row(`${fleet}-${good % devices}`, good++, 'temp'))
  }
  const produce = async () => {
    while (good < values) await outbox.acceptAll(lane, next())
  }
  await Promise.all(Array.from({ length: producers }, produce))
  await outbox.close()
  return { poison }
}

/** Opens a folder that was filled, and sends until all good values were taken: how many of them a second. */
async function drain({ values }) {
  const outbox = await openOutbox(options)
  const uplink = integration()
  const destination = enosDestination(uplink, kind, timeliness)
  let taken = 0
  let requests = 0
  let finish
  const finished = new Promise((resolve) => {
    finish = resolve
  })
  const startMs = performance.now()
  await attach(outbox, uplink, {
    ...destination,
    async send(records, context) {
      requests++
      await destination.send(records, context)
      for (const { count } of records) taken += count
      if (taken >= values) finish()
    },
  })
  await finished
  const tookMs = performance.now() - startMs
  await outbox.close()
  return { perSecond: (values * 1000) / tookMs, requests }
}

/** What may wait for the disk at a time: some 2 MB, of the 8 that the outbox takes. */
const mostUnconfirmed = 5000
/** Of what was due, so much is steady. */
const steady = 0.95

/**
 * Sends as many values a second, of all devices in turn, until the parent lets go: no more than the disk keeps up with. Then it
 * says what did not go as it was meant to.
 */
async function live({ good, bad, fleet, perSecond, hasOwnSessions, hasWrongSecret }) {
  const outbox = await openOutbox(options)
  const names = [
    ...Array.from({ length: bad }, (_, at) => `${fleet}-bad-${at}`),
    ...Array.from({ length: good }, (_, at) => `${fleet}-${at}`),
  ]
  const shared = hasOwnSessions ? undefined : integration()
  if (shared) await attach(outbox, shared)
  const sessionOf = async (deviceKey) => {
    const isWrong = hasWrongSecret && deviceKey.includes('-bad-')
    const deviceSecret = isWrong ? 'wrong' : `secret-of-${deviceKey}`
    const device = new EnosDevice({ brokerUrl: url, productKey, deviceKey, deviceSecret, lifetimeMs: 300_000 })
    await attach(outbox, device)
    return device
  }
  const uplinks = await Promise.all(names.map((deviceKey) => shared ?? sessionOf(deviceKey)))
  const startMs = performance.now()
  const due = () => ((performance.now() - startMs) * perSecond) / 1000
  let sent = 0
  let unconfirmed = 0
  let refused = 0
  let refusal
  const send = async () => {
    const at = sent % names.length
    const uplink = uplinks[at]
    const device = uplink.own ? undefined : { productKey, deviceKey: names[at] }
    const record = recordOf(uplink, { device, timeMs: Date.now(), values: { temp: sent++ } })
    unconfirmed++
    try {
      await outbox.acceptAll(enosLane(uplink, kind, timeliness), [record])
    } catch (error) {
      refused++
      refusal ??= error
    }
    unconfirmed--
  }
  setInterval(() => {
    for (const until = due(); sent < until && unconfirmed < mostUnconfirmed; ) void send()
  }, 10)
  const tell = async () => {
    const wanted = Math.floor(due())
    if (sent >= steady * wanted && refused === 0) return
    const lanes = new Set(uplinks.map((uplink) => enosLane(uplink, kind, timeliness)))
    const figures = await Promise.all([...lanes].map((lane) => outbox.lane(lane).figures()))
    const sum = (name) => figures.reduce((total, each) => total + each[name], 0)
    const { user, system } = process.cpuUsage()
    const seconds = (ms) => (ms / 1000).toFixed(1)
    console.error(
      [
        `${fleet} is no measurement: of ${wanted} values that were due ${sent} were sent, since the disk or the machine did not keep up`,
        `this process had ${seconds((user + system) / 1000)} s of CPU in ${seconds(performance.now() - startMs)} s`,
        refusal ? `${refused} were refused (${refusal.code}: ${refusal.message})` : 'none were refused',
        `${sum('delivered')} delivered, ${sum('pending')} waiting (${sum('pendingBytes')} bytes), ${sum('dead')} dead`,
      ].join('; '),
    )
  }
  process.on('disconnect', () => {
    tell().finally(() => process.exit())
  })
  process.send({})
}

const tasks = { fill, drain, live }
tasks[task](input).then((result) => {
  if (result === undefined) return
  process.stdout.write(JSON.stringify(result), () => process.exit())
})
