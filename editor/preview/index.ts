export { showPreview } from './preview'
