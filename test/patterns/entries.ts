import { ConnectorError, checkedCredential, parseJson, Secrets, say } from '../../lib/core'
import {
  EnosApplication,
  type EntryReading,
  modelPoints,
  readEntries,
  readStoredEntries,
  readThingModel,
  recogniseThingModel,
  signHttpRequest,
} from '../../lib/enos'
import { refusal as enosRefusal, readAnswer as readEnosAnswer } from '../../lib/enos/answer'
import { checkQuery } from '../../lib/enos/checked-query'
import { brokerCodes } from '../../lib/enos/codes'
import { withLostZerosOf } from '../../lib/enos/entry-ids'
import { swappedHost } from '../../lib/enos/hosts'
import { type HttpResponse, parseBaseUrl, proxyUrl, retryAfterMs } from '../../lib/http'
import { environmentProxy } from '../../lib/http/environment-proxy'
import { isExempt } from '../../lib/http/proxy'
import { tlsFault } from '../../lib/http/tls-fault'
import {
  automaticTimes,
  fieldValueOf,
  idOf,
  metricsIn,
  nearestName,
  pathOf,
  pointedNumber,
  refuseNameless,
  scalarOf,
  sendableId,
  TimePattern,
  TimeReader,
  type TimeSettings,
  unpacked,
  withoutMarks,
  zoneNamed,
} from '../../lib/message'
import { networkTypeOf } from '../../lib/outbox/queue/network-folder'
import { withVariables } from '../../lib/runtime/environment'
import { matcherOf } from '../../lib/simulator/enos/expression'
import { parseMultipart } from '../../lib/simulator/enos/multipart'
import { parseSeedText } from '../../lib/simulator/seed'
import { gatewayIdOf, itemIdOf, sensorValues, seriesEntries } from '../../lib/thingplus'
import { readAnswer as readThingPlusAnswer } from '../../lib/thingplus/answer'
import { tokenPayload } from '../../lib/thingplus/jwt'
import { refusal as thingPlusRefusal } from '../../lib/thingplus/refusal'
import { closestFirst } from '../../lib/thingplus/sensor-types'
import { valueOfKind } from '../../lib/thingplus/sensor-value'

const arrivalMs = Date.UTC(2026, 2, 2)
const times = (format: TimeSettings['format'], pattern?: string): TimeSettings => ({
  ...automaticTimes,
  format,
  pattern: pattern === undefined ? undefined : TimePattern.of(pattern),
})
const entries = async (payload: unknown, reading: Partial<EntryReading> = {}) => {
  await readEntries(payload, { native: 'measurepoints', timeField: 'time', arrivalMs, ...reading }).each(
    () => undefined,
  )
}
const response = (statusCode: number, body: string, headers: HttpResponse['headers'] = {}): HttpResponse => ({
  statusCode,
  headers,
  body: Buffer.from(body),
})
/** It asks nobody for a token. */
const application = new EnosApplication({
  gatewayUrl: 'http://127.0.0.1:1',
  orgId: 'o',
  appKey: 'k',
  appSecret: 's',
  noSecret: new ConnectorError('CONFIG_INCOMPLETE', say`No secret.`),
})

