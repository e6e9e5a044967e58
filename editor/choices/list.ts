import { text } from '../shared/texts'
import type { Choice, Found } from './choices'

const askAfterMs = 300

interface BoxOptions {
  /** Tells its elements from those of another list that is open. */
  id: string
  label: string
  load: (search: string) => Promise<Found>
  /** Whether a choice is what the field has now. */
  isCurrent: (choice: Choice) => boolean
  onPick: (choice: Choice) => void
  /** What Escape does; without it, what it does elsewhere. */
  onEscape?: () => void
}

interface ChoiceBox {
  content: JQuery
  search: JQuery
  /** Asks for all choices. */
  start(): void
  /** Answers that are still to come are not wanted. */
  end(): void
}

interface ListOptions extends Omit<BoxOptions, 'id' | 'onEscape'> {
  /** Below which it opens. */
  box: JQuery
  /** Told whether the focus is to go back to where it came from. */
  onClose: (isFocusBack: boolean) => void
}

function matching(list: readonly Choice[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/)
  return list.filter(({ value, label, detail = '' }) => {
    const content = `${label} ${value} ${detail}`.toLowerCase()
    return words.every((word) => content.includes(word))
  })
}

function itemOf(id: string, choice: Choice, index: number): JQuery {
  const { value, label: name, detail } = choice
  const second = [name === value ? '' : value, detail].filter(Boolean).join(' · ')
  return $(`<li role="option" id="${id}-${index}">`)
    .append($('<div>').text(name), $('<div class="detail">').text(second))
    .data('choice', choice)
}

/** A list with a field that searches it. The focus stays in that field. */
export function choiceBox({ id, label, load, isCurrent, onPick, onEscape }: BoxOptions): ChoiceBox {
  const search = $(
    '<input type="text" role="combobox" aria-autocomplete="list" aria-expanded="true" autocomplete="off">',
  )
  const list = $(`<ul role="listbox" id="${id}">`).attr('aria-label', label)
  const status = $('<div class="edgecourier-choices-status" role="status">')
  search.attr({
    'aria-controls': id,
    'aria-label': text('choices.search', { field: label }),
    placeholder: text('choices.placeholder'),
  })
  const content = $('<div class="edgecourier-choices">').append(search, status, list)
  let complete: readonly Choice[] | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let active = -1
  let isOpen = true

  const typed = () => String(search.val()).trim()
  const activate = (index: number) => {
    const items = list.children()
    items.attr('aria-selected', 'false')
    active = items.length === 0 ? -1 : (index + items.length) % items.length
    const item = items.eq(active)
    if (active < 0) return search.removeAttr('aria-activedescendant')
    item.attr('aria-selected', 'true')[0]?.scrollIntoView({ block: 'nearest' })
    return search.attr('aria-activedescendant', item.attr('id') ?? null)
  }
  const say = (words: string, isBad = false) => status.text(words).toggleClass('bad', isBad)
  const show = ({ choices: found, more, why }: Found) => {
    list
      .empty()
      .append(found.map((choice, index) => itemOf(id, choice, index)))
      .scrollTop(0)
    const total = { total: found.length }
    const words = found.length === 0 ? (why ?? text('choices.nothing')) : undefined
    say(words ?? (more ? text('choices.more', total) : text('choices.found', total)))
    activate(typed() ? 0 : Math.max(0, found.findIndex(isCurrent)))
  }
  const empty = () => {
    list.empty()
    activate(-1)
    say(text('choices.loading'))
  }
  const ask = async (words: string) => {
    const isWanted = () => isOpen && words === typed()
    try {
      const answer = await load(words)
      if (words === '' && !answer.more) {
        complete = answer.choices
        clearTimeout(waiting)
      }
      if (isOpen && complete) show({ choices: matching(complete, typed()), more: false })
      else if (isWanted()) show(answer)
    } catch (failure) {
      if (isWanted()) say((failure as Error).message, true)
    }
  }
  const take = () => {
    const choice = list.children().eq(active).data('choice') as Choice | undefined
    if (active >= 0 && choice) onPick(choice)
  }
  const keys: Readonly<Record<string, () => unknown>> = {
    ArrowDown: () => activate(active + 1),
    ArrowUp: () => activate(active - 1),
    Enter: take,
    ...(onEscape ? { Escape: onEscape } : {}),
  }

  search.on('keydown', (event) => {
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  })
  search.on('input', () => {
    clearTimeout(waiting)
    if (complete) return show({ choices: matching(complete, typed()), more: false })
    // What was found for another text is not to be picked for this one.
    empty()
    waiting = setTimeout(() => ask(typed()), askAfterMs)
  })
  // The focus stays in the search field, so that whatever takes it away closes the list.
  content.on('mousedown', (event) => {
    if (event.target !== search[0]) event.preventDefault()
  })
  list.on('click', 'li', (event) => {
    active = $(event.currentTarget).index()
    take()
  })
  return {
    content,
    search,
    start() {
      empty()
      ask('')
    },
    end() {
      isOpen = false
      clearTimeout(waiting)
    },
  }
}

/** Opens the list below a field. */
export function openList({ label, box, load, isCurrent, onPick, onClose }: ListOptions): void {
  let isOpen = true
  const close = (isFocusBack: boolean) => {
    if (!isOpen) return
    isOpen = false
    choosing.end()
    panel.hide()
    onClose(isFocusBack)
  }
  const choosing = choiceBox({
    id: 'edgecourier-choices',
    label,
    load,
    isCurrent,
    onPick: (choice) => {
      close(true)
      onPick(choice)
    },
    onEscape: () => close(true),
  })
  const { content, search } = choosing
  const panel = RED.popover.panel(content)
  search.on('blur', () => close(false))
  const left = box.offset()?.left ?? 0
  const width = Math.max(box.outerWidth() ?? 0, 280)
  content.width(width)
  choosing.start()
  const room = ($(window).width() ?? 0) - left - width - 12
  panel.show({ target: box, offset: [Math.min(0, room), 1], onclose: () => close(true) })
  search.trigger('focus')
}
