import { type Fields, InvalidInput } from '../checked-input'
import { either, flag, integer, listOf, nothing, object, oneOf, text } from './schema'

/** How many items a site may hold; a key left out means no limit. */
export interface Plan {
  gateways?: number
  sensors?: number
  rules?: number
}

/**
 * What the documents leave open or what changed with time; docs/protocol/thingplus.md §2.3, §11.
 * Every key is optional; the defaults are `defaultThingplusOptions`.
 */
export interface ThingPlusOptions {
  /**
   * Which keys the bodies may have: `april-2017` takes `id` and `timeout`, `may-2017` `id` and `validDuration`,
   * `current` `reqId` and `validDuration`; `any` takes each of them, but never both of a pair.
   */
  dialect?: 'any' | 'april-2017' | 'may-2017' | 'current'
  /** Answer of `GET …/series`: `{latest, data, _meta}`, or the sensor with its `series` leaf as in April 2017. */
  seriesShape?: 'latest' | 'parent'
  /** Life of a token of the password grant, in seconds; 90 days. */
  passwordTokenLifeSeconds?: number
  /** Life of a token of the code grant, in seconds; 15 days. */
  codeTokenLifeSeconds?: number
  /** Life of an authorization code, in seconds; 10 minutes. */
  codeLifeSeconds?: number
  /** HTTP status of JsonWebTokenError and TokenExpiredError. */
  tokenErrorStatus?: number
  /** The portal login takes the password itself too, not only its MD5. */
  plainPasswordLogin?: boolean
  /** The authorize page asks the user, instead of granting at once. */
  consentPage?: boolean
  /** gatewayModels, sensorTypes and sensorDrivers need no login. */
  openMetadata?: boolean
  /** Each of these scopes allows writing statuses and series. */
  writeScopes?: string[]
  /** The id of a gateway must have the format its model names. */
  checkIdFormat?: boolean
  /** The id of a gateway whose model names no format is any, or a MAC address: 12 hex digits. Not documented. */
  idWithoutFormat?: 'any' | 'mac'
  /** The device model of a new device and the device of a new sensor must exist. */
  checkReferences?: boolean
  /** Limits of a site without a plan of its own; null means no plan at all (471 for everything). */
  plan?: Plan | null
  /** How long a new sensor is not yet usable, in milliseconds, and how that shows. */
  sensorDelayMs?: number
  sensorDelayStatus?: 403 | 404
  /** When a virtual gateway or sensor reports by itself for the first time, in milliseconds after its creation. */
  virtualReportMs?: number
  /** What a read shows once a status has expired; `as-sent` leaves it. */
  expiredStatus?: 'unknown' | 'off' | 'err' | 'as-sent'
  /** A list of values with one in the past: nothing is stored, the others are, or those before it are. */
  pastInList?: 'atomic' | 'skip' | 'stop'
  /** A value as old as the latest one is taken, or refused as past. */
  equalTimes?: 'accept' | 'refuse'
  /** A value must fit the kind of the sensor type (number, code, text, object). */
  checkValueKind?: boolean
  /** How many values of a sensor are kept for reading; the count goes on. */
  keptValues?: number
}

export const defaultThingplusOptions: Readonly<Required<ThingPlusOptions>> = {
  dialect: 'any',
  seriesShape: 'latest',
  passwordTokenLifeSeconds: 90 * 86_400,
  codeTokenLifeSeconds: 15 * 86_400,
  codeLifeSeconds: 600,
  tokenErrorStatus: 403,
  plainPasswordLogin: true,
  consentPage: false,
  openMetadata: true,
  writeScopes: ['gateway', 'gateway-update'],
  checkIdFormat: true,
  idWithoutFormat: 'any',
  checkReferences: false,
  plan: {},
  sensorDelayMs: 0,
  sensorDelayStatus: 404,
  virtualReportMs: 5000,
  expiredStatus: 'unknown',
  pastInList: 'atomic',
  equalTimes: 'refuse',
  checkValueKind: false,
  keptValues: 1_000_000,
}

const count = integer({ min: 0 })

export const planCheck = either(object({}, { gateways: count, sensors: count, rules: count }), nothing)

const optionsCheck = object(
  {},
  {
    dialect: oneOf('any', 'april-2017', 'may-2017', 'current'),
    seriesShape: oneOf('latest', 'parent'),
    passwordTokenLifeSeconds: integer(),
    codeTokenLifeSeconds: integer(),
    codeLifeSeconds: integer(),
    tokenErrorStatus: integer({ min: 400, max: 599 }),
    plainPasswordLogin: flag,
    consentPage: flag,
    openMetadata: flag,
    writeScopes: listOf(text()),
    checkIdFormat: flag,
    idWithoutFormat: oneOf('any', 'mac'),
    checkReferences: flag,
    plan: planCheck,
    sensorDelayMs: count,
    sensorDelayStatus: (value, at) => (value === 403 || value === 404 ? undefined : `${at} must be 403 or 404`),
    virtualReportMs: count,
    expiredStatus: oneOf('unknown', 'off', 'err', 'as-sent'),
    pastInList: oneOf('atomic', 'skip', 'stop'),
    equalTimes: oneOf('accept', 'refuse'),
    checkValueKind: flag,
    keptValues: integer({ min: 1 }),
  },
)

/** The options that a caller sets, checked; throws `InvalidInput`, which names the key. */
export function parseThingPlusOptions(changes: unknown = {}): ThingPlusOptions {
  const problem = optionsCheck(changes, 'options.thingplus')
  if (problem) throw new InvalidInput(problem)
  return Object.fromEntries(Object.entries(changes as Fields).filter(([, value]) => value !== undefined))
}
