import { ok, refuseUnknown } from './envelope'
import { listReply } from './query'
import { type Route, route } from './router'
import type { World } from './world'

/** Who may read and write what; docs/protocol/thingplus.md §4.5. */
export const readGateways = ['gateway', 'gateway-read', 'gateway-update']
export const updateGateways = ['gateway', 'gateway-update']
export const writeGateways = ['gateway']

const names: Record<string, string> = {
  'user-profile': 'User Profile Read and Update',
  'user-profile-read': 'User Profile Read',
  gateway: 'Gateway Create/Read/Update/Delete',
  'gateway-read': 'Gateway Read',
  'gateway-update': 'Gateway Read/Update',
  'gateway-management': 'Gateway Management',
  'actuator-command': 'Actuator Command',
  'timeline-read': 'Timeline Read',
  tag: 'Tag Create/Read/Update/Delete',
  'tag-read': 'Tag Read',
  rule: 'Rule Read/Update/Delete',
  'rule-read': 'Rule Read',
  'service-read': 'Service Read',
  'site-read': 'Site Read',
  'billing-read': 'Billing Read',
}

export function scopeRoutes({ startedMs }: World): Route[] {
  const time = String(startedMs)
  const scopes = Object.entries(names).map(([id, name]) => ({ id, name, ctimeMs: startedMs }))
  const view = ({ id, name }: { id: string; name: string }) => ({ name, mtime: time, ctime: time, id })
  return [
    route('GET', '/authScopes', 'login', ({ query }) => listReply(scopes, query, view)),
    route('GET', '/authScopes/:id', 'login', ({ path }) =>
      ok(view(scopes.find(({ id }) => id === path['id']) ?? refuseUnknown(`scope ${path['id']}`))),
    ),
  ]
}
