import { partitionIn } from '../record/parts'
import type { OutboxRecord } from '../record/record'
import type { Destination } from './destination'

/** What records must stay in order with: their partition, or, where a request holds one stream only, their stream. */
export type OrderKey = number | string

export const orderKeys = ({ batching }: Pick<Destination, 'batching'>): ((record: OutboxRecord) => OrderKey) =>
  batching === 'lane' ? partitionIn : ({ stream }) => stream
