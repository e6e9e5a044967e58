import { ask } from '../shared/ask'
import { text } from '../shared/texts'
import type { Way } from './plan'

interface Demo {
  url: string
  port: number
  /** Whether a node that is deployed runs it. */
  isOfNode: boolean
  /** Of its demo accounts, by the type of the configuration. */
  settings: Readonly<Record<Way['type'], Readonly<Record<string, unknown>>>>
}

/** Has a simulator run on Node-RED's PC. */
export const startDemo = (): Promise<Demo> =>
  ask<Demo>({ url: 'edgecourier/simulator', data: {}, noAnswer: text('test.noAnswer') })
