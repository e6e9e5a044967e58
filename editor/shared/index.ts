// What pages of nodes use of the plugin `edgecourier`. All of these are functions: a page gets each of them from the plugin
// when it calls it (scripts/pages.mjs).
export { choices, lanesOf, ofDevice, ofGateway } from '../choices'
export { showPreview } from '../preview'
export { offerSimulator, showSetUp } from '../set-up'
export { fromEnos, fromModelFile, fromThingPlus } from '../table'
export { ask } from './ask'
export { showOutlook, testConnection } from './findings'
export {
  chooseOnlyOnes,
  inputLabel,
  labelStyle,
  nodeLabel,
  outputLabel,
  paletteLabel,
} from './look'
export { pageOf } from './page'
