import type { Simulator, SimulatorSettings } from './simulator'

export { InvalidInput } from './checked-input'
export type { AcceptedPoint, Refusal, SimulatedCloud, SimulatedReply, SimulatedRequest } from './cloud'
export { demoGateway } from './demo'
export type { EnosOptions } from './enos'
export type { Fault, FaultKind } from './faults'
export { parseSeedText, readSeedFile, type Seed } from './seed'
export type { RequestRecord, Simulator, SimulatorSettings } from './simulator'
export type { ThingPlusOptions, ThingPlusSeed } from './thingplus'

/** As `startSimulator` of the simulator itself, which is loaded now: a Node-RED that uses none starts without it. */
export async function startSimulator(settings?: SimulatorSettings): Promise<Simulator> {
  return (require('./simulator') as typeof import('./simulator')).startSimulator(settings)
}
