import fc from 'fast-check'
import should from 'should'
import { ConnectorError, parseAnswer, parseJson, Secrets } from '../../lib/core'
import { refusal as enosRefusal, readAnswer as readEnosAnswer } from '../../lib/enos/answer'
import { recogniseThingModel } from '../../lib/enos/model-file'
import { retryAfterMs } from '../../lib/http'
import { readAnswer as readThingPlusAnswer } from '../../lib/thingplus/answer'
import { tokenLifeMs, tokenPayload } from '../../lib/thingplus/jwt'
import { refusal as thingplusRefusal } from '../../lib/thingplus/refusal'
import { patienceMs } from '../patience'

describe('Any bytes at all', () => {
  const key = fc.oneof(
    fc.constantFrom(
      'code',
      'status',
      'apim_status',
      'msg',
      'submsg',
      'message',
      'data',
      'errors',
      'statusCode',
      '_meta',
    ),
    fc.constantFrom(
      'thingModelId',
      'thingMeasurepointMap',
      'modelId',
      'measurepoints',
      '__proto__',
      'constructor',
      'name',
    ),
  )
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      tie('object'),
      fc.array(tie('json'), { maxLength: 3 }),
    ),
    object: fc.dictionary(key, tie('json'), { maxKeys: 6 }),
  }))
  const body = fc.oneof(
    json.map((value) => Buffer.from(JSON.stringify(value))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  )
  const answer = fc.record({
    statusCode: fc.constantFrom(200, 201, 204, 207, 302, 400, 401, 403, 404, 429, 500, 503),
    headers: fc.record({ 'retry-after': fc.string() }, { requiredKeys: [] }),
    body,
  })
  const resultOrError = (act: () => unknown) => {
    try {
      act()
    } catch (failure) {
      should(failure).be.instanceOf(ConnectorError)
      should((failure as ConnectorError).code).not.equal('INTERNAL')
      should((failure as ConnectorError).message.length).be.below(2_000)
    }
  }

  it('are an answer of EnOS that can be judged', () =>
    fc.assert(
      fc.property(answer, (given) =>
        resultOrError(() => {
          throw enosRefusal('x', readEnosAnswer(given, 0), {}, new Secrets([]))
        }),
      ),
    ))

  it('are an answer of Thing+ that can be judged, or unreadable', () =>
    fc.assert(
      fc.property(answer, (given) =>
        resultOrError(() => {
          throw thingplusRefusal(readThingPlusAnswer(given, 'GET /x', ['secret']), 'GET /x', 0)
        }),
      ),
    ))

  it('are a thing model, or told to be none', () =>
    fc.assert(fc.property(body, (bytes) => resultOrError(() => recogniseThingModel(bytes, 'the Buffer')))))

  it('are a token that tells its life in positive time, or nothing', () =>
    fc.assert(
      fc.property(json, fc.string(), (payload, other) => {
        for (const text of [`a.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c`, `a.${other}`, other]) {
          should(tokenLifeMs(tokenPayload(text) ?? {}, Date.now()) ?? 1).be.above(0)
        }
      }),
    ))

  it('are a time to wait that is not negative, or none', () =>
    fc.assert(fc.property(fc.string(), (text) => void should(retryAfterMs(text, Date.now()) ?? 0).be.aboveOrEqual(0))))

  it('are read as JSON exactly where they are JSON', () => {
    fc.assert(
      fc.property(
        json,
        (value) => void should(parseJson(JSON.stringify(value))).deepEqual(JSON.parse(JSON.stringify(value))),
      ),
    )
    fc.assert(
      fc.property(
        fc.string(),
        (text) => void should(parseJson(JSON.stringify([text, '[[{'.repeat(99)]))).be.an.Array(),
      ),
    )
  })

  it('are no JSON where lists lie in each other more than 200 deep', () => {
    should(parseJson(`${'['.repeat(200)}${']'.repeat(200)}`)).be.an.Array()
    should(parseJson(`${'['.repeat(201)}${']'.repeat(201)}`)).be.undefined()
  })

  it('is no answer with more parts than can be read at once, but a text of brackets and commas is', () => {
    const lists = (count: number) => `[${'[],'.repeat(count)}1]`
    const members = (count: number) => `{${Array.from({ length: count }, (_, at) => `"${at}":1`).join()}}`
    should(parseAnswer(lists(249_999))).be.an.Array()
    const values = (count: number) => `[${'1,'.repeat(count - 1)}1]`
    should(parseAnswer(members(500_000))).be.an.Object()
    should(parseAnswer(values(500_000))).be.an.Array()
    for (const text of [lists(250_000), members(500_001), values(500_001)])
      should(() => parseAnswer(text)).throw({ code: 'RESPONSE_TOO_LARGE' })
    const text = '[{"a":'.repeat(200_000)
    should(parseAnswer(JSON.stringify([text]))).deepEqual([text])
    should(parseAnswer('['.repeat(600_000))).be.undefined()
  }).timeout(patienceMs)
})
