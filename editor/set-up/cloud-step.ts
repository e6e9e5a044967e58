import { configurationValues, fieldOf } from '../choices'
import { whileBusy } from '../shared/busy'
import { findingsFor, findingsList } from '../shared/findings'
import { configurationsOf } from '../shared/look'
import { text } from '../shared/texts'
import { startDemo } from './demo'
import { chooseConfiguration, configurationLabel, configurationWith, keepSimulator, spotBeside } from './flow'
import type { SetUpPlan, Way } from './plan'
import { button, focusIn, type Step } from './steps'

/** Which account at which cloud: the simulator's, one that is there, or one that the person enters now. */
export function cloudStep(node: EditorNode, plan: SetUpPlan, next: (way: Way) => Step): Step {
  return {
    title: text('setUp.cloud'),
    show(place, go, isOpen) {
      const told = findingsList()
      const buttons = $('<div class="edgecourier-step-buttons">')
      place.append($('<p>').text(text('setUp.cloudHint')), buttons, told.list)
      const take = (way: Way, id: string) => {
        chooseWay(node, way)
        chooseConfiguration(way.field, id)
        go(configurationLabel(id), next(way))
      }

      const simulator = button(text('setUp.simulator')).prepend('<i class="fa fa-cloud" aria-hidden="true"></i> ')
      const simulate = async () => {
        const [way] = plan.ways
        told.say(text('setUp.starting'))
        try {
          const { settings, port, isOfNode } = await startDemo()
          if (!isOpen()) return
          const id = configurationWith(way.type, text('setUp.simulatorName'), settings[way.type])
          if (!isOfNode) keepSimulator(spotBeside(node), port)
          take(way, id)
        } catch (failure) {
          told.show([{ ok: false, text: (failure as Error).message }])
        }
      }
      simulator.on('click', () => whileBusy(buttons.find('button'), simulate))
      buttons.append(simulator)
      for (const way of plan.ways) {
        for (const id of configurationsOf(way.type)) {
          const use = button(text('setUp.use', { name: configurationLabel(id) }))
          buttons.append(use.on('click', () => take(way, id)))
        }
      }
      for (const way of plan.ways) buttons.append(enterButton(way))

      function enterButton(way: Way): JQuery {
        const select = $(`#node-input-${way.field}`)
        return button(text(`setUp.enter.${way.type}`)).on('click', () => {
          const former = select.val()
          chooseWay(node, way)
          select.off('change.edgecourier-set-up').on('change.edgecourier-set-up', () => {
            const id = String(select.val() ?? '')
            if (!id || id === '_ADD_' || id === former || !isOpen()) return
            select.off('change.edgecourier-set-up')
            tryConnection(way, id)
          })
          $(`#node-input-btn-${way.field}-add`).trigger('click')
        })
      }

      async function tryConnection(way: Way, id: string): Promise<void> {
        const configuration = RED.nodes.node(id)
        if (!configuration) return
        buttons.empty()
        told.say(text('test.running'))
        const found = await findingsFor(way.type, {
          id,
          z: configuration.z,
          values: configurationValues(configuration),
        })
        if (!isOpen()) return
        if (found.every(({ ok }) => ok !== false)) return take(way, id)
        told.show(found)
        const edit = button(text('setUp.edit')).on('click', () => {
          const select = $(`#node-input-${way.field}`)
          select.one('change.edgecourier-set-up', () => isOpen() && tryConnection(way, id))
          $(`#node-input-btn-${way.field}-edit`).trigger('click')
        })
        const goOn = button(text('setUp.goOn')).on('click', () => take(way, id))
        buttons.append(edit, goOn)
        focusIn(buttons)
      }
    },
  }
}

function chooseWay(node: EditorNode, { sets }: Way): void {
  for (const [name, value] of Object.entries(sets)) fieldOf(node, name).set(value)
}
