import type { Clock } from '../core'
import type { ArrivalTimes } from './arrival-times'
import type { Catalogue } from './catalogue'
import type { Dialect } from './dialect'
import type { RandomBytes } from './identifiers'
import type { Newcomers } from './newcomers'
import type { ThingPlusClient } from './rest-client'
import type { Turns } from './turns'
import type { Wait } from './wait'

/** What it takes to write values. */
export interface SeriesContext {
  readonly client: Pick<ThingPlusClient, 'request'>
  readonly catalogue: Pick<Catalogue, 'sensor' | 'sensorKind'>
  /** Keeps writes to one sensor, and registrations of one item, in order. */
  readonly turns: Turns
  /** Of values that have no time of their own. */
  readonly arrivals: ArrivalTimes
  readonly newcomers: Newcomers
  readonly clock: Clock
  readonly wait: Wait
}

/** What the operations of one configured client share. */
export interface ThingPlusContext extends SeriesContext {
  readonly client: ThingPlusClient
  readonly catalogue: Catalogue
  readonly dialect: Dialect
  readonly random: RandomBytes
}
