// Node-RED's editor as far as these pages use it, by its documentation: https://nodered.org/docs/api/ui and
// https://nodered.org/docs/creating-nodes. Alike in 4.1 and 5.

/** A property of a node in the editor, as flows store it. */
interface EditorNode {
  readonly id: string
  readonly type: string
  /** Its tab, and its group. */
  readonly z?: string
  readonly g?: string
  name?: string
  credentials?: Readonly<Record<string, unknown>>
  status?: { text?: string; fill?: string; shape?: string }
  dirty?: boolean
  dirtyStatus?: boolean
  readonly _def: EditorNodeDefinition
  /** A text of the node's own catalogue. */
  _(key: string, options?: TextOptions): string
  [setting: string]: unknown
}

interface EditorLink {
  source: EditorNode
  sourcePort: number
  target: EditorNode
}

interface EditorNodeDefinition {
  category: string
  defaults: Readonly<Record<string, { value: unknown; type?: string }>>
  credentials?: Readonly<Record<string, { type: string }>>
  set?: { module?: string }
}

type TextOptions = Readonly<Record<string, string | number>>

interface EditorPopover {
  show(options: { target: JQuery; offset: [left: number, top: number]; onclose: () => void }): void
  hide(): void
}

interface EditorWorkspace {
  id: string
  locked?: boolean
}

declare const RED: {
  _(key: string, options?: TextOptions): string
  i18n: { lang(): string | undefined }
  plugins: { registerPlugin(id: string, plugin: { type: string }): void; getPlugin(id: string): unknown }
  nodes: {
    node(id: string): EditorNode | null
    workspace(id: string | undefined): EditorWorkspace | undefined
    subflow(id: string | undefined): EditorWorkspace | undefined
    eachConfig(each: (configuration: EditorNode) => boolean): void
    filterNodes(filter: { z: string } | { type: string }): EditorNode[]
    filterLinks(filter: { target: EditorNode }): EditorLink[]
    getType(type: string): EditorNodeDefinition
    id(): string
    import(
      nodes: readonly object[],
      options: { markChanged: boolean; applyNodeDefaults: boolean },
    ): { nodes: EditorNode[] }
    addLink(link: EditorLink): void
    dirty(state?: boolean): boolean
    registerType(type: string, definition: EditorNodeDefinition): void
  }
  workspaces: { active(): string }
  editor: {
    validateNode(node: EditorNode): boolean
    /** The nodes whose dialogs are open, the one on top last. */
    getEditStack(): readonly { readonly id?: string }[]
  }
  history: { push(event: { t: 'add'; nodes: string[]; links: EditorLink[]; dirty: boolean }): void }
  utils: { getNodeLabel(node: EditorNode, otherwise: string): string }
  view: { redrawStatus(node: EditorNode): void; redraw(isChanged: boolean): void }
  user: { hasPermission(permission: string): boolean }
  comms: { subscribe(topic: string, listener: (topic: string, data: unknown) => void): void }
  events: {
    on(name: 'nodes:add', listener: (node: EditorNode) => void): void
    on(name: 'flows:change', listener: (flow: EditorWorkspace) => void): void
    on(name: 'editor:save', listener: (node: EditorNode) => void): void
    on(name: 'editor:close', listener: () => void): void
    off(name: 'editor:save', listener: (node: EditorNode) => void): void
    off(name: 'editor:close', listener: () => void): void
  }
  popover: { panel(content: JQuery): EditorPopover }
}

/** https://nodered.org/docs/api/ui/typedInput */
type TypedInputType =
  | string
  | {
      value: string
      label: string
      icon?: string
      hasValue?: boolean
      options?: readonly { value: string; label: string }[]
    }

interface EditableListOptions<Item> {
  header: JQuery
  addButton: string
  buttons: readonly {
    label: string
    icon: string
    click: (event: JQuery.Event & { currentTarget: HTMLElement }) => void
  }[]
  height: 'auto' | number
  scrollOnAdd: boolean
  sortable: boolean
  removable: boolean
  addItem: (content: JQuery, index: number, item: Item) => void
  removeItem: () => void
}

interface JQuery {
  typedInput(options: { types: readonly TypedInputType[]; default?: string | undefined; typeField?: string }): this
  typedInput(method: 'type' | 'value'): string
  typedInput(method: 'type' | 'value', value: string): this
  /** https://nodered.org/docs/api/ui/editableList */
  editableList<Item>(options: EditableListOptions<Item>): this
  editableList(method: 'addItem', item: object): void
  editableList(method: 'removeItem', item: unknown): void
  editableList(method: 'items'): JQuery
}

/** Styles of a page, as text. */
declare module '*.css' {
  const css: string
  export default css
}
