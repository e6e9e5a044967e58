import choicesStyle from '../choices/style.css'
import leftBehindStyle from '../nodes/left-behind.css'
import tableStyle from '../table/style.css'
import { makeConfigurationButtonsReachable, takePastedRows } from './keyboard'
import { bringOldNodesUpToDate } from './outdated'
import { showStatusesInEditorLanguage } from './status-language'
import sharedStyle from './style.css'

/** What the package does in every editor that loads it, once. */
export function start(): void {
  takePastedRows()
  makeConfigurationButtonsReachable()
  showStatusesInEditorLanguage()
  bringOldNodesUpToDate()
  const styles = [sharedStyle, choicesStyle, tableStyle, leftBehindStyle]
  $('<style>').text(styles.join('\n')).appendTo('head')
}