/** Each way by which text from outside comes in. What it throws is not asked for: only how long it takes. */
export const ways: Readonly<Record<string, (text: string) => unknown>> = {
  'a value of EnOS': (text) => entries({ a: text, b: { value: text, quality: text } }),
  'a value of EnOS with a decimal comma': (text) => entries({ a: text }, { decimalSign: 'comma' }),
  'a point of EnOS': (text) => entries({ [text]: 1 }),
  'a device of EnOS': (text) =>
    entries([
      { assetId: text, a: 1 },
      { productKey: text, deviceKey: text, a: 1 },
    ]),
  'a payload of EnOS': (text) => entries(text),
  'a time of an entry': (text) => entries({ a: 1, time: text }),
  'a time that nobody has named': (text) => entries({ a: 1, timestamp: text, date: text, [text]: text }),
  'a time of a logger': (text) => {
    for (const format of ['auto', 's', 'ms', 'us', 'ns', 'excel', 'excel-us', 'dmy', 'mdy'] as const)
      ignored(() => new TimeReader(times(format), arrivalMs).timeMs(text, 'it'))
    for (const pattern of ['DDMMYYYYHHmmssSSS', 'D M YYYY H m s S A Z'])
      ignored(() => new TimeReader(times('pattern', pattern), arrivalMs).timeMs(text, 'it'))
  },
  'a pattern of times': (text) => TimePattern.of(text),
  'a time zone': (text) => zoneNamed(text),
  'a value of Thing+': (text) =>
    seriesEntries([text, { value: text, time: text }], undefined, { arrivalMs, decimalSign: 'comma' }),
  'a number of Thing+': (text) => valueOfKind(text, { kind: 'number', type: 't' }, 'it'),
  'a code of Thing+': (text) =>
    valueOfKind(text, { kind: 'boolean', type: 't', codes: { '0': 'off', '1': 'on' } }, 'it'),
  'sensors of Thing+': (text) => sensorValues(undefined, { [text]: 1, a: text }, { arrivalMs }),
  'an id': (text) => {
    for (const read of [
      (id: string) => idOf(id, 'it'),
      sendableId,
      (id: string) => gatewayIdOf(id, 'uuid'),
      (id: string) => gatewayIdOf(id, undefined),
      (id: string) => itemIdOf(id, 'sensor'),
    ])
      ignored(() => read(text))
  },
  'a payload': (text) => {
    unpacked(Buffer.from(text))
    ignored(() => refuseNameless(text))
    metricsIn({ metrics: [{ name: text, value: text, type: text }] })
    fieldValueOf(text)
    scalarOf(text)
    pointedNumber(text, 'comma')
    withoutMarks({ [text]: text })
  },
  'a query': (text) => checkQuery({ [text]: text, orgId: text }),
  'a URL of a message': (text) =>
    signHttpRequest(application, { method: text, url: text, headers: { [text]: text }, body: text }),
  'a URL of a setting': (text) => {
    ignored(() => parseBaseUrl(text, 'it'))
    ignored(() => parseBaseUrl(`https://${text}`, 'it'))
    ignored(() => parseBaseUrl(`https://h/${text}`, 'it'))
    ignored(() => swappedHost(`https://h/${text}`, 'broker'))
    ignored(() => proxyUrl(text))
  },
  'a setting with variables': (text) => withVariables({ a: text }, 'it', (name) => name),
  'a proxy of the environment': (text) => {
    isExempt(new URL('http://host:80/'), [text])
    environmentProxy(new URL('http://host/'), { environment: { http_proxy: text, no_proxy: text } } as never)
  },
  'a path of a file': (text) => pathOf(text),
  'a mount of the system': (text) => networkTypeOf('/data', text),
  'an answer of EnOS': (text) => {
    for (const body of [text, JSON.stringify({ code: text, msg: text, submsg: text }), `{"code":1,"msg":"${text}"}`]) {
      const answer = readEnosAnswer(response(400, body, { 'retry-after': text, date: text }), arrivalMs)
      enosRefusal('it', answer, brokerCodes, new Secrets(['secret', 's']))
    }
  },
  'an answer of Thing+': (text) => {
    const problem = { code: text, message: text }
    for (const body of [text, JSON.stringify({ statusCode: text, errors: [problem], ...problem, name: text })]) {
      const answer = readThingPlusAnswer(response(400, body, { 'retry-after': text, date: text }), 'PUT /x/status', [
        'secret',
      ])
      thingPlusRefusal(answer, 'PUT /x/status', arrivalMs)
    }
  },
  'words of a cloud': (text) => {
    new Secrets(['a', 'secret', text.slice(0, 100)]).redacted(text)
    new Secrets(['secret']).plainWord(text)
    ignored(() => checkedCredential(text, 'it'))
    tokenPayload(text)
    tokenPayload(`a.${text}.c`)
    retryAfterMs(text, arrivalMs)
    tlsFault(`ERR_SSL_${text}`)
    parseJson(text)
    withLostZerosOf(new Error('x'), 'event', { json: [Buffer.from(text)], count: 1 })
  },
  'a name that is sought': (text) => {
    nearestName(['temperature', text], text)
    closestFirst(['temperature', text], text)
  },
  'a thing model': async (text) => {
    const model = {
      thingModelId: text,
      thingMeasurepointMap: { [text]: { identifier: text, datatype: text, unit: text } },
    }
    ignored(() => recogniseThingModel(Buffer.from(text), 'it'))
    const file = recogniseThingModel(Buffer.from(JSON.stringify(model)), 'it')
    if (file.kind === 'export') modelPoints(file)
    await readThingModel(text)
  },
  'a model of the API': (text) => {
    const points = { [text]: { identifier: text, dataType: text, name: { defaultValue: text }, dataDefinition: text } }
    recogniseThingModel(Buffer.from(JSON.stringify({ modelId: text, measurepoints: points })), 'it')
  },
  'a stored record': (text) =>
    readStoredEntries('measurepoint', Buffer.from(`{"measurepoints":{"a":${JSON.stringify(text)}},"time":1}`)),
  'a search in the simulator': (text) => matcherOf(text, {}),
  'an upload to the simulator': (text) =>
    parseMultipart({
      headers: { 'content-type': `multipart/form-data; boundary=${text.slice(0, 100)}` },
      body: Buffer.from(`--b\r\n${text}\r\n\r\n--b`),
    } as never),
  'a seed of the simulator': (text) => parseSeedText(text, 'it'),
}

function ignored(call: () => unknown): void {
  try {
    call()
  } catch {
    // How it ends is not asked.
  }
}

/** Short texts that are bad for one pattern or other when they are repeated, and what may stand behind them. */
const repeated = [
  'a',
  '1',
  ' ',
  '/',
  '.',
  '-',
  ':',
  ',',
  '@',
  '${',
  '%41',
  '=',
  '<',
  '"',
  '\\',
  "'",
  '\n',
  '\ud800',
  '[',
  '{"a":',
  '(',
  '0.',
  '1,',
  'e1',
  'aA1.',
  'DD',
  '2026-03-02T06:00:00 ',
  '--b\r\n',
  'not ',
  '\ufeff',
] as const
const endings = ['', '\n!'] as const

/** The texts of a length, by what they are made of. */
export function* worstTexts(characters: number): Generator<[name: string, text: string]> {
  for (const part of repeated) {
    const body = part.repeat(Math.ceil(characters / part.length))
    for (const ending of endings) yield [JSON.stringify(part + ending), body + ending]
  }
}
