import { type Fields, InvalidInput } from '../checked-input'
import { demoThingPlus } from '../demo'
import { type Plan, planCheck } from './options'
import { anyObject, integer, listOf, object, oneOf, text } from './schema'

/** A portal account. */
export interface SeedUser {
  id: string
  loginId: string
  password: string
  /** The customer; items of another service are foreign. `1` when left out. */
  service?: string
  /** `deny`: the account is known, but gets no token. */
  accessApproval?: 'allow' | 'deny'
  roles?: string[]
}

export interface SeedClient {
  id: string
  clientSecret: string
  name?: string
  scopes: string[]
  /** Id of the user who made it. */
  user: string
}

export interface SeedSite {
  id: string
  name?: string
  service?: string
  code?: string
  /** Limits of this site; null: the site has no plan. */
  plan?: Plan | null
}

export interface SeedGateway {
  id: string
  name?: string
  /** Gateway model; `52`. */
  model?: string
  site?: string
  /** Instead of `site`: the first site of this service. */
  service?: string
  reportInterval?: number
  virtual?: 'y' | 'n'
}

export interface SeedDevice {
  id: string
  owner: string
  name?: string
  model?: string
  address?: string
}

export interface SeedSensor {
  id: string
  owner: string
  type: string
  name?: string
  driverName?: string
  model?: string
  category?: 'sensor' | 'actuator'
  deviceId?: string
  virtual?: 'y' | 'n'
  network?: string
  sequence?: string
}

/** What the Thing+ half of the simulator starts with; a key left out has its default from `completeSeed`. */
export interface ThingPlusSeed {
  users?: SeedUser[]
  clients?: SeedClient[]
  services?: { id: string; name?: string }[]
  sites?: SeedSite[]
  gateways?: SeedGateway[]
  devices?: SeedDevice[]
  sensors?: SeedSensor[]
  /** Entries of the timeline, oldest first, as the cloud is to show them. */
  timelines?: Fields[]
}

const id = text({ min: 1 })
const yesNo = oneOf('y', 'n')

const seedCheck = object(
  {},
  {
    users: listOf(
      object(
        { id, loginId: id, password: id },
        { service: id, accessApproval: oneOf('allow', 'deny'), roles: listOf(text()) },
      ),
    ),
    clients: listOf(object({ id, clientSecret: id, scopes: listOf(text()), user: id }, { name: text() })),
    services: listOf(object({ id }, { name: text() })),
    sites: listOf(object({ id }, { name: text(), service: id, code: text(), plan: planCheck })),
    gateways: listOf(
      object(
        { id },
        {
          name: text(),
          model: id,
          site: id,
          service: id,
          reportInterval: integer({ min: 60_000, max: 604_800_000 }),
          virtual: yesNo,
        },
      ),
    ),
    devices: listOf(object({ id, owner: id }, { name: text(), model: id, address: text() })),
    sensors: listOf(
      object(
        { id, owner: id, type: id },
        {
          name: text(),
          driverName: id,
          model: id,
          category: oneOf('sensor', 'actuator'),
          deviceId: id,
          virtual: yesNo,
          network: id,
          sequence: id,
        },
      ),
    ),
    timelines: listOf(anyObject),
  },
)

/** The seed with its defaults; throws `InvalidInput`, which names the key. */
export function completeSeed(given: ThingPlusSeed): Required<ThingPlusSeed> {
  const problem = seedCheck(given, 'thingplus')
  if (problem) throw new InvalidInput(problem)
  const users: SeedUser[] = given.users ?? [demoThingPlus.user]
  const first = users[0]
  const complete: Required<ThingPlusSeed> = {
    users,
    clients: given.clients ?? (first ? [{ ...demoThingPlus.client, user: first.id }] : []),
    services: given.services ?? [],
    sites: given.sites ?? [{ id: '1', name: 'default', service: first?.service ?? '1' }],
    gateways: given.gateways ?? [],
    devices: given.devices ?? [],
    sensors: given.sensors ?? [],
    timelines: given.timelines ?? [],
  }
  for (const key of ['users', 'clients', 'services', 'sites', 'gateways', 'devices', 'sensors'] as const) {
    refuseTwice(key, complete[key])
  }
  refuseTwice(
    'users',
    complete.users.map((user) => ({ id: user.loginId })),
    'loginId',
  )
  refuseMissing('clients', 'user', complete.clients, complete.users)
  refuseMissing('gateways', 'site', complete.gateways, complete.sites)
  refuseMissing('devices', 'owner', complete.devices, complete.gateways)
  refuseMissing('sensors', 'owner', complete.sensors, complete.gateways)
  return complete
}

function refuseTwice(key: string, items: { id: string }[], field = 'id'): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    if (seen.has(item.id)) throw new InvalidInput(`thingplus.${key}[${index}].${field} is "${item.id}" a second time`)
    seen.add(item.id)
  }
}

function refuseMissing<Key extends string>(
  list: string,
  key: Key,
  items: { [name in Key]?: string }[],
  targets: { id: string }[],
): void {
  const known = new Set(targets.map((target) => target.id))
  for (const [index, item] of items.entries()) {
    const value = item[key]
    if (value !== undefined && !known.has(value)) {
      throw new InvalidInput(`thingplus.${list}[${index}].${key} is "${value}", which the seed does not hold`)
    }
  }
}
