export { joined, say, Text, type TextValue, type Translate } from './text'
