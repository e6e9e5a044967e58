import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { fitted, readPasted, recordsOf, settingTargets } from '../../editor/pasting'
import { prometheusText } from '../../lib/outbox/figures'
import { outboxCommands } from '../../lib/settings'
import { startSimulator } from '../../lib/simulator'
import { demoEnos, demoThingPlus } from '../../lib/simulator/demo'
import { type Declaration, declarationOf } from '../declared'
import { filesUnder, read, root } from './links'

const readme = read('README.md')
const operating = read('docs/operating.md')
const pages = ['README.md', ...filesUnder('docs', '.md')]

describe('The README', () => {
  it('has at most 1,500 words', () => {
    should(readme.split(/\s+/).filter((word) => word !== '').length).be.belowOrEqual(1_500)
  })

  it('tells all that the simulator takes', () => {
    const [app] = demoEnos.apps
    const [device] = demoEnos.devices
    const { user, client } = demoThingPlus
    const wanted = [
      ...[device?.productKey, device?.deviceKey, device?.deviceSecret],
      ...[app?.orgId, app?.appKey, app?.appSecret],
      ...[client.id, client.clientSecret, user.loginId, user.password],
    ]
    should(wanted.filter((value) => !readme.includes(`=${value}\n`))).be.empty()
  })

  for (const type of ['enos-device', 'enos-app', 'thingplus-client'])
    it(`has a block of these that fills in ${type} when it is pasted there`, () => {
      const [, block = ''] = readme.split(`\n# ${type}\n`)
      const [values = ''] = block.split(/\n\n|\n```/)
      const { settings } = declarationOf(type) as Declaration
      const targets = settingTargets(Object.values(settings.fields), (label) => ({ label }))
      const pasted = readPasted(values)
      const [record = []] = pasted ? recordsOf(pasted, targets) : []
      const fields = fitted(record, targets).map(({ target }) => target)
      should(fields.length).be.above(3)
      should(new Set(fields).size).equal(fields.length)
      should(fields).not.containEql(undefined)
    })

  it('names every node that the palette has', () => {
    const [, table = ''] = readme.split('## The nodes')
    const labels = filesUnder('nodes/locales/en-US', '.json').flatMap((file) => {
      const { node } = JSON.parse(read(file)) as { node?: { label?: string } }
      return node?.label ?? []
    })
    should(labels.length).be.above(10)
    const told = table.toLowerCase()
    should(
      labels.filter((label) => !told.includes(label.toLowerCase().replace(/^thing\+ register/, 'register'))),
    ).be.empty()
  })
})

/** Nothing was amiss when the outbox was opened. */
const found = {
  ...{ mended: 0, holes: 0, tornBytes: 0, missingSegments: 0, strangeFiles: 0 },
  ...{ damagedCheckpoints: 0, missing: 0, reappeared: 0 },
}

describe('The documents of the outbox', () => {
  const { lane } = JSON.parse(read('nodes/locales/en-US/edgecourier.json')) as { lane: Record<string, string> }
  /** What a lane says while a deployment brings its node. */
  const { detached: _detached, ...badges } = lane

  for (const page of ['README.md', 'docs/operating.md'])
    it(`tell in ${page} what each badge means`, () => {
      const told = [...read(page).matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).join(' ')
      should(Object.values({ ...badges, clock: 'clock not set' }).filter((word) => !told.includes(word))).be.empty()
    })

  it('name only figures that an outbox has, and only commands of outbox control, and all of these', () => {
    const text = prometheusText({ folder: '', lanes: [], heldBytes: 0, maxBytes: 0, storeError: undefined, found })
    const figures = [...operating.matchAll(/`(outbox_\w+)`/g)].map(([, name = '']) => name)
    should(figures.length).be.above(5)
    should(figures.filter((name) => !text.includes(`# TYPE ${name} `))).be.empty()
    should(outboxCommands.filter((command) => !operating.includes(`\`${command}\``))).be.empty()
  })
})

describe('The document of the simulator', () => {
  it('shows a seed file that the simulator takes', async () => {
    const [, seed = ''] = /^```json\n(.*?)^```/ms.exec(read('docs/simulator.md')) ?? []
    const simulator = await startSimulator({ port: 0, seed: JSON.parse(seed) })
    const { enos } = simulator.state() as unknown as { enos: { models: { modelId: string }[] } }
    await simulator.close()
    should(enos.models.map(({ modelId }) => modelId)).deepEqual(['Pump'])
  })
})

describe('The documents', () => {
  for (const page of pages)
    it(`name in ${page} only examples that there are`, () => {
      const named = [...read(page).matchAll(/\*(\d [^*→]+) → ([^*]+)\*/g)]
      const missing = named.filter(([, folder = '', title = '']) => {
        const path = join(root, 'examples', folder)
        return !existsSync(path) || !readdirSync(path).some((name) => name.replace(/^\d+ /, '') === `${title}.json`)
      })
      should(missing.map(([whole]) => whole)).be.empty()
    })
})
