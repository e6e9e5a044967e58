/** Where a token or session comes from. See `Renewable`. */
export interface CredentialSource<Credential> {
  /** The one at hand, as long as it need not be renewed: nobody has to wait for it. */
  held?(): Credential | undefined
  get(signal?: AbortSignal): Promise<Credential>
  /** The cloud refused it: the next `get` obtains another. */
  drop(credential: Credential): void
}

/** The last answer, and the credential that it is for. */
export interface SentWith<Credential, Answer> {
  credential: Credential
  answer: Answer
  /** Whether the cloud had refused the one before. */
  isFresh: boolean
}

/** Sends with the credential at hand and, where the cloud refuses it, once more with a fresh one. */
export async function sendWith<Credential, Answer>(
  source: CredentialSource<Credential>,
  send: (credential: Credential) => Promise<Answer>,
  isRefused: (answer: Answer) => boolean,
  signal?: AbortSignal,
): Promise<SentWith<Credential, Answer>> {
  const credential = source.held?.() ?? (await source.get(signal))
  const answer = await send(credential)
  if (!isRefused(answer)) return { credential, answer, isFresh: false }
  source.drop(credential)
  const fresh = await source.get(signal)
  return { credential: fresh, answer: await send(fresh), isFresh: true }
}
