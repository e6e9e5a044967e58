import { settings } from '../../nodes/settings/cloud-simulator'
import { simulatorDialog } from '../dialog'

/** Where the simulator's page is, which follows the port. A port out of the environment only the status can tell. */
const pageLink = {
  place: 'edgecourier-simulator-page',
  fill: (node: EditorNode) => {
    const port = $('#node-input-port')
    const place = $('.edgecourier-simulator-page').attr('aria-live', 'polite')
    const update = () => {
      const number = String(port.val() ?? '').trim() || String(settings.fields.port.value)
      if (!/^\d{1,5}$/.test(number)) return place.text(node._('page.elsewhere'))
      const url = `http://127.0.0.1:${number}/`
      const link = $('<a target="_blank" rel="noopener">').attr('href', url).text(url)
      return place.text(`${node._('page.at')} `).append(link)
    }
    port.on('input change', update)
    update()
  },
}

export const dialog = simulatorDialog(settings, { rows: ['port', pageLink, 'seed'] })
