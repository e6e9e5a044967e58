import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import should from 'should'
import { EnosApplication, readThingModel, recogniseThingModel, uploadModel, uploadModels } from '../../lib/enos'
import type { Simulator } from '../../lib/simulator'
import { archiveOf, workbook } from '../enos/archive'
import { apiModels, fileModels } from '../enos/model-arbitraries'
import { apiModel, exportedModel } from '../enos/models'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { isWindows, itWhere } from '../skipping'

const tsl = 'com.envisioniot.enos.model_service.share.data.tsl'
const named = (identifier: string) => ({ identifier, name: { defaultValue: identifier, i18nValue: {} } })
const oftenExported = {
  required: false,
  accessMode: true,
  tags: { tagMap: {} },
  createTime: '1583058298703',
  priority: 3,
}

/** As real exports are: structs, arrays, enumerations of both kinds, events. */
const richExport = {
  ...exportedModel,
  thingModelId: 'Demo',
  tag: { tagMap: { auth_unit: true, line: '7' } },
  thingAttributeMap: {
    floor: {
      ...named('floor'),
      ...oftenExported,
      specsMap: { '-1': '{"defaultValue":"B1","i18nValue":{}}', '2': '{"defaultValue":"Second","i18nValue":{}}' },
      valueType: false,
      defaultValue: '2',
      $class: `${tsl}.attribute.TSLEnumAttribute`,
    },
  },
  thingMeasurepointMap: {
    phases: {
      ...named('phases'),
      ...oftenExported,
      struct: {
        l1: {
          ...named('l1'),
          ...oftenExported,
          minimum: 0,
          maximum: 250,
          unit: { unitId: 'V', multiplier: 'ONE' },
          $class: `${tsl}.datapoint.TSLDouble`,
        },
        state: {
          ...named('state'),
          specsMap: { '0': '{"defaultValue":"off","i18nValue":{"en_US":"Off"}}' },
          valueType: true,
          $class: `${tsl}.datapoint.TSLEnum`,
        },
      },
      tslStructType: 'CUSTOM',
      allowAdditionalItem: false,
      signalType: 'UNKNOWN',
      $class: `${tsl}.measurepoint.TSLStructMeasurepoint`,
    },
    spectrum: {
      ...named('spectrum'),
      innerType: { $class: `${tsl}.datapoint.TSLFloat` },
      $class: `${tsl}.measurepoint.TSLArrayMeasurepoint`,
    },
  },
  thingServiceMap: {},
  thingEventMap: {
    leak: {
      ...named('leak'),
      type: 'ERROR',
      outputData: [
        { ...named('litres'), ...oftenExported, trueDesc: 'yes', falseDesc: 'no', $class: `${tsl}.datapoint.TSLBool` },
      ],
    },
  },
}

const inFile = (model: object) => recogniseThingModel(Buffer.from(JSON.stringify(model)), 'model_Demo.json')
const byUpdate = { method: 'update', patch: false, authorisation: 'signed' } as const
const byImport = { ...byUpdate, method: 'import' } as const

