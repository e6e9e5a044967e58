export type { StoredSettings } from '../settings'
