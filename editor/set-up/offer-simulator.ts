import { whileBusy } from '../shared/busy'
import { findingsList } from '../shared/findings'
import { text } from '../shared/texts'
import { startDemo } from './demo'
import { keepSimulator } from './flow'
import type { Way } from './plan'

/** Adds a button to the row `.edgecourier-test` of a configuration, which fills its fields in for the simulator. */
export function offerSimulator(node: EditorNode): void {
  const button = $('<button type="button" class="red-ui-button">')
  button.append('<i class="fa fa-cloud" aria-hidden="true"></i> ', document.createTextNode(text('setUp.simulator')))
  const { list, say, show } = findingsList()
  const fillIn = async () => {
    say(text('setUp.starting'))
    try {
      const { url, port, isOfNode, settings } = await startDemo()
      for (const [name, value] of Object.entries(settings[node.type as Way['type']])) {
        $(`#node-config-input-${name}`).val(String(value)).trigger('input').trigger('change')
      }
      if (!isOfNode) keepSimulator({ z: RED.workspaces.active(), x: 140, y: 60 }, port)
      show([{ ok: true, text: text('setUp.filled', { url }) }])
    } catch (failure) {
      show([{ ok: false, text: (failure as Error).message }])
    }
  }
  button.on('click', () => whileBusy(button, fillIn))
  const place = $('.edgecourier-test')
  place.children('button').last().after(' ', button)
  place.append(list)
}
