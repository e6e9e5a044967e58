import 'should'
import { getToken, logIn, send, sendJson, signedHeaders, simulatorFor } from './enos-client'

const MODEL = {
  thingModelId: 'Pump',
  thingModelName: { defaultValue: 'Pump', i18nValue: {} },
  thingAttributeMap: {},
  thingMeasurepointMap: {
    flow: {
      identifier: 'flow',
      $class: 'com.envisioniot.enos.model_service.share.data.tsl.measurepoint.TSLDoubleMeasurepoint',
    },
    mode: {
      identifier: 'mode',
      specsMap: { '0': '{}', '1': '{}' },
      $class: 'com.envisioniot.enos.model_service.share.data.tsl.measurepoint.TSLEnumMeasurepoint',
    },
  },
}

describe("The simulated console's model import", () => {
  const simulator = simulatorFor({
    seed: {
      enos: {
        models: [{ modelId: 'Pump' }],
        devices: [
          {
            productKey: 'pK11111',
            deviceKey: 'dK987654',
            deviceSecret: 'ds54321',
            assetId: 'asset-1',
            modelId: 'Pump',
          },
        ],
      },
    },
  })
  const importFile = async (
    content: string | Uint8Array<ArrayBuffer>,
    {
      fileType = 'json',
      patchUpdate = 'false',
      headers,
    }: { fileType?: string; patchUpdate?: string; headers?: Record<string, string> } = {},
  ) => {
    const form = new FormData()
    form.set('fileType', fileType)
    form.set('patchUpdate', patchUpdate)
    form.set('file', new Blob([content], { type: 'application/json' }), 'ThingModel.json')
    const { url } = simulator.current()
    return send(`${url}/dm-bff/rest/model/batchImportModels`, {
      method: 'POST',
      headers: headers ?? { authorization: `Bearer ${await getToken(url)}` },
      body: form,
    })
  }
  const models = async () => (await send(`${simulator.current().url}/_simulator/state`)).body.enos.models

  it('takes a bearer token or the signed headers without the body, as the option says', async () => {
    const token = await getToken(simulator.current().url)
    const bearer = { authorization: `Bearer ${token}` }
    const signed = signedHeaders(token, {})
    for (const [importAuth, headers, successful] of [
      ['both', bearer, true],
      ['both', signed, true],
      ['signed', bearer, false],
      ['bearer', signed, false],
      ['both', {}, false],
    ] as const) {
      simulator.current().setOptions({ enos: { importAuth } })
      const answer = await importFile(JSON.stringify(MODEL), { headers })
      answer.status.should.equal(successful ? 200 : 401)
      answer.body.successful.should.equal(successful)
    }
  })

  it('imports a file with or without a byte order mark, and the model then governs its devices', async () => {
    const answer = await importFile(`\uFEFF${JSON.stringify(MODEL)}`)
    answer.body.should.containEql({ successful: true })
    const imported = (await models()).find((model: { modelId: string }) => model.modelId === 'Pump')
    imported.should.containEql({ source: 'import', measurepoints: ['flow', 'mode'] })
    const { url } = simulator.current()
    const sessionId = await logIn(url)
    const post = async (measurepoints: object) =>
      (
        await sendJson(`${url}/topic/sys/pK11111/dK987654/thing/measurepoint/post?sessionId=${sessionId}`, {
          version: '1.0',
          method: 'thing.measurepoint.post',
          params: { measurepoints },
        })
      ).body.code
    ;(await post({ flow: 1.5, mode: 1 })).should.equal(200)
    ;(await post({ mode: 2 })).should.equal(1204)
  })

  it('replaces the features of a model, or adds to them with patchUpdate', async () => {
    await importFile(JSON.stringify(MODEL))
    const flow = { ...MODEL.thingMeasurepointMap.flow, identifier: 'head' }
    const other = JSON.stringify({ ...MODEL, thingMeasurepointMap: { head: flow } })
    await importFile(other, { patchUpdate: 'true' })
    ;(await models())[0].measurepoints.should.eql(['flow', 'mode', 'head'])
    await importFile(other)
    ;(await models())[0].measurepoints.should.eql(['head'])
  })

  it('refuses what is not a model, and says why', async () => {
    const files = [
      '',
      'x,y\n1,2',
      '{}',
      '[]',
      '{"thingModelId":"a b"}',
      JSON.stringify({ ...MODEL, thingMeasurepointMap: { a: {} } }),
    ]
    for (const file of files) {
      const { body } = await importFile(file)
      body.successful.should.equal(false)
      body.message.should.be.a.String().and.not.be.empty()
    }
    ;(await importFile(JSON.stringify(MODEL), { fileType: 'yaml' })).body.successful.should.equal(false)
    ;(await importFile(JSON.stringify(MODEL), { patchUpdate: 'maybe' })).body.successful.should.equal(false)
  })

  it('takes a workbook as bytes', async () => {
    const workbook = Uint8Array.from(Buffer.from('PK\x03\x04 xl/workbook.xml'))
    ;(await importFile(workbook, { fileType: 'excel' })).body.successful.should.equal(true)
    for (const other of ['not a zip', 'PK\x03\x04 word/document.xml'])
      (await importFile(other, { fileType: 'excel' })).body.successful.should.equal(false)
    const { body } = await send(`${simulator.current().url}/_simulator/state`)
    body.enos.workbooks.should.eql([{ fileName: 'ThingModel.json', bytes: 20 }])
  })
})
