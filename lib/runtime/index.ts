export type { ConfigurationNode } from './configuration'
export { configurationNode } from './configuration-node'
export { enosChoices } from './enos-choices'
export { enosSender } from './enos-sender'
export { flowNode } from './flow-node'
export { serveModelPoints } from './model-points'
export { OutboxClient } from './outbox-client'
export { controlOutbox, deadLetterOutput, type OutboxCommand, serveOutbox } from './outbox-control'
export {
  asHeaders,
  asIs,
  asListOf,
  asObject,
  asOneOf,
  asOptionalId,
  asOptionalNumber,
  asOptionalText,
  asQuery,
  asRequiredId,
  asRequiredText,
  asText,
  asTextList,
} from './parse'
export { clockOf, pauseBy } from './pc-clock'
export type { RunContext, RunResult } from './run'
export { sessionMemory } from './session-memory'
export { configured, fixed, input, ofMessage, whereShown, wordInput } from './settings'
export { simulatorNode } from './simulator-node'
export { valuesOrTable } from './table'
export { thingplusChoices } from './thingplus-choices'
export { thingplusSender } from './thingplus-sender'
export { timeFieldOf, timeSettings } from './time-settings'
export { enosApplicationTrial, enosDeviceTrial, thingplusTrial } from './trial'
export { valueReport } from './value-report'
