import { settings } from '../../nodes/settings/cloud-simulator'
import { simulatorDialog } from '../dialog'

/** Where the simulator's page is, which follows the port. A port out of the environment only the status can tell. */
const pageLink = {
  place: 'edgecourier-simulator-page',
  fill: (node: EditorNode) => {
    const port = $('#node-input-port')
    const place = $('.edgecourier-simulator-page').attr('aria-live', 'polite')
    const words = $('<span>')
    const link = $('<a target="_blank" rel="noopener">')
    place.append(words, link)
    // The link stays the same one, which may just have taken the focus.
    const update = () => {
      const number = String(port.val() ?? '').trim() || String(settings.fields.port.value)
      const isNumber = /^\d{1,5}$/.test(number)
      const url = `http://127.0.0.1:${number}/`
      words.text(isNumber ? `${node._('page.at')} ` : node._('page.elsewhere'))
      link.attr('href', url).text(url).toggle(isNumber)
    }
    port.on('input change', update)
    update()
  },
}

export const dialog = simulatorDialog(settings, { rows: ['port', pageLink, 'seed'] })
