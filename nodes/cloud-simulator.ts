import { simulatorNode } from '../lib/runtime'
import { settings } from './settings/cloud-simulator'

export = simulatorNode(settings)
