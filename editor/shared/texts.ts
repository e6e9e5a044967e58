const catalogue = '@edgecourier/node-red-enos-thingplus/edgecourier'

/** A text of the catalogue that all pages share, in the editor's language. */
export const text = (key: string, options?: TextOptions): string => RED._(`${catalogue}:${key}`, options)

/** As servers are asked for texts. */
export const inEditorLanguage = (): Record<string, string> => ({ 'Accept-Language': RED.i18n.lang() ?? 'en' })
