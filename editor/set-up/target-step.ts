import { type Choice, choiceBox, type Found, loaderOf, type Pick, takeChoice } from '../choices'
import { findingsList } from '../shared/findings'
import { text } from '../shared/texts'
import { button, type Step } from './steps'

/** What the values are for: picked from what the cloud has, and taken without asking where there is but one. */
export function targetStep(node: EditorNode, name: string, pick: Pick, next: () => Step): Step {
  const title = text(`setUp.${name}`)
  return {
    title,
    async show(place, go, isOpen) {
      const take = (choice: Choice) => {
        takeChoice(node, name, pick, choice)
        go(namesOf(choice), next())
      }
      const told = findingsList()
      place.append(told.list)
      told.say(text('choices.loading'))
      // All that there are: what the fields hold is of an earlier choice.
      const every = 'load' in pick ? pick : { ...pick, within: [] }
      const load = loaderOf(node, every) ?? (async (): Promise<Found> => ({ choices: [], more: false }))
      const again = button(text('setUp.again')).on('click', () => {
        place.empty()
        this.show(place, go, isOpen)
      })
      try {
        const all = await load('')
        if (!isOpen()) return
        const [only, ...others] = all.choices
        if (only && others.length === 0 && !all.more) return take(only)
        if (!only) {
          told.show([{ ok: false, text: all.why ?? text('choices.nothing') }])
          place.append(again)
          return
        }
        showList(place.empty(), all, load, take)
      } catch (failure) {
        if (!isOpen()) return
        told.show([{ ok: false, text: (failure as Error).message }])
        place.append(again)
      }
    },
  }

  function showList(
    place: JQuery,
    all: Found,
    load: (search: string) => Promise<Found>,
    take: (choice: Choice) => void,
  ) {
    const list = choiceBox({
      id: 'edgecourier-set-up-choices',
      label: title,
      load: async (search) => (search === '' ? all : load(search)),
      isCurrent: () => false,
      onPick: take,
    })
    place.append(list.content)
    list.start()
    list.search.trigger('focus')
  }
}

const namesOf = ({ label, value, productKey }: Choice) =>
  [label === value ? '' : label, productKey ? `${productKey} / ${value}` : value].filter(Boolean).join(' · ')
