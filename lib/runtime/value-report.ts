import { ConnectorError, joined, say, type Translate } from '../core'
import { ValueReport } from '../message'
import { enosTarget } from '../settings'
import { translation } from './languages'
import { chosenWord, type Setting } from './settings'

/** The setting `unsendable`, "a value that can't be sent": the report of one message. */
export function valueReport(): Setting<ValueReport> {
  return {
    evaluate: (evaluation) =>
      new ValueReport(
        chosenWord(enosTarget.unsendable, evaluation),
        evaluation.previewing?.translate ?? ((template) => translation(evaluation.RED)(template)),
      ),
  }
}

/** What a Catch node hears, once for the message, while the rest of it goes. */
export function leftOutError(report: ValueReport, translate: Translate): ConnectorError {
  const { count, told } = report
  const opening =
    count === 1
      ? say`One value can't be sent and was left out; the rest of the message is sent.`
      : say`${count} values can't be sent and were left out; the rest of the message is sent.`
  const more = count > told.length ? [say`And ${count - told.length} more.`] : []
  const error = new ConnectorError('PARTIAL_FAILURE', joined([opening, ...told, ...more], '\n'), {
    rejected: report.listed,
    rejectedCount: report.count,
  })
  error.message = error.text.in(translate)
  error.stack = error.message
  return error
}
