import { type Choice, configurationValues, fieldOf, fixedTexts, placeOf } from '../choices'
import { ask } from '../shared/ask'
import { whileBusy } from '../shared/busy'
import { findingsList } from '../shared/findings'
import { text } from '../shared/texts'
import { addInject, configurationLabel, hasInput } from './flow'
import type { PointsPlan, Way } from './plan'
import { button, type Step } from './steps'

const answerWithinMs = 15_000

/** A value that the cloud gets at once, and an inject node that sends it again once the flow is deployed. */
export function trialStep(node: EditorNode, plan: PointsPlan, way: Way, taken: readonly Choice[]): Step {
  return {
    title: text('setUp.trial'),
    show(place, _go, isOpen) {
      const configuration = RED.nodes.node(fieldOf(node, way.field).text())
      if (!configuration) return
      const select = $('<select>').attr('aria-label', text(`table.${plan.table}.id`))
      select.append(taken.map(({ value }, index) => $('<option>').val(index).text(value)))
      const field = $('<input type="text" autocomplete="off">').attr('aria-label', text('setUp.trial'))
      const chosen = () => taken[Number(select.val())] as Choice
      const value = () => asPointWants(String(field.val()).trim(), chosen().dataType)
      select
        .val(
          Math.max(
            0,
            taken.findIndex(({ dataType }) => isNumber(dataType)),
          ),
        )
        .on('change', () => field.val(sampleOf(chosen().dataType)))
        .trigger('change')
      const send = button(text('setUp.send')).prepend('<i class="fa fa-paper-plane" aria-hidden="true"></i> ')
      const told = findingsList()
      const data = () => ({
        id: configuration.id,
        z: configuration.z,
        values: configurationValues(configuration),
        outer: fixedTexts(node, plan.trialFields),
        at: placeOf(node),
        points: { [chosen().value]: value() },
      })
      const sendOne = async () => {
        told.say(text('setUp.sending'))
        const asked = { url: `edgecourier/try/${way.type}`, data: data(), noAnswer: text('choices.noAnswer') }
        try {
          const { text: accepted } = await ask<{ text: string }>({ ...asked, timeoutMs: answerWithinMs })
          if (isOpen()) told.show([accepted, text('setUp.ready')].map((words) => ({ ok: true, text: words })))
        } catch (failure) {
          if (isOpen()) told.show([{ ok: false, text: (failure as Error).message }])
        }
      }
      send.on('click', () => whileBusy(send, sendOne))
      const line = $('<div class="edgecourier-step-line">').append(taken.length > 1 ? select : '', field, send)
      const note = text('setUp.trialNote', { name: configurationLabel(configuration.id) })
      place.append($('<p>').text(note), line, told.list)
      if (hasInput(node)) return
      const tick = $('<input type="checkbox" checked>')
      place.append($('<label>').append(tick, document.createTextNode(text('setUp.inject'))))
      whenSaved(node, () => {
        if (!isOpen() || !tick.prop('checked')) return
        addInject(node, taken.length > 1 ? { [chosen().value]: value() } : value())
      })
    },
  }
}

/** Does this once the dialog was left by Done, and nothing where it was left otherwise. */
function whenSaved(node: EditorNode, work: () => void): void {
  const save = (saved: EditorNode) => {
    if (saved.id === node.id) work()
  }
  const end = () => {
    RED.events.off('editor:save', save)
    RED.events.off('editor:close', end)
  }
  RED.events.on('editor:save', save)
  RED.events.on('editor:close', end)
}

const isNumber = (dataType = '') => /^(int|float|double|number)$/i.test(dataType)
const isBoolean = (dataType = '') => /^bool(ean)?$/i.test(dataType)
const isText = (dataType = '') => /^(string|text)$/i.test(dataType)

function sampleOf(dataType: string | undefined): string {
  if (isBoolean(dataType)) return 'true'
  if (isText(dataType)) return 'test'
  return dataType?.toUpperCase() === 'INT' ? '1' : '21.5'
}

/** What was typed, as its point wants it; where it does not fit, as it was typed, which the cloud then refuses. */
function asPointWants(typed: string, dataType: string | undefined): unknown {
  if (isText(dataType)) return typed
  if (/^(true|false)$/i.test(typed)) return typed.toLowerCase() === 'true'
  return typed !== '' && Number.isFinite(Number(typed)) && !isBoolean(dataType) ? Number(typed) : typed
}
