import type { Outcome } from './world'

/** What a worker is asked to run. */
export interface Ask {
  readonly seed: number
  /** Of the history's events only these, by their places. */
  readonly only?: readonly number[] | undefined
  readonly isShrunk?: boolean | undefined
  readonly isTraced?: boolean | undefined
}

/** Something that must not be, with the smallest history that leads to it. */
export interface Found {
  readonly seed: number
  readonly violation: { readonly kind: string; readonly text: string }
  readonly history: string
  readonly only: readonly number[] | undefined
}

export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'trace'; readonly text: string }
  | {
      readonly kind: 'ran'
      readonly seed: number
      readonly outcome: Outcome
      readonly found: Found | undefined
      /** Of the real time. */
      readonly tookMs: number
    }
