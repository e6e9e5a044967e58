export { showImport } from './import-panel'
export { fromCloud, fromModel, fromModelFile, itemOf } from './imports'
export { type Import, replaceRows, showTable, tableRows } from './table'
