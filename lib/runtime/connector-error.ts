import { ConnectorError, say, type Translate } from '../core'

/**
 * Whatever was thrown as the one kind of error that a user meets, its message in the user's language; a fault of our own
 * keeps its text and stack.
 */
export function asConnectorError(failure: unknown, translate: Translate): ConnectorError {
  if (failure instanceof ConnectorError) {
    failure.message = failure.text.in(translate)
    // Where in the library it was thrown tells an integrator nothing, and buries the text that does.
    Reflect.deleteProperty(failure, 'stack')
    return failure
  }
  const error = new ConnectorError(
    'INTERNAL',
    say`Unexpected fault in the node: ${failure instanceof Error ? failure.message : String(failure)}. Please report it.`,
  )
  error.message = error.text.in(translate)
  if (failure instanceof Error && failure.stack) error.stack = failure.stack
  return error
}
