/** How much the bench does; every size can be set by an environment variable. */
export interface Sizes {
  /** Measured rounds of each figure; one more warms up. */
  rounds: number
  /** Rounds of each figure before those that are measured. */
  warmUps: number
  /** How often Node-RED is started with and without the package: its time differs more from start to start than it has to lose. */
  starts: number
  /** How long one side of one round sends. */
  durationMs: number
  /** Waiting in the outbox when the event loop is measured while they drain. */
  drainRecords: number
  /** The numbers of waiting records between which the drain must not become slower. */
  growthRecords: readonly number[]
  /** How many messages come at once. */
  burstMessages: readonly number[]
  /** Messages on their way where there are many; a multiple of the 100 that the batching flow puts together. */
  crowd: number
  /** Rows of the one long message. */
  longRows: number
  /** That have nothing to do. */
  lanes: number
  /** Good ones that wait among the poisoned. */
  poisonValues: number
  /** Poisoned messages to one that is good. */
  poisonShares: readonly number[]
  /** How long a fault lasts before the others' rate is measured, and how long it is measured then. */
  faultMs: number
  /** Waiting in the outbox when memory and cold start are measured. */
  pendingMb: number
  /** Messages of the long load; an hour has 3,600,000 at 1,000 a second. */
  longMessages: number
  devices: number
}

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)

export const sizes: Sizes = {
  rounds: number('ROUNDS', 3),
  warmUps: number('WARM_UPS', 1),
  starts: number('STARTS', 11),
  durationMs: number('DURATION_MS', 2000),
  drainRecords: number('DRAIN_RECORDS', 1_000_000),
  growthRecords: (process.env['GROWTH_RECORDS'] ?? '10000,100000,1000000').split(',').map(Number),
  burstMessages: (process.env['BURST_MESSAGES'] ?? '5000,20000').split(',').map(Number),
  crowd: number('CROWD', 6400),
  longRows: number('LONG_ROWS', 500_000),
  lanes: number('LANES', 100),
  poisonValues: number('POISON_VALUES', 120_000),
  poisonShares: (process.env['POISON_SHARES'] ?? '0.001,0.01,0.1').split(',').map(Number),
  faultMs: number('FAULT_MS', 10_000),
  pendingMb: number('PENDING_MB', 1024),
  longMessages: number('LONG_MESSAGES', 600_000),
  devices: number('DEVICES', 10_000),
}
