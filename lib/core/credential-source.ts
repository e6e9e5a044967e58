/** Where a token or session comes from. See `Renewable`. */
export interface CredentialSource<Credential> {
  get(signal?: AbortSignal): Promise<Credential>
  /** The cloud refused it: the next `get` obtains another. */
  drop(credential: Credential): void
}

/**
 * Sends with the credential at hand and, where the cloud refuses it, once more with a fresh one.
 * @returns the last answer, and the credential that it is for
 */
export async function sendWith<Credential, Answer>(
  source: CredentialSource<Credential>,
  send: (credential: Credential) => Promise<Answer>,
  isRefused: (answer: Answer) => boolean,
  signal?: AbortSignal,
): Promise<{ credential: Credential; answer: Answer }> {
  const credential = await source.get(signal)
  const answer = await send(credential)
  if (!isRefused(answer)) return { credential, answer }
  source.drop(credential)
  const fresh = await source.get(signal)
  return { credential: fresh, answer: await send(fresh) }
}
