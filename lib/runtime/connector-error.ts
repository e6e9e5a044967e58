import { ConnectorError } from '../http'
import { say } from '../text'

/** Whatever was thrown as the one kind of error that a user meets; a fault of our own keeps its text and stack. */
export function asConnectorError(failure: unknown): ConnectorError {
  if (failure instanceof ConnectorError) {
    // A stack in the log tells an integrator nothing, and buries the text that does.
    failure.stack = failure.message
    return failure
  }
  const error = new ConnectorError(
    'INTERNAL',
    say`Unexpected fault in the node: ${failure instanceof Error ? failure.message : String(failure)}. Please report it.`,
  )
  if (failure instanceof Error && failure.stack) error.stack = failure.stack
  return error
}
