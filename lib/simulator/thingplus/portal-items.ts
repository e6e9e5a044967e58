import type { Fields } from '../checked-input'
import { collectionRoutes } from './collections'
import { ok, refuseForeign, refuseUnknown } from './envelope'
import { integerOf, listReply } from './query'
import { checkPlan } from './quota'
import { type Route, route } from './router'
import { anyObject, either, integer, listOf, object, oneOf, text } from './schema'
import { siteOf, type World } from './world'

const time = either(integer(), text())
const stored = { id: text(), ctime: time, mtime: time, _user: text(), _site: text(), _service: text() }

/** Tags, rules, push devices and the timeline, as far as a client reads them; docs/protocol/thingplus.md §8.5. */
export function portalItemRoutes(world: World): Route[] {
  return [...tagRoutes(world), ...ruleRoutes(world), ...pushDeviceRoutes(world), ...timelineRoutes(world)]
}

function tagRoutes(world: World): Route[] {
  const fields = { name: text({ min: 1 }), sensors: listOf(text()) }
  return collectionRoutes(world, {
    name: 'tags',
    entries: world.tags,
    readScopes: ['tag', 'tag-read'],
    writeScopes: ['tag'],
    newEntry: object({ name: fields.name }, { sensors: fields.sensors }),
    changedEntry: object({}, { ...fields, ...stored }),
    defaults: { sensors: [] },
    check: ({ user }, body) => {
      for (const id of (body['sensors'] ?? []) as string[]) {
        const owner = world.sensors.get(id)?.owner ?? refuseUnknown(`sensor ${id}`)
        if (world.gateways.get(owner)?.service !== user.service) refuseForeign(`sensor ${id}`)
      }
    },
  })
}

function ruleRoutes(world: World): Route[] {
  // `params` of a method is required by the schema of the vendor and missing in its examples: not asked for here.
  const method = object({ id: text() }, { name: text(), params: either(text(), anyObject) }, { open: true })
  const step = object({ agent: text(), type: text(), method })
  const filter = object({
    gateway: either(text(), listOf(text())),
    sensor: either(text(), listOf(either(text(), anyObject))),
    type: listOf(oneOf('schedule', 'series', 'statSchedule', 'status')),
  })
  const required = {
    name: text({ min: 1 }),
    severity: oneOf('information', 'warning', 'fatal'),
    status: oneOf('activated', 'deactivated'),
    timezone: text(),
    trigger: object({ agent: text(), type: text(), method, filter }),
    actions: listOf(listOf(step, { min: 1, max: 5 }), { min: 1, max: 5 }),
  }
  const optional = {
    conditions: listOf(listOf(step, { max: 5 }), { max: 5 }),
    desc: text(),
    template: oneOf('true', 'false'),
  }
  return collectionRoutes(world, {
    name: 'rules',
    entries: world.rules,
    readScopes: ['rule', 'rule-read'],
    writeScopes: ['rule'],
    newEntry: object(required, { ...optional, ...stored }),
    changedEntry: object({}, { ...required, ...optional, ...stored }),
    defaults: { conditions: [[]] },
    check: ({ user }) => checkPlan(world, siteOf(world, user.service), 'rules'),
  })
}

function pushDeviceRoutes(world: World): Route[] {
  const fields = { provider: oneOf('g', 'a'), activated: oneOf('y', 'n'), authClientId: text({ min: 1 }) }
  return collectionRoutes(world, {
    name: 'pushDevices',
    entries: world.pushDevices,
    readScopes: ['rule', 'rule-read'],
    writeScopes: ['rule'],
    newEntry: object({ ...fields, reqId: text({ min: 1 }) }),
    changedEntry: object({}, { ...fields, ...stored }),
  })
}

/** Newest first; `maxId` is inclusive, `sinceId` exclusive. */
function timelineRoutes(world: World): Route[] {
  const entries = world.timelines.map((fields, index) => ({
    id: String(fields['id'] ?? index + 1),
    ctimeMs: Number(fields['ctime'] ?? world.startedMs),
    fields,
  }))
  const view = ({ id, ctimeMs, fields }: { id: string; ctimeMs: number; fields: Fields }): Fields => ({
    ...fields,
    ctime: String(ctimeMs),
    id,
  })
  return [
    route('GET', '/timelines', ['timeline-read'], ({ query }) => {
      const maxId = integerOf(query, 'maxId') ?? Number.POSITIVE_INFINITY
      const sinceId = integerOf(query, 'sinceId') ?? Number.NEGATIVE_INFINITY
      const wanted = entries.filter(({ id }) => Number(id) <= maxId && Number(id) > sinceId)
      return listReply(wanted.reverse(), query, view)
    }),
    route('GET', '/timelines/:id', ['timeline-read'], ({ path }) =>
      ok(view(entries.find(({ id }) => id === path['id']) ?? refuseUnknown(`timeline entry ${path['id']}`))),
    ),
  ]
}
