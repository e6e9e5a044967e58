import should from 'should'
import { Shared } from '../../lib/core'

interface Thing {
  readonly name: string
  readonly free: Promise<unknown>
}

/** Things whose afterlife is over at once, or never in the time of a test. */
function shared(afterlifeMs = 0) {
  const closed: string[] = []
  let isClosed = () => {}
  const anyClosed = new Promise<void>((resolve) => {
    isClosed = resolve
  })
  const things = new Shared<Thing>(afterlifeMs, async ({ name }) => {
    closed.push(name)
    isClosed()
  })
  const make = (name: string) => (free: Promise<unknown>) => ({ name, free })
  return { things, closed, anyClosed, make }
}

describe('Something shared', () => {
  it('is one for all who use it at the same time', () => {
    const { things, make } = shared()
    const first = things.use('key', make('first'))
    should(things.use('key', make('second')).thing).equal(first.thing)
    should(things.use('other key', make('third')).thing.name).equal('third')
  })

  it('is closed after its last user, and no sooner', async () => {
    const { things, closed, anyClosed, make } = shared()
    const uses = [things.use('key', make('first')), things.use('key', make('first'))]
    uses[0]?.release()
    uses[0]?.release()
    await new Promise(setImmediate)
    should(closed).eql([])
    uses[1]?.release()
    await anyClosed
    should(things.use('key', make('second')).thing.name).equal('second')
  })

  it('is found by the next user in its afterlife', () => {
    const { things, closed, make } = shared(60_000)
    things.use('key', make('first')).release()
    should(things.use('key', make('second')).thing.name).equal('first')
    should(closed).eql([])
  })

  it('makes room for another that fits, which begins once it is closed', async () => {
    const { things, closed, make } = shared(60_000)
    things.use('key', make('first')).release()
    const use = things.useFitting('key', make('second'), ({ name }) => name === 'second')
    await use?.thing.free
    should(closed).eql(['first'])
    should(things.use('key', make('third')).thing.name).equal('second')
  })

  it('keeps its place against another that would fit as long as somebody uses it', () => {
    const { things, closed, make } = shared()
    things.use('key', make('first'))
    should(things.useFitting('key', make('second'), () => false)).equal(undefined)
    should(closed).eql([])
  })

  it('is retired where nobody uses it', async () => {
    const { things, closed, make } = shared(60_000)
    const { release } = things.use('key', make('first'))
    should(await things.retire('key')).equal(false)
    release()
    should(await things.retire('key')).equal(true)
    should(closed).eql(['first'])
    should(await things.retire('unknown key')).equal(true)
  })

  it('is made anew where it was forgotten', () => {
    const { things, make } = shared()
    const { thing } = things.use('key', make('first'))
    things.forget('key', { ...thing })
    should(things.use('key', make('second')).thing).equal(thing)
    things.forget('key', thing)
    should(things.use('key', make('third')).thing.name).equal('third')
  })
})
