import { text } from '../shared/texts'

/** Something to decide on the way to the first value. */
export interface Step {
  title: string
  /**
   * Asks in its place; what it asks the server for is of no use any more once `isOpen` says so.
   * @param go tells in a few words what was decided, and what is to be decided next
   */
  show(place: JQuery, go: (summary: string, next?: Step) => void, isOpen: () => boolean): void
}

/** A button of the set-up. */
export const button = (words: string): JQuery =>
  $('<button type="button" class="red-ui-button edgecourier-step-button">').text(words)

/** Shows steps in a list, one after the other; each that was decided can be changed, and what follows is asked again. */
export function showSteps(list: JQuery, first: Step): void {
  const open = (step: Step, isAsked: boolean) => {
    const summary = $('<span class="edgecourier-step-summary">')
    const change = button(text('setUp.change'))
      .attr('aria-label', `${text('setUp.change')}: ${step.title}`)
      .hide()
    const heading = $('<div class="edgecourier-step-title">').append($('<b>').text(step.title), summary, change)
    const place = $('<div class="edgecourier-step-place">')
    const item = $('<li>').append(heading, place)
    list.append(item)
    let times = 0
    const ask = () => {
      const time = ++times
      const isOpen = () => time === times && item.closest('body').length > 0
      item.attr('aria-current', 'step').nextAll().remove()
      summary.empty()
      change.hide()
      place.empty()
      step.show(
        place,
        (words, next) => {
          if (!isOpen()) return
          times++
          item.removeAttr('aria-current')
          summary.text(words)
          place.empty()
          change.show()
          if (next) open(next, true)
        },
        isOpen,
      )
    }
    change.on('click', () => {
      ask()
      focusIn(place)
    })
    ask()
    if (isAsked) focusIn(place)
  }
  open(first, false)
}

/** Whoever works by keyboard goes on where the next thing is asked. */
export function focusIn(place: JQuery): void {
  place.find('button, input:not([type="checkbox"]), select').filter(':visible').first().trigger('focus')
}
