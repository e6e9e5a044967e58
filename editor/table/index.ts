export { showImport } from './import-panel'
export { fromEnos, fromModelFile, fromThingPlus, itemOf } from './imports'
export { type Import, replaceRows, showTable, tableRows } from './table'
