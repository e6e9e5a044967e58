export { type ConfigurationNode, configurationNode } from './configuration-node'
export { enosUplink } from './enos-uplink'
export { flowNode, type RunContext, type RunResult } from './flow-node'
export {
  asHeaders,
  asIs,
  asObject,
  asOneOf,
  asOptionalNumber,
  asOptionalText,
  asQuery,
  asRequiredText,
  asText,
  asTextList,
} from './parse'
export { runtimeState } from './runtime-state'
export { configured, fixed, input, optionallyConfigured, requireChosen } from './settings'
export { simulatorNode } from './simulator-node'
