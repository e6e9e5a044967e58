export { slices } from './slices'
export { timeMsOf } from './time'
