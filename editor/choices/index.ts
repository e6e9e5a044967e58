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
export { lanesOf } from './lanes'
export { choiceBox } from './list'
export { shownNames } from './names'
export { addPick, choose, loaderOf, type Pick, takeChoice } from './pick'
export { pickedLabel } from './picked-label'
