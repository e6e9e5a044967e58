import { hashSync } from 'bcryptjs' // comes with Node-RED

/** A user of the editor, for Node-RED's `adminAuth`; the password is the name. */
export const user = (username: string, permissions: string | string[]) => ({
  username,
  permissions,
  password: hashSync(username, 4),
})

/** Node-RED ends a connection that was idle for five seconds, be it just when the next request begins: each has its own. */
const json = { connection: 'close', 'content-type': 'application/json' }

/** Requests to a Node-RED by several of its users. */
export class Users {
  readonly #tokens = new Map<string, Promise<string>>()

  constructor(readonly url: string) {}

  /** @param username nobody when left out */
  async ask(path: string, username: string | undefined, request: RequestInit = {}): Promise<Response> {
    const authorization = username ? { authorization: `Bearer ${await this.#tokenOf(username)}` } : undefined
    const headers = { ...json, ...authorization, ...request.headers }
    return fetch(`${this.url}${path}`, { ...request, headers })
  }

  #tokenOf(username: string): Promise<string> {
    const token = this.#tokens.get(username) ?? this.#logIn(username)
    this.#tokens.set(username, token)
    return token
  }

  async #logIn(username: string): Promise<string> {
    const answer = await fetch(`${this.url}/auth/token`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '',
        username,
        password: username,
      }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    return access_token
  }
}
