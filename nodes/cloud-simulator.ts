import { simulatorNode } from '../lib/runtime'

export = simulatorNode('cloud-simulator')
