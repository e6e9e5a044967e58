export { type EnosGotOptions, enosGot } from './enos-got'
export type { GotError, GotExtension, GotOptions, GotResponse } from './got-shapes'
export { type ThingPlusGotOptions, thingplusGot } from './thingplus-got'
