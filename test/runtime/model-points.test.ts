import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from 'bcryptjs'
import should from 'should'
import { patienceMs } from '../patience'
import { type NodeRed, startNodeRed } from './node-red'
import { type InstalledPackage, installPackedPackage, packageRoot } from './packed-package'

const model = readFileSync(join(packageRoot, 'demo', 'model_DemoPump.json'), 'utf8')
const user = (username: string, permissions: string) => ({ username, permissions, password: hashSync(username, 4) })

describe('The endpoint that reads the points of a model file', function () {
  this.timeout(patienceMs)
  let installed: InstalledPackage
  let nodeRed: NodeRed
  before(async () => {
    installed = await installPackedPackage()
    const users = [user('operator', '*'), user('onlooker', 'read')]
    nodeRed = await startNodeRed(installed.userDir, { adminAuth: { type: 'credentials', users } })
  })
  after(async () => {
    await nodeRed?.stop()
    installed?.remove()
  })

  const read = async (body: object, who = 'operator') => {
    const login = { client_id: 'node-red-editor', grant_type: 'password', scope: '*', username: who, password: who }
    const granted = await fetch(`${nodeRed.url}/auth/token`, { method: 'POST', body: new URLSearchParams(login) })
    const { access_token } = (await granted.json()) as { access_token: string }
    return fetch(`${nodeRed.url}/edgecourier/model-points`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}` },
      body: JSON.stringify(body),
    })
  }

  it('answers the points with name, type, unit and range', async () => {
    const answer = await read({ name: 'model.json', text: model })
    should(await answer.json()).deepEqual({
      modelId: 'DemoPump',
      points: [
        {
          id: 'temperature',
          name: 'Motor temperature',
          dataType: 'DOUBLE',
          unit: '°C',
          minimum: -Number.MAX_VALUE,
          maximum: Number.MAX_VALUE,
        },
        { id: 'speed', name: 'Speed', dataType: 'INT', unit: 'rpm', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
        { id: 'running', name: 'Running', dataType: 'BOOL' },
      ],
    })
  })

  const pointless = JSON.stringify({ thingModelId: 'Bare', thingMeasurepointMap: {} })
  const refused: [title: string, text: unknown, code: string][] = [
    ['a text that is no model', '{"flows":[]}', 'FILE_NOT_A_MODEL'],
    ['an .xlsx file', 'PK\u0003\u0004', 'FILE_NOT_A_MODEL'],
    ['an empty file', '', 'FILE_EMPTY'],
    ['a model without points', pointless, 'FILE_EMPTY'],
    ['no file at all', undefined, 'INPUT_INVALID'],
  ]
  for (const [title, text, code] of refused) {
    it(`says what is wrong with ${title}`, async () => {
      const answer = await read({ name: 'model.json', text })
      should(answer.status).equal(400)
      should(await answer.json()).have.property('code', code)
    })
  }

  it('takes no body that is larger than Node-RED allows', async () => {
    should((await read({ name: 'model.json', text: 'x'.repeat(6_000_000) })).status).equal(413)
  })

  it('is not for those who may only look', async () => {
    should((await read({ name: 'model.json', text: model }, 'onlooker')).status).equal(401)
  })
})
