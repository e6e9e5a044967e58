import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { patienceMs } from '../patience'
import { freePort } from '../ports'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from './packed-package'

const demo = JSON.parse(readFileSync(join(packageRoot, 'demo', 'flows.json'), 'utf8')) as { id: string }[]
/** Rows of the two CSV files. */
const history = { enos: 2_000, thingplus: 1_000 }

interface State {
  enos: { pointsAccepted: number; models: { modelId: string }[] }
  thingplus: { valuesAccepted: number; sensors: { values: number }[] }
}

describe('The demo of npm start', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  let simulatorUrl: string
  before(async () => {
    installed = await installPackedPackage()
    const port = String(await freePort())
    simulatorUrl = `http://127.0.0.1:${port}`
    nodeRed = await startNodeRed(
      installed.userDir,
      {},
      {
        SIMULATOR_PORT: port,
        SIMULATOR_URL: simulatorUrl,
        THINGPLUS_URL: `${simulatorUrl}/v2`,
        MEASUREMENTS_CSV: join(packageRoot, 'demo', 'machine_temperature.csv'),
        AMBIENT_CSV: join(packageRoot, 'demo', 'ambient_temperature.csv'),
        THING_MODEL: join(packageRoot, 'demo', 'model_DemoPump.json'),
      },
    )
    await nodeRed.deploy(demo)
  })
  after(async () => {
    await nodeRed?.stop()
    installed?.remove()
  })

  const state = async () => (await (await fetch(`${simulatorUrl}/_simulator/state`)).json()) as State
  const shows = (id: string, text: RegExp) =>
    nodeRed.editor.until(`status/${id}`, (status) => text.test((status as { text?: string })?.text ?? ''))

  it('sends the history of the CSV files, then a value a second to both clouds, and plots it', async () => {
    await shows('demo-receipt-integration', /^2000$/)
    await shows('demo-tp-accepted', /^1000$/)
    await shows('demo-post-device', /^delivered [1-9]/)
    await shows('demo-tp-live', /^delivered [1-9]/)
    for (const plot of ['demo-plot', 'demo-tp-plot']) await shows(plot, /^[▁▂▃▄▅▆▇█]{3,} \d+(\.\d+)?$/)
    const { enos, thingplus } = await state()
    should(enos.pointsAccepted).be.above(history.enos)
    should(thingplus.valuesAccepted).be.above(history.thingplus)
    should(enos.models.map(({ modelId }) => modelId)).containEql('DemoPump')
  })

  it('does not send the files again when it is deployed again', async () => {
    const before = await state()
    await nodeRed.deploy(demo)
    await shows('demo-simulator', /EnOS: ([3-9]|[1-9]\d+) values/)
    await shows('demo-tp-simulator', /Thing\+: ([3-9]|[1-9]\d+) values/)
    const after = await state()
    should(after.enos.pointsAccepted - before.enos.pointsAccepted).be.below(history.enos)
    should(after.thingplus.valuesAccepted - before.thingplus.valuesAccepted).be.below(history.thingplus)
  })

  it('keeps the values while the cloud is down, says so, and loses none when it is up again', async () => {
    await nodeRed.press('demo-cut')
    await shows('demo-post-device', /^offline ([3-9]|[1-9]\d+)/)
    await shows('demo-tp-live', /^offline ([3-9]|[1-9]\d+)/)
    const { enos } = await state()
    await nodeRed.press('demo-mend')
    await shows('demo-post-device', /^delivered /)
    await shows('demo-tp-live', /^delivered /)
    should((await state()).enos.pointsAccepted - enos.pointsAccepted).be.above(2)
  })
})
