import { ConnectorError, say } from '../../core'
import { mostRecords } from '../record/bundle'
import { type Area, areaRange, formatKey, keyOf, laneNumberOf, sequenceOf } from '../record/keys'
import { decodeChecked, encodeChecked, type LaneLedger, newLedger, reconcile } from '../record/ledger'
import { decodeRecord } from '../record/record'
import { prepareFolder } from '../store/folder'
import { refuseNetworkFolder } from '../store/network-folder'
import { type OpenOutcome, openStore, storeError } from '../store/open-store'
import { Starts } from '../store/starts'
import type { Store, StoreEntry, StoreOperation, StoreRange } from '../store/store'
import { Witness } from '../store/witness'
import type { ResolvedQueueOptions } from './options'

/** 2: bundles. 3: bundles of several streams. */
const formatVersion = 3

/** What an opened store holds, as far as the ledgers, the witness and a look at the ends of the lanes tell. */
export async function readLedgers(store: Store, witness: readonly LaneLedger[]): Promise<Map<string, LaneLedger>> {
  await checkFormat(store)
  const ledgers = new Map(witness.map((ledger) => [ledger.lane, ledger]))
  for (const [, value] of await entriesOf(store, areaRange('lane'))) {
    const stored = decodeChecked<LaneLedger>(value)
    const ledger = reconcile(stored, stored && ledgers.get(stored.lane))
    if (ledger) ledgers.set(ledger.lane, ledger)
  }
  await adoptOrphans(store, ledgers)
  for (const ledger of ledgers.values()) ledgers.set(ledger.lane, await withTrueEnd(store, ledger))
  return ledgers
}

/** Proves that the store can be written, and leaves the reconciled ledgers in it. */
export async function writeLedgers(store: Store, ledgers: ReadonlyMap<string, LaneLedger>): Promise<void> {
  const operations: StoreOperation[] = [{ type: 'put', key: formatKey, value: encodeChecked(formatVersion) }]
  for (const ledger of ledgers.values())
    operations.push({ type: 'put', key: keyOf('lane', ledger.laneNumber, 0), value: encodeChecked(ledger) })
  await store.batch(operations)
}

async function checkFormat(store: Store): Promise<void> {
  const version = decodeChecked<number>(await store.get(formatKey))
  if (version !== undefined && version > formatVersion)
    throw new ConnectorError(
      'OUTBOX_UNAVAILABLE',
      say`The outbox was written by a newer version (format ${version}). Update the package, or choose another folder.`,
    )
}

/** A ledger thrown back by damage must not lead to a sequence being given twice: that would overwrite a record. */
async function withTrueEnd(store: Store, ledger: LaneLedger): Promise<LaneLedger> {
  const ends = await Promise.all(
    (['pending', 'dead'] as const).map(async (area) => {
      const { before } = areaRange(area, ledger.laneNumber)
      const range = { from: keyOf(area, ledger.laneNumber, ledger.lastSequence + 1), before }
      const [last] = await entriesOf(store, range, { limit: 1, reverse: true })
      return last ? lastSequenceIn(last, area) : 0
    }),
  )
  return { ...ledger, lastSequence: Math.max(ledger.lastSequence, ...ends) }
}

/** A bundle takes several; where it can't be read, as many as it could. */
function lastSequenceIn([key, value]: StoreEntry, area: Area): number {
  const first = sequenceOf(key)
  if (area === 'dead') return first
  return first + (decodeRecord(key, value)?.count ?? mostRecords) - 1
}

/** Records whose ledger is lost in both places: the first readable one of them tells the lane's name. */
async function adoptOrphans(store: Store, ledgers: Map<string, LaneLedger>): Promise<void> {
  const known = new Set([...ledgers.values()].map(({ laneNumber }) => laneNumber))
  for (let laneNumber = 0; laneNumber <= 0xffff; laneNumber++) {
    if (known.has(laneNumber)) continue
    const nextKnown = Math.min(0x10000, ...[...known].filter((number) => number > laneNumber))
    const { from } = areaRange('pending', laneNumber)
    const { before } = areaRange('pending', nextKnown - 1)
    const [first] = await entriesOf(store, { from, before }, { limit: 1 })
    if (!first) {
      laneNumber = nextKnown
      continue
    }
    laneNumber = laneNumberOf(first[0])
    const entries = await entriesOf(store, areaRange('pending', laneNumber), { limit: 200 })
    const record = entries.map(([key, value]) => decodeRecord(key, value)).find((decoded) => decoded !== undefined)
    const lane = record?.lane ?? `recovered-${laneNumber}`
    if (!ledgers.has(lane)) ledgers.set(lane, newLedger(lane, laneNumber))
  }
}

export async function entriesOf(
  store: Store,
  range: StoreRange,
  { limit = 1000, reverse = false } = {},
): Promise<readonly StoreEntry[]> {
  const scan = store.scan(range, { reverse })
  try {
    return await scan.next(limit)
  } finally {
    await scan.close()
  }
}

/**
 * What is verified of the tables before the store is opened (some 0.1 s for 16 MiB), by the number of starts in a row that
 * came to no proper end: damage in what LevelDB works on first may make it end the process. The rest is verified behind.
 */
const verifiedBytes = [16 * 2 ** 20, 64 * 2 ** 20, Number.POSITIVE_INFINITY] as const

/** A folder whose store is open. */
export interface OpenedFolder {
  readonly store: Store
  readonly ledgers: Awaited<ReturnType<typeof readLedgers>>
  readonly outcome: OpenOutcome
  readonly starts: Starts
}

/** Opens the folder, or makes it. @throws {ConnectorError} OUTBOX_UNAVAILABLE, OUTBOX_FULL */
export async function openFolder(options: ResolvedQueueOptions): Promise<OpenedFolder> {
  const { driver, folder, scheduler } = options
  await prepareFolder(folder)
  if (!options.allowNetworkFolder) await refuseNetworkFolder(folder)
  const starts = new Starts(folder, scheduler)
  const unendedStarts = await starts.begin()
  const witness = await Witness.read(folder)
  const read = async (store: Store) => {
    const ledgers = await readLedgers(store, witness)
    await writeLedgers(store, ledgers)
    return ledgers
  }
  try {
    const { store, content, outcome } = await openStore({
      driver,
      folder,
      nowMs: scheduler.wallMs(),
      read,
      verifiedBytes: verifiedBytes[unendedStarts] ?? Number.POSITIVE_INFINITY,
    })
    return { store, ledgers: content, outcome, starts }
  } catch (fault) {
    await starts.end()
    throw storeError(fault, folder)
  }
}
