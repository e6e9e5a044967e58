import { maskedSecret, type RecordedRequests } from '../http'
import type { Id } from '../message'
import type { EnosAnswer } from './answer'
import type { DeviceName } from './device-name'
import type { Entry } from './entry'
import type { EntryKind, EntryList } from './entry-list'
import type { EnosUplink, Freshness } from './uplink'

/** An uplink that records each request that it would send, with its secrets masked, and takes it for accepted. */
export class PreviewedUplink implements EnosUplink {
  readonly name: string
  readonly own: DeviceName | undefined
  readonly #uplink: EnosUplink
  readonly #requests: RecordedRequests
  readonly #encoded: (entry: Entry, json: string) => void

  /** @param encoded told of each entry as it will be in a request */
  constructor(uplink: EnosUplink, requests: RecordedRequests, encoded: (entry: Entry, json: string) => void) {
    this.name = uplink.name
    this.own = uplink.own
    this.#uplink = uplink
    this.#requests = requests
    this.#encoded = encoded
  }

  maxEntries(kind: EntryKind): number {
    return this.#uplink.maxEntries(kind)
  }

  deviceOf(device: DeviceName | undefined): DeviceName | undefined {
    return this.#uplink.deviceOf(device)
  }

  streamOf(entry: Entry): string {
    return this.#uplink.streamOf(entry)
  }

  encode(kind: EntryKind, entry: Entry, eventId?: Id): string {
    const json = this.#uplink.encode(kind, entry, eventId)
    this.#encoded(entry, json)
    return json
  }

  async deliver(kind: EntryKind, entries: EntryList, freshness: Freshness): Promise<EnosAnswer> {
    await this.#requests.add(() => this.requestOf(kind, entries, freshness, maskedSecret, this.#requests.count - 1))
    return accepted
  }

  requestOf(...given: Parameters<EnosUplink['requestOf']>): ReturnType<EnosUplink['requestOf']> {
    return this.#uplink.requestOf(...given)
  }
}

const accepted: EnosAnswer = {
  statusCode: 200,
  headers: {},
  envelope: undefined,
  code: '200',
  message: '',
  data: undefined,
  retryAfterMs: undefined,
  wallMs: 0,
}
