/**
 * The three published states of the API, which differ in three words. The newest is what vendor guide and clients send
 * from 30 June 2017 on. A body with both words is refused, so one has to be chosen.
 *
 * Source: docs/protocol/thingplus.md §2.3.
 */
export type DialectName = 'current' | '2017-05' | '2017-04'

export interface Dialect {
  /** What `POST /registerGateway` calls the id of the new gateway. */
  readonly gatewayIdKey: 'reqId' | 'id'
  /** What a status write calls its life in seconds. */
  readonly statusLifeKey: 'validDuration' | 'timeout'
  readonly authClientsPath: '/authClients' | '/oauth2/authClients'
}

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  current: { gatewayIdKey: 'reqId', statusLifeKey: 'validDuration', authClientsPath: '/authClients' },
  '2017-05': { gatewayIdKey: 'id', statusLifeKey: 'validDuration', authClientsPath: '/authClients' },
  '2017-04': { gatewayIdKey: 'id', statusLifeKey: 'timeout', authClientsPath: '/oauth2/authClients' },
}
