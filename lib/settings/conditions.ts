/** A node's settings as Node-RED stores them. */
export type StoredSettings = Readonly<Record<string, unknown>>

/** Other settings, and those of their values with which this one counts; an empty text stands for one that is not stored. */
export type When = Readonly<Record<string, readonly string[]>>

/** Whether all these settings have one of their values. */
export function holds(when: When | undefined, stored: StoredSettings): boolean {
  return Object.entries(when ?? {}).every(([name, values]) => values.includes(String(stored[name] ?? '')))
}
