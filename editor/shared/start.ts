import choicesStyle from '../choices/style.css'
import tableStyle from '../table/style.css'
import { makeConfigurationButtonsReachable, takePastedRows } from './keyboard'
import { bringOldNodesUpToDate } from './outdated'
import { showStatusesInEditorLanguage } from './status-language'
import sharedStyle from './style.css'

export const addStyle = (css: string): void => {
  $('<style>').text(css).appendTo('head')
}

/** What the package does in every editor that loads it, once. */
export function start(): void {
  takePastedRows()
  makeConfigurationButtonsReachable()
  showStatusesInEditorLanguage()
  bringOldNodesUpToDate()
  for (const css of [sharedStyle, choicesStyle, tableStyle]) addStyle(css)
}
