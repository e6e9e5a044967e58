import choicesStyle from '../choices/style.css'
import leftBehindStyle from '../nodes/left-behind.css'
import pastingStyle from '../pasting/style.css'
import previewStyle from '../preview/style.css'
import setUpStyle from '../set-up/style.css'
import tableStyle from '../table/style.css'
import { makeConfigurationButtonsReachable } from './keyboard'
import { bringOldNodesUpToDate } from './outdated'
import { showStatusesInEditorLanguage } from './status-language'
import sharedStyle from './style.css'

/** What the package does in every editor that loads it, once. */
export function start(): void {
  makeConfigurationButtonsReachable()
  showStatusesInEditorLanguage()
  bringOldNodesUpToDate()
  const styles = [sharedStyle, choicesStyle, tableStyle, pastingStyle, previewStyle, setUpStyle, leftBehindStyle]
  $('<style>').text(styles.join('\n')).appendTo('head')
}
