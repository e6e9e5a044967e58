/** How much the bench does; every size can be set by an environment variable. */
export interface Sizes {
  /** Measured rounds of each figure; one more warms up. */
  rounds: number
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
  /** Waiting in the outbox when memory and cold start are measured. */
  pendingMb: number
  /** Messages of the long load; an hour has 3,600,000 at 1,000 a second. */
  longMessages: number
  devices: number
}

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)

export const sizes: Sizes = {
  rounds: number('ROUNDS', 3),
  starts: number('STARTS', 11),
  durationMs: number('DURATION_MS', 2000),
  drainRecords: number('DRAIN_RECORDS', 1_000_000),
  growthRecords: (process.env['GROWTH_RECORDS'] ?? '10000,100000,1000000').split(',').map(Number),
  burstMessages: (process.env['BURST_MESSAGES'] ?? '5000,20000').split(',').map(Number),
  pendingMb: number('PENDING_MB', 1024),
  longMessages: number('LONG_MESSAGES', 600_000),
  devices: number('DEVICES', 10_000),
}
