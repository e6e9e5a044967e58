import { ask } from '../shared/ask'
import { text } from '../shared/texts'
import type { Found } from './choices'
import { fieldOf } from './field'

interface Figures {
  lanes: readonly { lane: string; state: string; pending: number; dead: number }[]
}

/**
 * The lanes that the chosen outbox has. Rejects with a text for the person.
 * @param words what to say where none is chosen, and where nothing has answered
 */
export async function lanesOf(node: EditorNode, words: { noOutbox: string; noAnswer: string }): Promise<Found> {
  const id = fieldOf(node, 'outbox').text()
  if (!id || id === '_ADD_') throw new Error(words.noOutbox)
  const { lanes } = await ask<Figures>({
    url: `edgecourier/outbox/${id}`,
    noAnswer: words.noAnswer,
  })
  const found = lanes.map(({ lane, state, pending, dead }) => ({
    value: lane,
    label: lane,
    detail: [text(`lane.${state}`), text('choices.waiting', { pending, dead })].join(' · '),
  }))
  return { choices: found, more: false }
}
