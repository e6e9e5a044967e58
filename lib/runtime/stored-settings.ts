/** A node's settings as Node-RED stores them. */
export type StoredSettings = Readonly<Record<string, unknown>>
