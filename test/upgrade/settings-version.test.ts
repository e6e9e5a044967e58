import should from 'should'
import { latestVersion, type Migration, migrationsOf, upToDate } from '../../lib/settings'
import { builtPages } from '../editor/pages'

const split: Migration = ({ address, ...rest }) => {
  const [host, port] = String(address).split(':')
  return { ...rest, host, port }
}
const inMilliseconds: Migration = ({ seconds, ...rest }) => ({ ...rest, lifetimeMs: Number(seconds) * 1_000 })

describe('The version of settings', () => {
  it('is raised step by step, from what an older release stored', () => {
    const stored = { id: 'a', address: 'plant:80', seconds: '30' }
    const latest = { id: 'a', host: 'plant', port: '80', lifetimeMs: 30_000, settingsVersion: 3 }
    should(upToDate(stored, [split, inMilliseconds])).deepEqual(latest)
    const halfway = { id: 'a', host: 'plant', port: '80', seconds: '30', settingsVersion: 2 }
    should(upToDate(halfway, [split, inMilliseconds])).deepEqual(latest)
    should(stored).deepEqual({ id: 'a', address: 'plant:80', seconds: '30' })
  })

  it('leaves settings alone that are the latest, or of a newer release', () => {
    for (const settingsVersion of [2, 7]) {
      should(upToDate({ host: 'plant', settingsVersion }, [split])).deepEqual({ host: 'plant', settingsVersion })
    }
  })

  for (const [type, table] of [
    ['enos-post-measurepoint', 'points'],
    ['thingplus-send-value', 'sensors'],
  ] as const) {
    it(`2 of ${type} has a table, which is empty for nodes of release 0.1.0`, () => {
      const stored = { id: 'a', type, values: 'payload', valuesType: 'msg', timeField: 'time' }
      const added = { valuesFrom: 'message', [table]: [], time: '', timeType: 'date' }
      should(upToDate(stored, migrationsOf(type))).containEql({ ...stored, ...added })
      const used = { id: 'a', type, valuesFrom: 'table', [table]: [{ id: 'temperature' }] }
      should(upToDate(used, migrationsOf(type))).containDeep(used)
    })
  }

  it('with a choice for unsendable values refuses the message in old nodes, and leaves it to newer ones', () => {
    for (const type of ['enos-post-measurepoint', 'enos-update-attribute', 'enos-post-event', 'thingplus-send-value']) {
      should(upToDate({ type }, migrationsOf(type))).containEql({ unsendable: 'refuse' })
      should(upToDate({ type, unsendable: 'leave-out' }, migrationsOf(type))).containEql({ unsendable: 'leave-out' })
    }
  })

  it('4 of enos-post-measurepoint names the timeliness that nodes without one had', () => {
    const of = (settings: object) => upToDate({ ...settings }, migrationsOf('enos-post-measurepoint')).timeliness
    should(of({ outbox: '' })).equal('post')
    should(of({ outbox: 'outbox' })).equal('by-age')
    should(of({ outbox: 'outbox', timeliness: 'post' })).equal('post')
  })

  it('is in each dialog the one to which the migrations lead', async () => {
    const pages = await builtPages()
    const registrations = [...pages.values()].filter((html) => html.includes('RED.nodes.registerType('))
    should(registrations).have.length(20)
    for (const html of registrations) {
      const [, type = ''] = /registerType\('([^']+)'/.exec(html) ?? []
      const [, version] = /settingsVersion: \{ value: (\d+) \}/.exec(html) ?? []
      should({ type, version: Number(version) }).deepEqual({ type, version: latestVersion(migrationsOf(type)) })
    }
  })
})
