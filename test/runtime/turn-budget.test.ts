import should from 'should'
import { TurnBudget } from '../../lib/runtime/turn-budget'

describe('A burst of messages', () => {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

  /** Lets so many come at once, each of which takes so long; tells in which turn each began. */
  const play = async (messages: number, eachMs: number) => {
    let nowMs = 0
    let turn = 0
    const budget = new TurnBudget(() => nowMs)
    const begun: { message: number; turn: number }[] = []
    const begin = async (message: number) => {
      const wait = budget.enter()
      if (wait) await wait
      nowMs += eachMs
      begun.push({ message, turn })
    }
    const all = Promise.all(Array.from({ length: messages }, (_, message) => begin(message)))
    while (begun.length < messages) {
      await nextTurn()
      turn += 1
    }
    await all
    return begun
  }

  it('is started in turns of the event loop of 10 ms each, in the order in which it came', async () => {
    const begun = await play(5_000, 1)
    should(begun.map(({ message }) => message)).deepEqual(Array.from({ length: 5_000 }, (_, message) => message))
    const perTurn = new Map<number, number>()
    for (const { turn } of begun) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1)
    // The first two fall into the test's own first turn.
    should(Math.max(...perTurn.values())).be.belowOrEqual(21)
    should(perTurn.size).be.within(450, 600)
  })

  it('that takes less is begun with at once, and a message later too', async () => {
    should(new Set((await play(1_000, 0.001)).map(({ turn }) => turn))).deepEqual(new Set([0]))
    const budget = new TurnBudget()
    should(budget.enter()).be.undefined()
    await nextTurn()
    await nextTurn()
    should(budget.enter()).be.undefined()
  })

  it('is no longer than each of its messages where one takes longer than a turn', async () => {
    const turns = (await play(20, 50)).map(({ turn }) => turn)
    should(new Set(turns).size).be.aboveOrEqual(19)
  })

  it('lets what comes later wait behind it', async () => {
    let nowMs = 0
    const budget = new TurnBudget(() => nowMs)
    const order: string[] = []
    budget.enter()
    nowMs = 20
    const first = budget.enter()?.then(() => order.push('first'))
    nowMs = 0
    const second = budget.enter()?.then(() => order.push('second'))
    await Promise.all([first, second])
    should(order).deepEqual(['first', 'second'])
  })
})
