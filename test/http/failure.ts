import should from 'should'
import { ConnectorError } from '../../lib/core'

/** The error that the request ends with, which has to be one of ours. */
export async function failureOf(request: Promise<unknown>): Promise<ConnectorError> {
  const failure = await request.then(
    () => undefined,
    (error: unknown) => error,
  )
  should(failure).be.instanceOf(ConnectorError)
  return failure as ConnectorError
}
