export { type Choice, type ChoiceList, choices, type ListRequest } from './choices'
export { ofDevice, ofGateway } from './field'
export { addPick, choose, type Pick } from './pick'
