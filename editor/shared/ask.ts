import { inEditorLanguage } from './texts'

/** Why an admin endpoint has not answered. */
export class Unanswered extends Error {
  /** 0 where nothing answered. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

interface Question {
  /** Relative, so that it is found wherever the editor lies. */
  url: string
  /** Sent as JSON; without it, the question is a GET. */
  data?: object
  timeoutMs?: number
  /** What to say where nothing, or nothing that says why, has answered. */
  noAnswer: string
}

/** Asks one of the package's admin endpoints. Rejects with `Unanswered`, whose message is for the person. */
export function ask<Answer>({ url, data, timeoutMs, noAnswer }: Question): Promise<Answer> {
  const sent = data === undefined ? {} : { method: 'POST', contentType: 'application/json', data: JSON.stringify(data) }
  return new Promise((resolve, reject) => {
    $.ajax({ url, headers: inEditorLanguage(), ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }), ...sent })
      .done((answer: Answer) => resolve(answer))
      .fail(({ status, responseJSON }: { status: number; responseJSON?: { message?: string } }) =>
        reject(new Unanswered(responseJSON?.message ?? noAnswer, status)),
      )
  })
}
