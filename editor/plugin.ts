// The page that all others share, loaded before them: Node-RED loads plugins before nodes.
import * as shared from './shared'
import { start } from './shared/start'

start()
RED.plugins.registerPlugin('edgecourier', { type: 'edgecourier-editor', ...shared })
