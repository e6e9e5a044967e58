import { configurationsOf } from '../shared/look'
import { text } from '../shared/texts'
import { type Choice, type ChoiceList, choices, type Found, type ListRequest } from './choices'
import { fieldOf, fixedTexts, placeOf } from './field'
import { openList } from './list'
import { notePicked, showName } from './names'

/** Which list a field is picked from, and what a pick fills in. */
export type Pick = (CloudList | OwnList) & {
  /** Property of a choice that the field takes; `value` when left out. */
  take?: keyof Choice
  /** Further fields that a pick sets: name of the field → property of the choice. */
  fill?: Readonly<Record<string, keyof Choice>>
}

interface CloudList {
  list: ChoiceList
  /** The dialog's field that chooses the configuration. */
  from?: string
  /** Instead: the type of configurations, of which every one is asked; where there is none there is no button. */
  ofEvery?: string
  /** Names of the fields that the list depends on. */
  within?: readonly string[]
  /** Instead of these: what to ask for. */
  request?: (node: EditorNode) => ListRequest
}

interface OwnList {
  /** What there is; rejects with a text for the person. */
  load: (node: EditorNode) => Promise<Found>
}

/** What fills the list; nothing where nobody could be asked. */
export function loaderOf(node: EditorNode, pick: Pick): ((search: string) => Promise<Found>) | undefined {
  if ('load' in pick) return () => pick.load(node)
  const ask = () => requestOf(node, pick)
  if (!pick.from && ask().configurations.length === 0) return undefined
  return (search) => choices(pick.list, { ...ask(), search })
}

/**
 * Puts a button beside a field that opens a list of what there is for it. The field stays as it is for typing; of a typed
 * input, which has to be one already, the button shows only while the value is fixed text.
 */
export function addPick(node: EditorNode, name: string, pick: Pick): void {
  const { take = 'value' } = pick
  const field = fieldOf(node, name)
  const load = loaderOf(node, pick)
  if (!load) return
  const inputId = field.input.attr('id')
  // The label is translated only after the dialog was prepared.
  const label = field.row.find('label span').first().attr('id', `edgecourier-label-${inputId}`)
  const id = `edgecourier-pick-${inputId}`
  const button = $(
    '<button type="button" class="red-ui-button edgecourier-pick" aria-haspopup="listbox" aria-expanded="false">',
  )
  button.append('<i class="fa fa-search" aria-hidden="true"></i>').attr({
    id,
    title: text('choices.button'),
    'aria-label': text('choices.button'),
    'aria-labelledby': `${id} ${label.attr('id')}`,
  })
  field.box().after(button)
  const update = () => {
    field.row.toggleClass('edgecourier-pickable', field.isText())
    button.toggle(field.isText())
  }
  field.input.on('change', update)
  update()
  showName(node, name)

  button.on('click', () => {
    button.attr('aria-expanded', 'true')
    openList({
      label: label.text().trim(),
      box: field.box(),
      load,
      isCurrent: (choice) => choice[take] === field.text(),
      onPick: (choice) => takeChoice(node, name, pick, choice),
      onClose: (isFocusBack) => {
        button.attr('aria-expanded', 'false')
        if (isFocusBack) button.trigger('focus')
      },
    })
  })
}

/** What to ask the list for, as the dialog is now. */
function requestOf(node: EditorNode, { from, ofEvery = '', within = [], request }: CloudList): ListRequest {
  const configurations = from ? fieldOf(node, from).text() : configurationsOf(ofEvery)
  return request?.(node) ?? { configurations, outer: fixedTexts(node, within), at: placeOf(node) }
}

/** Sets a field, and those that the pick sets with it, to a choice. */
export function takeChoice(node: EditorNode, name: string, { take = 'value', fill = {} }: Pick, choice: Choice): void {
  for (const [other, property] of Object.entries(fill)) {
    const target = fieldOf(node, other)
    if (target.isText() && choice[property]) target.set(String(choice[property]))
  }
  const id = String(choice[take] ?? '')
  notePicked(node, name, { id, name: choice.label })
  fieldOf(node, name).set(id)
}

interface Choosing {
  /** What the list holds. */
  label: string
  /** A button, below which it opens; it has the focus again afterwards. */
  box: JQuery
  configurations: readonly string[]
}

/** Lets a person choose where there is no field to fill; nothing where the list was closed. */
export function choose(list: ChoiceList, { label, box, configurations }: Choosing): Promise<Choice | undefined> {
  return new Promise((resolve) => {
    openList({
      label,
      box,
      load: (search) => choices(list, { configurations, search }),
      isCurrent: () => false,
      onPick: resolve,
      onClose: (isFocusBack) => {
        if (isFocusBack) box.trigger('focus')
        // A choice is told right after the list closes.
        queueMicrotask(() => resolve(undefined))
      },
    })
  })
}