describe('Thing models as they come from the console', () => {
  let simulator: Simulator
  let application: EnosApplication
  let folder: string
  before(async () => {
    folder = await newFolder('models')
  })
  after(() => removeFolder(folder))
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
    const { url } = simulator
    application = new EnosApplication({
      ...{ gatewayUrl: url, modelUploadUrl: url, orgId: 'o-demo' },
      ...{ appKey: 'demo-app', appSecret: 'demo-secret' },
    })
  })
  afterEach(async () => {
    application.close()
    await simulator.close()
  })

  /** What the cloud has of a model. */
  const stored = async (modelId = 'Demo') => {
    const { data } = await application.call({
      method: 'GET',
      path: '/model-service/v2.1/thing-models',
      query: { action: 'get', modelId },
    })
    return data as Record<string, Record<string, Record<string, unknown>>>
  }
  const modelIds = () =>
    (simulator.state().enos as { models: { modelId: string }[] }).models.map((model) => model.modelId)
  const written = async (name: string, content: string | Buffer) => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }

  describe('by the update API', () => {
    it('arrive with the members of their structs, the items of their arrays and the types of their events', async () => {
      await uploadModel(application, inFile(richExport), byUpdate)
      const { attributes, measurepoints, events, tags } = await stored()
      const definition = (feature: Record<string, unknown> | undefined) => JSON.parse(String(feature?.dataDefinition))
      should(measurepoints?.phases).containEql({ dataType: 'STRUCT', signalType: 'Generic' })
      should(definition(measurepoints?.phases)).deepEqual({
        items: [
          {
            ...named('l1'),
            tags: {},
            dataType: 'DOUBLE',
            dataDefinition: null,
            unit: { unitId: 'V', multiplier: 'ONE' },
          },
          {
            ...named('state'),
            dataType: 'ENUM',
            dataDefinition: JSON.stringify({
              enumDesc: { '0': { defaultValue: 'off', i18nValue: { en_US: 'Off' } } },
              enumType: 'INT',
            }),
          },
        ],
      })
      should(definition(measurepoints?.spectrum)).deepEqual({ itemType: 'FLOAT' })
      should(events?.leak).containEql({ eventType: 'ERROR' })
      should(events?.leak?.outputData).containDeep([
        { dataType: 'BOOL', dataDefinition: '{"boolDesc":{"true":"yes","false":"no"}}' },
      ])
      should(definition(attributes?.floor)).containEql({ enumType: 'STRING', defaultValue: '2' })
      should(tags).deepEqual({ auth_unit: 'true', line: '7' })
    })

    it('tell what the API has no place for, and leave out what nobody has set', async () => {
      const { notSent } = await uploadModel(application, inFile(richExport), byUpdate)
      const fields = new Map(notSent.map(({ field, ...where }) => [field, where]))
      should(fields.get('maximum')).deepEqual({ count: 1, first: 'thingMeasurepointMap.phases.struct.l1.maximum' })
      should(fields.get('createTime')?.count).equal(4)
      should([...fields.keys()]).containDeep(['ou', 'tslStructType', 'priority'])
      for (const field of ['accessMode', 'required', 'allowAdditionalItem']) should(fields.has(field)).be.false()
    })

    it('are taken by the cloud whatever documented shapes they hold', async () => {
      await fc.assert(
        fc.asyncProperty(fileModels, async (file) => {
          await uploadModel(application, inFile({ ...file, thingModelId: 'Demo' }), byUpdate)
        }),
        { numRuns: 40 },
      )
    })

    it('are refused where a number in them has more digits than can be kept', async () => {
      const text = (max: string) =>
        Buffer.from(
          JSON.stringify(richExport).replace('{', `{ "thingModelVersion": ${max}, "note": "9007199254740993",`),
        )
      await uploadModel(application, recogniseThingModel(text('9007199254740991'), 'a.json'), byUpdate)
      await uploadModel(
        application,
        recogniseThingModel(text('9007199254740993'), 'a.json'),
        byUpdate,
      ).should.be.rejectedWith(/9007199254740993 in it has more digits/, { code: 'FILE_NOT_A_MODEL' })
    })

    it('may name features to delete in the dialect of the API', async () => {
      await uploadModel(application, inFile({ ...apiModel, modelId: 'Demo' }), byUpdate)
      const less = { modelId: 'Demo', measurepoints: {}, featuresToDelete: ['temp'] }
      await uploadModel(application, inFile(less), { ...byUpdate, patch: true })
      should((await stored()).measurepoints).deepEqual({})
    })

    const point = (fields: object) => ({ ...richExport, thingMeasurepointMap: { p: { ...named('p'), ...fields } } })
    const nested = (depth: number): object =>
      depth === 0
        ? { $class: `${tsl}.datapoint.TSLInt`, ...named('x') }
        : { $class: `${tsl}.datapoint.TSLStruct`, ...named('x'), struct: { x: nested(depth - 1) } }
    const unconvertible: [what: string, model: object, text: RegExp][] = [
      [
        'a type of its own',
        point({ $class: `${tsl}.measurepoint.TSLMatrixMeasurepoint` }),
        /thingMeasurepointMap\.p has a type .*TSLMatrix/,
      ],
      ['no type', point({}), /thingMeasurepointMap\.p has a type/],
      ['another identifier', point({ identifier: 'q', $class: 'TSLInt' }), /\.p has the identifier q/],
      ['items of no type', point({ $class: 'TSLArray', innerType: {} }), /\.p has items of a type/],
      ['a feature that is no object', { ...richExport, thingEventMap: { e: 7 } }, /thingEventMap\.e is not an object/],
      [
        'an unknown event type',
        { ...richExport, thingEventMap: { e: { type: 'PANIC' } } },
        /PANIC.*INFO, WARN and ERROR/,
      ],
      ['structs in structs', point({ ...nested(40), identifier: 'p' }), /nests structs more than 4 deep/],
    ]
    for (const [what, model, text] of unconvertible) {
      it(`are refused with the place of ${what}, and nothing is sent`, async () => {
        const before = simulator.state().requests
        await uploadModel(application, inFile(model), byUpdate).should.be.rejectedWith({
          code: 'FILE_NOT_A_MODEL',
          message: text,
        })
        should(simulator.state().requests).equal(before)
      })
    }
  })

  describe("by the console's import", () => {
    it('are taken in the dialect of the API too, which is converted', async () => {
      const { notSent } = await uploadModel(
        application,
        inFile({ ...apiModel, modelIdPath: '/Machine/Pump' }),
        byImport,
      )
      should((await stored('Pump')).measurepoints?.temp).containEql({ dataType: 'DOUBLE', signalType: 'AI' })
      should(notSent).deepEqual([{ field: 'modelIdPath', count: 1, first: 'modelIdPath' }])
    })

    it('are taken by the cloud whatever documented shapes they hold', async () => {
      await fc.assert(
        fc.asyncProperty(apiModels, async (model) => {
          await uploadModel(application, inFile(model), byImport)
        }),
        { numRuns: 40 },
      )
    })
  })

  describe('in a batch export', function () {
    this.timeout(patienceMs)
    const modelFile = (id: string, more: object = {}) => ({
      name: `export/model_${id}_10203040.json`,
      content: JSON.stringify({ ...exportedModel, thingModelId: id, ...more }),
    })
    const batchOf = async (...args: Parameters<typeof archiveOf>) => {
      const batch = await readThingModel(archiveOf(...args))
      if (batch.kind !== 'batch') throw new Error(`read as ${batch.kind}`)
      return batch
    }

    it('all arrive, one request each, a parent before the models that inherit from it', async () => {
      const batch = await batchOf(
        [
          modelFile('Child', { parentModelId: 'Parent' }),
          modelFile('Parent'),
          { name: 'ThingModel_X.xlsx', content: workbook },
        ],
        'made by the console',
      )
      const results = await uploadModels(application, batch, byImport)
      should(results.map(({ modelId, fileName }) => modelId ?? fileName)).deepEqual([
        'Parent',
        'Child',
        'ThingModel_X.xlsx',
      ])
      should(modelIds()).containDeep(['Parent', 'Child'])
    })

    it('may hold stored files, and what systems add by themselves', async () => {
      const { files } = await batchOf([
        { ...modelFile('A'), stored: true },
        { name: 'export/', content: '' },
        { name: '__MACOSX/._model_A.json', content: 'x' },
        { name: 'export/.DS_Store', content: 'x' },
      ])
      should(files.map(({ modelId }) => modelId)).deepEqual(['A'])
    })

    it('do not keep each other back: what EnOS refuses is named, the rest is taken', async () => {
      const batch = await batchOf([modelFile('One'), modelFile('a b'), modelFile('Two')])
      await uploadModels(application, batch, byImport).should.be.rejectedWith({
        code: 'PARTIAL_FAILURE',
        message: /accepted 2 of 3 models\. Not accepted: model_a b_10203040\.json: .*thingModelId/,
      })
      should(modelIds()).containDeep(['One', 'Two'])
    })

    it('are refused as the one is where none is taken, and say how far it got where sending has to end', async () => {
      const refused = await batchOf([modelFile('a b')])
      await uploadModels(application, refused, byImport).should.be.rejectedWith({ code: 'VALIDATION_REFUSED' })
      const batch = await batchOf([modelFile('One'), modelFile('Two')])
      simulator.setFaults([{ path: '/dm-bff', kind: 'unauthorized', after: 1 }])
      await uploadModels(application, batch, byImport).should.be.rejectedWith({
        code: /AUTH_/,
        message: /^EnOS accepted 1 of 2 models, then sending had to stop; sending all of them again does no harm\./,
      })
    })

    const secret = 'x'.repeat(100)
    const refused: [what: string, archive: () => Buffer, code: string, text: RegExp][] = [
      ['without files', () => archiveOf([]), 'FILE_NOT_A_MODEL', /\.zip file without a thing model/],
      [
        'with something else in it',
        () => archiveOf([modelFile('A'), { name: 'photo.jpg', content: '\xff\xd8' }]),
        'FILE_NOT_A_MODEL',
        /photo\.jpg in the Buffer is not a thing model/,
      ],
      [
        'of another kind, such as a document',
        () => archiveOf([{ name: 'word/document.xml', content: '<w/>' }]),
        'FILE_NOT_A_MODEL',
        /document\.xml/,
      ],
      [
        'with the same model twice',
        () => archiveOf([modelFile('A'), { ...modelFile('A'), name: 'again.json' }]),
        'FILE_NOT_A_MODEL',
        /holds the model A twice/,
      ],
      ['that is encrypted', () => archiveOf([{ ...modelFile('A'), flags: 0x801 }]), 'FILE_NOT_A_MODEL', /encrypted/],
      [
        'packed in a way of its own',
        () => archiveOf([{ ...modelFile('A'), method: 14 }]),
        'FILE_NOT_A_MODEL',
        /damaged/,
      ],
      ['that was cut off', () => archiveOf([modelFile('A')]).subarray(0, -30), 'FILE_NOT_A_MODEL', /damaged/],
      [
        'in an archive',
        () => archiveOf([{ name: 'inner.zip', content: archiveOf([modelFile('A')]) }]),
        'FILE_NOT_A_MODEL',
        /inner\.zip in the Buffer .*It is a \.zip file/,
      ],
      [
        'that claims to be huge',
        () => archiveOf([{ ...modelFile('A'), claimedBytes: 0x7fffffff }]),
        'FILE_TOO_LARGE',
        /larger than 100 MB/,
      ],
      [
        'that is huge and hides it',
        () => archiveOf([{ name: 'a.json', content: Buffer.alloc(60 << 20), claimedBytes: 9 }]),
        'FILE_TOO_LARGE',
        /larger than/,
      ],
      [
        'with very many files',
        () => archiveOf(Array.from({ length: 2_001 }, (_, n) => ({ name: `${n}`, content: secret }))),
        'FILE_NOT_A_MODEL',
        /more than 2000 files/,
      ],
    ]
    for (const [what, archive, code, text] of refused) {
      it(`are refused in an archive ${what}`, async () => {
        await readThingModel(archive()).should.be.rejectedWith({ code, message: text })
      })
    }
  })

  describe('in files', () => {
    const text = JSON.stringify({ ...exportedModel, thingModelDesc: '水泵 Pümpe' })
    const swapped = (content: string) => Buffer.from(content, 'utf16le').swap16()
    const encodings: [name: string, bytes: Buffer][] = [
      ['UTF-16 with its mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
      ['UTF-16 of the other byte order', swapped(`\uFEFF${text}`)],
      ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
      ['UTF-16 of the other byte order, without a mark', swapped(text)],
      ['UTF-8', Buffer.from(text)],
    ]
    for (const [name, bytes] of encodings) {
      it(`are understood in ${name}, and imported as UTF-8`, async () => {
        const file = await readThingModel(await written('model.json', bytes))
        if (file.kind !== 'export') throw new Error(`read as ${file.kind}`)
        await uploadModel(application, file, byImport)
        should((await stored('Pump')).desc).equal('水泵 Pümpe')
      })
    }

    it('in another encoding are refused, for their names would be spoilt', async () => {
      const path = await written('latin.json', Buffer.from(text.replace('水泵 ', ''), 'latin1'))
      await readThingModel(path).should.be.rejectedWith({
        code: 'FILE_NOT_A_MODEL',
        message: /neither UTF-8 nor UTF-16/,
      })
    })

    it('in UTF-16 that a flow has read as UTF-8 are told apart from a path', async () => {
      await readThingModel(Buffer.from(`\uFEFF${text}`, 'utf16le').toString()).should.be.rejectedWith({
        code: 'FILE_NOT_A_MODEL',
        message: /let the file node output a Buffer/,
      })
    })

    it("in Excel's old format are told so", async () => {
      const path = await written('old.xls', Buffer.from('d0cf11e0a1b11ae100000000', 'hex'))
      await readThingModel(path).should.be.rejectedWith({ code: 'FILE_NOT_A_MODEL', message: /save it as \.xlsx/ })
    })

    it('are found by a path as people paste it: in quotes, with blanks, as a file URL', async () => {
      const path = await written('a model #1.json', text)
      for (const pasted of [path, `"${path}"`, `'${path}'`, ` “${path}” \r\n`, pathToFileURL(path).href]) {
        should(await readThingModel(pasted)).containEql({ kind: 'export', fileName: 'a model #1.json' })
      }
    })

    const wrongPaths: [path: string, text: RegExp][] = [
      ['https://plant.example/model.json', /address of a page/],
      ['file://server/share/model.json', /does not name a file on the PC/],
      ['"C:\\nowhere\\model.json"', /There is no file "C:\\nowhere\\model\.json"/],
      [`/${'x'.repeat(10_000)}`, /There is no file/],
    ]
    for (const [path, message] of wrongPaths) {
      it(`are not found at ${path.slice(0, 40)}, and the error names it`, async () => {
        await readThingModel(path).should.be.rejectedWith({ code: 'FILE_NOT_FOUND', message })
      })
    }

    itWhere(!isWindows, 'Windows has no such files in folders')(
      'that are devices, pipes, sockets or folders are refused, and never waited for',
      async () => {
        const pipe = join(folder, 'pipe')
        await promisify(execFile)('mkfifo', [pipe])
        const socket = join(folder, 'socket')
        const server = createServer()
        await new Promise<void>((resolve) => server.listen(socket, resolve))
        try {
          for (const path of ['/dev/zero', '/dev/null', '/dev/tty', pipe, socket, folder]) {
            await readThingModel(path).should.be.rejectedWith({
              code: 'FILE_UNREADABLE',
              message: /not a regular file|ENXIO/,
            })
          }
        } finally {
          await new Promise((resolve) => server.close(resolve))
        }
      },
    )

    itWhere(process.platform === 'linux', 'only Linux has files of this kind')(
      'of no size that the system tells are read to their end',
      async () => {
        await readThingModel('/proc/self/status').should.be.rejectedWith({
          code: 'FILE_NOT_A_MODEL',
          message: /neither a JSON object/,
        })
      },
    )
  })
})

describe('The upload node, given a batch export', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
    flow = await startFlow(
      enosTypes,
      [...configurations(simulator.url), { id: 'node', type: 'enos-upload-model', app: 'app', wires: [['out']] }],
      demoCredentials,
    )
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })
  const archive = (...ids: string[]) =>
    archiveOf(
      ids.map((id) => ({ name: `${id}.json`, content: JSON.stringify({ ...exportedModel, thingModelId: id }) })),
    )

  it('sends on what became of each model', async () => {
    const { payload, statusCode } = await flow.run('node', { payload: archive('A', 'B') })
    should((payload as { models: object[] }).models).match([
      { method: 'import', modelId: 'A', fileName: 'A.json', notSent: [], answer: { successful: true } },
      { method: 'import', modelId: 'B' },
    ])
    should(statusCode).equal(200)
    should(await flow.status('node', 'green')).containEql({ text: '2 models' })
  })

  it('gives a Catch node the names of the refused ones', async () => {
    flow.send('node', { payload: archive('A', 'no id') })
    const { error } = await flow.next('caught')
    should(error).match({ code: 'PARTIAL_FAILURE', message: /accepted 1 of 2 models.*no id\.json/ })
  })
})
