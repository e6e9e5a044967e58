export { inSlices } from './slices'
export { plainTimeMs, timeMsOf } from './time'
