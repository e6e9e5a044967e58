import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import 'should'
import { type Answer, DEMO_APP, loginBody, sha256, simulatorFor } from './enos-client'

/**
 * The requests of Envision's own clients as they were seen on the wire, header for header: the Java device SDK, the Java
 * integration SDK and the Go client. Source: docs/protocol/enos.md §16.
 */
describe("Envision's own clients against the simulator", () => {
  let now = Date.now()
  const simulator = simulatorFor({ now: () => now })

  beforeEach(() => {
    now = Date.now()
  })

  /** Raw: `fetch` would rewrite `//auth` and add headers. */
  function raw(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | Buffer = '',
  ): Promise<Answer> {
    const { port } = simulator.current()
    return new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body)
      const request = httpRequest({
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, 'Content-Length': length },
      })
      request.on('error', reject).on('response', async (response) => {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(),
          body: text.startsWith('{') ? JSON.parse(text) : text,
        })
      })
      request.end(body)
    })
  }

  const OKHTTP = { Connection: 'Keep-Alive', 'Accept-Encoding': 'gzip', 'User-Agent': 'okhttp/3.13.1' }
  const GO = { 'Accept-Encoding': 'gzip', 'User-Agent': 'Go-http-client/1.1' }
  const JAVA_JSON = { ...OKHTTP, 'Content-Type': 'application/json; charset=utf-8' }
  const GO_JSON = { ...GO, 'Content-Type': 'application/json;charset=UTF-8' }

  const javaLogin = async (slash = '') => {
    const body = {
      ...loginBody(undefined, 30000),
      clientInfo: { ipAddress: '127.0.0.1', sdkVersion: '0.2.1' },
      acceptCommandTypes: ['CMD_OTA_UPGRADE', 'CMD_PENDING_INVOKE'],
    }
    return raw('POST', `${slash}/auth/pK11111/dK987654`, JAVA_JSON, JSON.stringify(body))
  }

  it('logs the Java device client in and takes its messages, with the double slash of its sample URL', async () => {
    for (const slash of ['', '/']) {
      const login = await javaLogin(slash)
      login.body.should.containEql({ code: 200, message: 'success' })
      const { sessionId } = login.body.data
      const messages: [string, string, unknown][] = [
        [
          'thing/measurepoint/post',
          'thing.measurepoint.post',
          { measurepoints: { p: { value: 1, quality: 0 } }, time: now },
        ],
        ['thing/measurepoint/post/batch', 'thing.measurepoint.post.batch', [{ measurepoints: { p: 1 }, time: now }]],
        ['thing/measurepoint/resume', 'thing.measurepoint.resume', { measurepoints: { p: 1 }, time: now }],
        [
          'thing/measurepoint/resume/batch',
          'thing.measurepoint.resume.batch',
          [{ measurepoints: { p: 1 }, time: now }],
        ],
        ['thing/attribute/update', 'thing.attribute.update', { attributes: { a: 1 } }],
        ['thing/attribute/query', 'thing.attribute.query', { attributes: ['a'] }],
        ['thing/tag/update', 'thing.tag.update', [{ tagKey: 'k', tagValue: 'v' }]],
        ['thing/event/alarm/post', 'thing.event.alarm.post', { events: { level: 1 }, time: now }],
      ]
      for (const [index, [topic, method, params]] of messages.entries()) {
        const body = JSON.stringify({ id: String(index), version: '1.1', method, params })
        const answer = await raw(
          'POST',
          `${slash}/topic/sys/pK11111/dK987654/${topic}?sessionId=${sessionId}`,
          JAVA_JSON,
          body,
        )
        answer.status.should.equal(200)
        answer.body.should.containEql({ id: String(index), code: 200 })
      }
    }
  })

  it('takes raw bytes of the Java device client as application/octet-stream', async () => {
    const { sessionId } = (await javaLogin()).body.data
    const path = `/topic/sys/pK11111/dK987654/thing/model/up_raw?sessionId=${sessionId}`
    const headers = { ...OKHTTP, 'Content-Type': 'application/octet-stream' }
    const answer = await raw('POST', path, headers, Buffer.from([1, 2, 3]))
    answer.body.code.should.equal(200)
    simulator.current().state().enos?.should.containEql({ rawMessagesAccepted: 1 })
  })

  it('takes a file point of the Java device client, and its empty POST that deletes the file', async () => {
    const { sessionId } = (await javaLogin()).body.data
    const content = 'hello'
    const md5 = createHash('md5').update(content).digest('hex')
    const files = {
      f1: { featureId: 'photo', fileName: 'f1', originalFilename: 'p.txt', fileExt: '.txt', fileLength: '5', md5 },
    }
    const params = { measurepoints: { photo: 'local://f1' }, time: now }
    const message = JSON.stringify({ id: '1', version: '1.1', method: 'thing.measurepoint.post', params, files })
    const body = [
      '--9f1c',
      'Content-Disposition: form-data; name="enos-message"',
      `Content-Length: ${message.length}`,
      '',
      message,
      '--9f1c',
      `Content-MD5: ${md5}`,
      'Content-Disposition: form-data; name="enos-file"; filename="f1"',
      'Content-Type: application/octet-stream',
      `Content-Length: ${content.length}`,
      '',
      content,
      '--9f1c--',
      '',
    ].join('\r\n')
    const base = '/multipart/sys/pK11111/dK987654'
    const headers = { ...OKHTTP, 'Content-Type': 'multipart/form-data; boundary=9f1c' }
    const posted = await raw('POST', `${base}/thing/measurepoint/post?sessionId=${sessionId}`, headers, body)
    posted.body.code.should.equal(200)
    const fileUri = simulator.current().points('asset-1')?.[0]?.values.photo
    const query = `sessionId=${sessionId}&fileUri=${fileUri}`
    const downloaded = await raw('GET', `${base}/file/download?${query}&category=feature`, OKHTTP)
    downloaded.body.should.equal(content)
    const deleted = await raw('POST', `${base}/file/delete?${query}`, OKHTTP)
    deleted.body.code.should.equal(200)
  })

  it('serves the Java integration client: get followed at once by refresh, then its multipart message', async () => {
    const timestamp = String(now)
    const { appKey, appSecret } = DEMO_APP
    const identity = { appKey, encryption: sha256(`${appKey}${timestamp}${appSecret}`), timestamp }
    const got = await raw('POST', '/apim-token-service/v2.0/token/get', JAVA_JSON, JSON.stringify(identity))
    const { accessToken } = got.body.data
    const again = JSON.stringify({ ...identity, accessToken })
    const refreshed = await raw('POST', '/apim-token-service/v2.0/token/refresh', JAVA_JSON, again)
    refreshed.body.status.should.equal(0)
    const message = JSON.stringify({
      id: '1',
      version: '1.1',
      method: 'integration.measurepoint.post',
      params: [{ productKey: 'pK11111', deviceKey: 'dK987654', time: now, measurepoints: { p: 1 } }],
      files: {},
      isRealtimeIntegration: true,
    })
    const body = `--b1\r\nContent-Disposition: form-data; name="enos-message"\r\nContent-Length: ${message.length}\r\n\r\n${message}\r\n--b1--\r\n`
    const answer = await raw(
      'POST',
      '/connect-service/v2.1/integration?action=postMeasurepoint&orgId=o-demo',
      {
        ...OKHTTP,
        'Content-Type': 'multipart/form-data; boundary=b1',
        'apim-accesstoken': refreshed.body.data.accessToken,
      },
      body,
    )
    answer.body.should.containEql({ code: 0, msg: 'OK' })
  })

  it('serves the Go client: whole seconds as text, encrypted twice, form-encoded query, numeric lifetime', async () => {
    const timestamp = `${Math.floor(now / 1000)}000`
    const { appKey, appSecret } = DEMO_APP
    const body = JSON.stringify({ appKey, encryption: sha256(`${appKey}${timestamp}${appSecret}`), timestamp })
    await raw('POST', '/apim-token-service/v2.0/token/get', GO_JSON, body)
    const { accessToken } = (await raw('POST', '/apim-token-service/v2.0/token/get', GO_JSON, body)).body.data
    const signed = (signData: string) => ({
      'Apim-Accesstoken': accessToken,
      'Apim-Signature': sha256(`${accessToken}${signData}${timestamp}${appSecret}`),
      'Apim-Timestamp': timestamp,
    })
    const got = await raw('GET', '/model-service/v2.1/thing-models?action=get&modelId=M+1&orgId=o-demo', {
      ...GO_JSON,
      ...signed('actiongetmodelIdM 1orgIdo-demo'),
    })
    got.body.code.should.equal(99404)
    const search = '{"expression":"modelId in (\\"Demo\\")"}'
    const found = await raw(
      'POST',
      '/model-service/v2.1/thing-models?action=search&orgId=o-demo',
      { ...GO_JSON, ...signed(`actionsearchorgIdo-demo${search}`) },
      search,
    )
    found.body.data[0].modelId.should.equal('Demo')
    const login = await raw('POST', '/auth/pK11111/dK987654', GO_JSON, JSON.stringify(loginBody(undefined, 60000)))
    login.body.should.containEql({ code: 200, message: 'success' })
  })
})
