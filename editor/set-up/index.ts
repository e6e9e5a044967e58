import { fieldOf } from '../choices'
import { text } from '../shared/texts'
import { cloudStep } from './cloud-step'
import type { SetUpPlan, Way } from './plan'
import { pointsStep } from './points-step'
import { type Step, showSteps } from './steps'
import { targetStep } from './target-step'
import { trialStep } from './trial-step'

export { offerSimulator } from './offer-simulator'
export type { PointsPlan, SetUpPlan, Way } from './plan'

/**
 * Fills the row `.edgecourier-set-up`: what leads from an empty dialog to a value that the cloud has accepted. It is open
 * where no configuration is chosen, and behind a button where one is.
 */
export function showSetUp(node: EditorNode, plan: SetUpPlan): void {
  const toggle = $('<button type="button" class="red-ui-button" aria-expanded="false">')
  toggle.append('<i class="fa fa-magic" aria-hidden="true"></i> ', document.createTextNode(text('setUp.button')))
  const steps = $('<ol>')
  const panel = $('<section>').attr('aria-label', text('setUp.button')).append(steps).hide()
  $('.edgecourier-set-up').append(toggle, panel)
  const show = () => {
    toggle.attr('aria-expanded', 'true')
    showSteps(steps.empty(), cloudStep(node, plan, afterCloud))
    panel.show()
  }
  toggle.on('click', () => {
    if (!panel.is(':visible')) return show()
    toggle.attr('aria-expanded', 'false')
    steps.empty()
    panel.hide()
  })
  if (!plan.ways.some((way) => isChosen(node, way))) show()

  function afterCloud(way: Way): Step {
    const after = (index: number): Step => {
      const target = way.targets[index]
      if (target) return targetStep(node, target.name, target.pick, () => after(index + 1))
      const { points } = plan
      return points ? pointsStep(node, points, (taken) => trialStep(node, points, way, taken)) : readyStep()
    }
    return after(0)
  }
}

const readyStep = (): Step => ({
  title: text('setUp.done'),
  show(place) {
    place.append($('<p>').text(text('setUp.ready')))
  },
})

function isChosen(node: EditorNode, { field, sets }: Way): boolean {
  const id = fieldOf(node, field).text()
  const isWay = Object.entries(sets).every(([name, value]) => fieldOf(node, name).text() === value)
  return isWay && id !== '' && id !== '_ADD_' && RED.nodes.node(id) !== null
}
