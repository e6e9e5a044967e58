import { type Choice, choices, fieldOf, takeChoice } from '../choices'
import { findingsList } from '../shared/findings'
import { text } from '../shared/texts'
import { itemOf, replaceRows, showImport } from '../table'
import type { PointsPlan } from './plan'
import { button, focusIn, type Step } from './steps'

/** What is sent: ticked in a list of what there is, or entered where there is no list. */
export function pointsStep(node: EditorNode, points: PointsPlan, next: (taken: readonly Choice[]) => Step): Step {
  const { list, request, one, table } = points
  let former: readonly string[] = []
  return {
    title: text(`table.${table}.label`),
    async show(place, go, isOpen) {
      const take = (taken: readonly Choice[]) => {
        const [first] = taken
        if (!first) return
        const ids = taken.map(({ value }) => value)
        fieldOf(node, 'valuesFrom').set(taken.length > 1 ? 'table' : 'message')
        if (taken.length > 1) {
          replaceRows(table, former, taken.map(itemOf))
          former = ids
        } else takeChoice(node, one, { list }, first)
        go(ids.length > 3 ? `${ids.slice(0, 3).join(', ')} … (${ids.length})` : ids.join(', '), next(taken))
      }
      const byHand = (why: string) => {
        told.show([{ text: why }])
        const label = text(`table.${table}.id`)
        const field = $('<input type="text" autocomplete="off" spellcheck="false">').attr('aria-label', label)
        field.attr('placeholder', label)
        const use = button(text('setUp.take')).on('click', () => {
          const value = String(field.val()).trim()
          if (value) take([{ value, label: value }])
        })
        field.on('keydown', (event) => {
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
          event.preventDefault()
          // The field is gone then, and Node-RED looks for what it was in.
          event.stopPropagation()
          use.trigger('click')
        })
        place.append($('<div class="edgecourier-step-line">').append(field, use))
        focusIn(place)
      }
      const told = findingsList()
      place.append(told.list)
      told.say(text('choices.loading'))
      try {
        const asked = request(node)
        if ([asked.configurations].flat().filter(Boolean).length === 0)
          return byHand(text('table.import.enosNoConfiguration'))
        const found = await choices(list, asked)
        if (!isOpen()) return
        if (found.choices.length === 0) return byHand(found.why ?? text('choices.nothing'))
        const known = new Map(found.choices.map((choice) => [choice.value, choice]))
        place.empty()
        const { deviceKey, gatewayId = '' } = asked.outer ?? {}
        const title = deviceKey ? text('table.import.ofDevice', { name: deviceKey }) : gatewayId
        const items = [...known.values()].map(itemOf)
        const panel = $('<div>').appendTo(place)
        showImport(
          table,
          panel,
          { title, items, more: found.more },
          { inTable: new Set(), onTake: (ticked) => take(ticked.flatMap(({ id }) => known.get(id) ?? [])) },
        )
      } catch (failure) {
        if (isOpen()) byHand((failure as Error).message)
      }
    },
  }
}
