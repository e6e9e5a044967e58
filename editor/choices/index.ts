export {
  type Choice,
  type ChoiceList,
  type ConfigurationValues,
  choices,
  configurationValues,
  type Found,
  type ListRequest,
} from './choices'
export { fieldOf, fixedTexts, ofDevice, ofGateway, placeOf } from './field'
export { choiceBox } from './list'
export { addPick, choose, type Pick, requestOf, takeChoice } from './pick'
