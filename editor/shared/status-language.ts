/** A status in every language, as the runtime tells it. */
type Words = Readonly<Record<string, string>> & { readonly text: string; readonly en: string }

/** A status is in the runtime's language, which is what flows see of it; the canvas shows it in the editor's. */
export function showStatusesInEditorLanguage(): void {
  const told = new Map<string, Words>()
  const inEditorLanguage = (words: Words) => {
    const language = RED.i18n.lang() ?? 'en'
    return words[language] ?? words[language.split('-', 1)[0] ?? ''] ?? words.en
  }
  RED.comms.subscribe('status/#', (topic, data) => {
    const status = data as { text?: string }
    const words = told.get(topic.slice('status/'.length))
    if (words && words.text === status.text) status.text = inEditorLanguage(words)
  })
  RED.comms.subscribe('edgecourier/status/#', (topic, data) => {
    const words = data as Words
    const id = topic.slice('edgecourier/status/'.length)
    told.set(id, words)
    const node = RED.nodes.node(id)
    if (!node?.status || node.status.text !== words.text) return
    node.status.text = inEditorLanguage(words)
    node.dirtyStatus = true
    node.dirty = true
    RED.view.redrawStatus(node)
  })
}
