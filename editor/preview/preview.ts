import { ask } from '../shared/ask'
import { text } from '../shared/texts'
import { formOf } from './form'
import { type Answer, shownAnswer } from './shown'

/** Longer than the cloud may take to tell of thing models and sensors. */
const answerWithinMs = 15_000

/**
 * Fills the row `.edgecourier-preview`: a button that shows what the node would send with the dialog as it stands, for the last
 * message that came or for a sample.
 */
export function showPreview(node: EditorNode): void {
  const place = $('.edgecourier-preview')
  const button = $('<button type="button" class="red-ui-button" aria-expanded="false">')
  button.append('<i class="fa fa-eye"></i> ', document.createTextNode(text('preview.button')))
  const sample = $('<textarea id="edgecourier-preview-sample" rows="2" spellcheck="false">')
  sample.attr('placeholder', text('preview.placeholder'))
  const show = $('<button type="button" class="red-ui-button">').text(text('preview.show'))
  const shown = $('<div aria-live="polite">')
  const panel = $('<div class="edgecourier-preview-panel">').hide()
  panel.append(
    $('<label for="edgecourier-preview-sample">').text(text('preview.sample')),
    sample,
    $('<div>').append(show),
    shown,
  )
  // What is shown is true of the dialog as it was, and of nothing else.
  let looks = 0
  let asked = ''
  const question = () => questionOf(node, String(sample.val() ?? ''))
  const forget = () => {
    looks++
    shown.empty()
    show.prop('disabled', false)
  }
  const look = async () => {
    const own = ++looks
    const data = question()
    asked = JSON.stringify(data)
    show.prop('disabled', true)
    shown.text(text('preview.running'))
    const found = await answerTo(node, data)
    if (own !== looks) return
    shown.empty().append(shownAnswer(found))
    show.prop('disabled', false)
  }
  button.on('click', () => {
    const isOpen = button.attr('aria-expanded') === 'true'
    button.attr('aria-expanded', String(!isOpen))
    panel.toggle(!isOpen)
    if (isOpen) forget()
    else look()
  })
  show.on('click', look)
  // Events also come from fields that stay as they are.
  const forgetWhatChanged = () => {
    if (JSON.stringify(question()) !== asked) forget()
  }
  place.closest('.edgecourier').on('input change', 'input, select, textarea', forgetWhatChanged)
  place.append(button, panel)
}

const questionOf = (node: EditorNode, sample: string) => ({ ...formOf(node), ...(sample.trim() ? { sample } : {}) })

async function answerTo(node: EditorNode, data: object): Promise<Answer> {
  try {
    return await ask<Answer>({
      url: `edgecourier/preview/${node.type}`,
      data,
      timeoutMs: answerWithinMs,
      noAnswer: text('preview.noAnswer'),
    })
  } catch (failure) {
    return { error: { message: (failure as Error).message } }
  }
}
