import { isFields } from '../checked-input'
import type { DemoAccount, SeriesView, StreamView } from '../cloud'
import { parseEnosSeed } from './enos-seed'
import { importPath } from './model-import'
import type { PointLog } from './point-log'
import type { Device } from './registry'

const mostSeries = 4
const mostPoints = 200

/** A device with the newest values of its first few measurepoints. */
export function deviceView({ productKey, deviceKey, name, log }: Device): StreamView {
  const ids: string[] = []
  for (const id of log.latest.keys()) {
    if (ids.length === mostSeries) break
    ids.push(id)
  }
  return {
    stream: `${productKey}/${deviceKey}`,
    name,
    accepted: log.pointsAccepted,
    series: seriesOf(log, ids),
    more: log.latest.size - ids.length,
  }
}

function seriesOf(log: PointLog, ids: readonly string[]): SeriesView[] {
  const entries = log.entries(mostPoints).slice(-mostPoints)
  return ids.map((id) => ({
    id,
    points: entries.flatMap(({ timeMs, values }) =>
      Object.hasOwn(values, id) ? [{ timeMs, value: plain(values[id]) }] : [],
    ),
  }))
}

/** A point with a quality comes as `{ value, quality }`. */
const plain = (value: unknown): unknown => (isFields(value) && 'value' in value ? value['value'] : value)

/** Application and device of the demo data, as far as the seed leaves them there. */
export function enosDemoAccounts(seed: unknown, url: string): DemoAccount[] {
  const given = isFields(seed) ? seed : {}
  const { apps, devices } = parseEnosSeed({})
  const [app] = given['apps'] === undefined ? apps : []
  const [device] = given['devices'] === undefined ? devices : []
  const accounts: DemoAccount[] = []
  if (app) {
    const { orgId, appKey, appSecret } = app
    const urls = { gatewayUrl: url, integrationUrl: url, modelUploadUrl: url + importPath }
    accounts.push({ type: 'enos-app', settings: { ...urls, orgId, appKey, appSecret } })
  }
  if (device) {
    const { productKey, deviceKey, deviceSecret } = device
    accounts.push({ type: 'enos-device', settings: { brokerUrl: url, productKey, deviceKey, deviceSecret } })
  }
  return accounts
}
