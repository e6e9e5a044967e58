export { fromCloud, fromModel, fromModelFile } from './imports'
export { type Import, showTable, tableRows } from './table'
