import { createHash } from 'node:crypto'
import 'should'
import { getToken, logIn, send, simulatorFor } from './enos-client'

const SEED = {
  enos: {
    devices: [
      { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' },
      { productKey: 'pk2', deviceKey: 'dk2', assetId: 'asset-2' },
      { productKey: 'pk3', deviceKey: 'dk3', assetId: 'asset-3', modelId: 'Strict' },
    ],
    models: [
      {
        modelId: 'Demo',
        allowAdditionalMeasurepoint: true,
        allowAdditionalAttribute: true,
        allowAdditionalEvent: true,
      },
      { modelId: 'Strict', measurepoints: { temp: { dataType: 'DOUBLE' } } },
    ],
  },
}

const PICTURE = Buffer.from('not really a picture')
const md5 = createHash('md5').update(PICTURE).digest('hex')

/** A multipart body written by hand, as OkHttp and Go write it: `enos-file` parts with a Content-MD5. */
function multipart(message: unknown, files: { name: string; content: Buffer; md5: string }[] = []): RequestInit {
  const boundary = 'c0ffee-boundary'
  const chunks = [
    `--${boundary}\r\nContent-Disposition: form-data; name="enos-message"\r\nContent-Length: 1\r\n\r\n${
      typeof message === 'string' ? message : JSON.stringify(message)
    }\r\n`,
    ...files.flatMap((file) => [
      `--${boundary}\r\nContent-MD5: ${file.md5}\r\nContent-Disposition: form-data; name="enos-file"; filename="${file.name}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
      file.content,
      '\r\n',
    ]),
    `--${boundary}--\r\n`,
  ]
  return {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))),
  }
}

describe('The simulated integration channel and files', () => {
  const simulator = simulatorFor({ seed: SEED })
  const url = () => simulator.current().url
  let token: string

  beforeEach(async () => {
    token = await getToken(url())
  })

  const post = (
    action: string,
    message: unknown,
    files: Parameters<typeof multipart>[1] = [],
    query = 'orgId=o-demo',
  ) => {
    const init = multipart(message, files)
    return send(`${url()}/connect-service/v2.1/integration?action=${action}&${query}`, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), 'apim-accesstoken': token },
    })
  }
  const message = (kind: string, params: unknown, more = {}) => ({
    id: '1',
    version: '1.1',
    method: `integration.${kind}.post`,
    params,
    files: {},
    isRealtimeIntegration: true,
    ...more,
  })

  it('takes points of many devices and times in one message, with the token alone', async () => {
    const params = [
      { assetId: 'asset-1', time: 1, measurepoints: { temp: 1, run: true } },
      { productKey: 'pk2', deviceKey: 'dk2', time: 2, measurepoints: { temp: 2 } },
      { assetId: 'asset-1', time: 3, measurepoints: { temp: 3 } },
    ]
    const answer = await post('postMeasurepoint', message('measurepoint', params))
    answer.body.should.containEql({ code: 0, msg: 'OK', data: {} })
    answer.body.requestId.should.be.a.String()
    simulator
      .current()
      .points('asset-1')
      ?.map(({ timeMs }) => timeMs)
      .should.eql([1, 3])
    simulator
      .current()
      .points('pk2/dk2')
      ?.should.eql([{ timeMs: 2, values: { temp: 2 }, channel: 'integration' }])
    const { enos } = (await send(`${url()}/_simulator/state`)).body
    enos.should.containEql({ pointsAccepted: 4, entriesAccepted: 3 })
  })

  it('takes attributes and events', async () => {
    const attributes = await post(
      'postAttribute',
      message('attribute', [{ assetId: 'asset-1', attributes: { kW: 5 } }]),
    )
    attributes.body.code.should.equal(0)
    const events = await post(
      'postEvent',
      message('event', [{ assetId: 'asset-1', time: 1, events: { hot: { temp: 9 } } }]),
    )
    events.body.code.should.equal(0)
    const { enos } = (await send(`${url()}/_simulator/state`)).body
    enos.should.containEql({ attributesAccepted: 1, eventsAccepted: 1 })
  })

  it('accepts a message as a whole or not at all', async () => {
    const good = { assetId: 'asset-1', time: 1, measurepoints: { temp: 1 } }
    const refused: [unknown, number][] = [
      [message('measurepoint', [good, { ...good, assetId: 'nobody' }]), 99404],
      [message('measurepoint', [good, { ...good, time: undefined }]), 99400],
      [message('measurepoint', [good, { assetId: 'asset-3', time: 1, measurepoints: { temp: '1' } }]), 99400],
      [message('measurepoint', [good, { time: 1, measurepoints: { temp: 1 } }]), 99400],
      [message('attribute', [good]), 99400],
      [message('measurepoint', []), 99400],
      ["{'id':1}", 99400],
      [message('measurepoint', [{ ...good, measurepoints: { text: 'x'.repeat(512 * 1024) } }]), 99400],
    ]
    for (const [body, code] of refused) (await post('postMeasurepoint', body)).body.code.should.equal(code)
    simulator.current().points('asset-1')?.should.eql([])
    ;(await post('postMeasurepoint', message('measurepoint', [good]), [], 'orgId=o-else')).body.code.should.equal(99403)
    token = 'unknown'
    ;(await post('postMeasurepoint', message('measurepoint', [good]))).body.code.should.equal(1203)
  })

  it('stores attached files, checks their md5, and returns them whole, in part, by address, until deleted', async () => {
    const params = [{ assetId: 'asset-1', time: 1, measurepoints: { photo: 'local://a1.txt' } }]
    const files = { 'a1.txt': { featureId: 'photo', assetId: 'asset-1', fileExt: '.txt', fileLength: '20', md5 } }
    const file = { name: 'a1.txt', content: PICTURE, md5 }
    const wrong = await post('postMeasurepoint', message('measurepoint', params, { files }), [{ ...file, md5: '0' }])
    wrong.body.code.should.equal(99400)
    const missing = await post('postMeasurepoint', message('measurepoint', params, { files }))
    missing.body.code.should.equal(99400)
    const stored = await post('postMeasurepoint', message('measurepoint', params, { files }), [file])
    stored.body.code.should.equal(0)
    const fileUri = String(simulator.current().points('asset-1')?.[0]?.values.photo)
    fileUri.should.match(/^enos-connect:\/\/\w+\.txt$/)

    const query = `orgId=o-demo&fileUri=${fileUri}&category=feature&assetId=asset-1`
    const access = (action: string, init: RequestInit = {}) =>
      send(`${url()}/connect-service/v2.1/files?action=${action}&${query}`, {
        ...init,
        headers: { 'apim-accesstoken': token, ...init.headers },
      })
    ;(await access('download')).body.should.equal(PICTURE.toString())
    const part = await access('download', { headers: { range: 'bytes=4-9' } })
    part.status.should.equal(206)
    part.body.should.equal('really')
    String(part.headers.get('content-range')).should.equal('bytes 4-9/20')
    const address = await access('getDownloadUrl')
    ;(await send(address.body.data)).body.should.equal(PICTURE.toString())
    ;(await access('delete', { method: 'POST' })).body.code.should.equal(0)
    ;(await access('download')).status.should.equal(404)
  })

  it('takes file points of a device on /multipart, and serves the file to its session', async () => {
    const sessionId = await logIn(url())
    const base = `${url()}/multipart/sys/pK11111/dK987654`
    const body = {
      id: '1',
      version: '1.1',
      method: 'thing.measurepoint.post',
      params: { measurepoints: { photo: 'local://f.txt' }, time: 1 },
      files: { 'f.txt': { featureId: 'photo', originalFilename: 'p.txt', fileExt: '.txt', fileLength: '20', md5 } },
    }
    const file = { name: 'f.txt', content: PICTURE, md5 }
    const answer = await send(`${base}/thing/measurepoint/post?sessionId=${sessionId}`, multipart(body, [file]))
    answer.body.should.eql({ id: '1', code: 200, data: {} })
    const fileUri = simulator.current().points('asset-1')?.[0]?.values.photo
    const download = `${base}/file/download?sessionId=${sessionId}&fileUri=${fileUri}&category=feature`
    ;(await send(download)).body.should.equal(PICTURE.toString())
    const torn = await send(`${base}/thing/measurepoint/post?sessionId=${sessionId}`, {
      ...multipart(body),
      body: '--c0ffee-boundary\r\nContent-Disposition: form-data; name="enos-message"\r\n\r\n{',
    })
    torn.body.code.should.equal(1206)
    const deleted = await send(`${base}/file/delete?sessionId=${sessionId}&fileUri=${fileUri}`, { method: 'POST' })
    deleted.body.code.should.equal(200)
    ;(await send(download)).status.should.equal(404)
  })

  it('with useLark gives an upload address that works', async () => {
    const sessionId = await logIn(url())
    const base = `${url()}/multipart/sys/pK11111/dK987654`
    const body = {
      id: '1',
      version: '1.1',
      method: 'thing.measurepoint.post',
      params: { measurepoints: { photo: 'local://f.txt' } },
      files: { 'f.txt': { featureId: 'photo', fileExt: '.txt' } },
    }
    const answer = await send(`${base}/thing/measurepoint/post?sessionId=${sessionId}&useLark=true`, multipart(body))
    const [info] = answer.body.data
    info.should.have.properties('fileUri', 'uploadUrl', 'filename', 'headers')
    info.fileUri.should.startWith('enos-lark://')
    ;(await send(info.uploadUrl, { method: 'PUT', body: PICTURE })).status.should.equal(200)
    const download = `${base}/file/download?sessionId=${sessionId}&fileUri=${info.fileUri}&category=feature`
    ;(await send(download)).body.should.equal(PICTURE.toString())

    const params = [{ assetId: 'asset-1', time: 1, measurepoints: { photo: 'local://g.txt' } }]
    const files = { 'g.txt': { featureId: 'photo', assetId: 'asset-1' } }
    const many = await post(
      'postMeasurepoint',
      message('measurepoint', params, { files }),
      [],
      'orgId=o-demo&useLark=true',
    )
    many.body.data.uriInfoList.should.have.length(1)
  })
})
