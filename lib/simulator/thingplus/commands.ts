import { randomBytes } from 'node:crypto'
import { findGateway, findSensor } from './access'
import { checked, ok, refuse, refuseUnknown } from './envelope'
import { gatewayModels, idProblem } from './gateway-models'
import { type Route, route } from './router'
import { anyObject, object, oneOf, text } from './schema'
import type { World } from './world'

const command = object({
  id: text(),
  act: oneOf('controlActuator'),
  params: object({ id: text(), cmd: text() }, { options: anyObject }),
})

const newKey = object(
  { id: text({ min: 1 }), modelId: text({ min: 1 }), authType: oneOf('apikey', 'apikeyReady', 'cert') },
  { passphrase: text({ min: 1 }) },
)

/** Calls that are not about an item: commands and the API keys of gateways; docs/protocol/thingplus.md §4.9, §8.5. */
export function commandRoutes(world: World): Route[] {
  return [
    // No gateway is connected to the simulator: a good command ends as for one that is silent, but at once.
    route('POST', '/controlActuator', ['gateway', 'actuator-command'], (call) => {
      const { id, params } = checked(call.body, command) as { id: string; params: { id: string } }
      findSensor(world, call, id, params.id)
      return refuse(504, 'PROCESS_COMMAND_RESULT', `gateway ${id} does not answer`)
    }),
    route('POST', '/registerGatewayKey', ['gateway'], (call) => {
      const { id, modelId, authType } = checked(call.body, newKey) as { id: string; modelId: string; authType: string }
      const model = gatewayModels.get(modelId) ?? refuseUnknown(`gateway model ${modelId}`)
      if (world.gateways.has(id)) findGateway(world, call, id)
      const problem = idProblem(model, id, world.options.idWithoutFormat)
      if (problem) refuse(400, 'SCHEMA_VALIDATE', problem)
      return ok(authType === 'apikeyReady' ? undefined : { [id]: randomBytes(20).toString('base64') })
    }),
  ]
}
