import type { Text } from './text'

/** One thing that a connection test found out, in words for a person. */
export interface Finding {
  /** Left out where it was not tried, or where the answer proves nothing. */
  ok?: boolean | undefined
  text: Text
}
