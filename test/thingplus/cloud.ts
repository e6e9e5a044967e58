import { HttpClient } from '../../lib/http'
import { type Fault, type Simulator, type SimulatorSettings, startSimulator } from '../../lib/simulator'
import { ThingPlus, type ThingPlusOptions } from '../../lib/thingplus'

type Seed = NonNullable<SimulatorSettings['seed']>['thingplus']
type CloudOptions = SimulatorSettings['thingplus']

export interface TestCloud {
  simulator: Simulator
  /** Method and path of every request to the cloud, in order. */
  requests: string[]
  /** A client of the demo account unless told otherwise; closed with the cloud. */
  client(options?: Partial<ThingPlusOptions>): ThingPlus
  /** Faults that strike from now on. */
  fail(...faults: Fault[]): void
  /** What `GET /_simulator/state` shows of the Thing+ half. */
  state(): CloudState
  close(): Promise<void>
}

export interface CloudState {
  clients: { id: string; scopes: string[] }[]
  gateways: { id: string; name: string; reportIntervalMs: number }[]
  devices: { id: string; name: string }[]
  sensors: { id: string; name: string; type: string; values: number }[]
  statuses: { target: string; value: string }[]
  valuesAccepted: number
}

export async function startTestCloud(
  seed?: Seed,
  options?: CloudOptions,
  settings?: SimulatorSettings,
): Promise<TestCloud> {
  const requests: string[] = []
  const clients: ThingPlus[] = []
  const simulator = await startSimulator({
    ...settings,
    port: 0,
    ...(seed ? { seed: { thingplus: seed } } : {}),
    ...(options ? { thingplus: options } : {}),
    onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
  })
  return {
    simulator,
    requests,
    client(overrides = {}) {
      const client = new ThingPlus({
        baseUrl: `${simulator.url}/v2`,
        clientId: 'testClientId',
        clientSecret: 'demo-client-secret',
        userName: 'serviceadmin',
        password: 'demo-password',
        http: new HttpClient(),
        ...overrides,
      })
      clients.push(client)
      return client
    },
    fail: (...faults) => simulator.setFaults(faults),
    state: () => simulator.state()['thingplus'] as CloudState,
    async close() {
      for (const client of clients) client.close()
      await simulator.close()
    },
  }
}

/** A clock for back-off: pausing advances it, and takes no time. */
export function steppingClock() {
  let nowMs = 0
  return {
    clock: { wallMs: () => Date.now(), monotonicMs: () => nowMs },
    wait: async (ms: number) => {
      nowMs += ms
    },
  }
}
