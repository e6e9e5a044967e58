export { inSlices } from './slices'
export { timeMsOf } from './time'
