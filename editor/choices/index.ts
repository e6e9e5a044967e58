export {
  type Choice,
  type ChoiceList,
  type ConfigurationValues,
  choices,
  configurationValues,
  type ListRequest,
} from './choices'
export { ofDevice, ofGateway, placeOf } from './field'
export { addPick, choose, type Pick } from './pick'
