import { type Choice, type ChoiceList, choices, choose, type ListRequest } from '../choices'
import { ask, Unanswered } from '../shared/ask'
import { text } from '../shared/texts'
import type { Importable } from './import-panel'
import type { Item } from './rows'
import type { Import } from './table'

const maxFileBytes = 4_500_000

function chosenFile(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const chooser = $<HTMLInputElement>('<input type="file" accept=".json,application/json">')
    chooser.on('change', () => resolve(chooser[0]?.files?.[0]))
    chooser.on('cancel', () => resolve(undefined))
    chooser.trigger('click')
  })
}

interface ModelFile {
  modelId: string
  points: readonly (Omit<Item, 'type'> & { dataType?: string })[]
}

async function pointsOfFile(): Promise<Importable | undefined> {
  const file = await chosenFile()
  if (!file) return undefined
  if (file.size > maxFileBytes) throw new Error(text('table.import.fileTooLarge'))
  try {
    const { modelId, points } = await ask<ModelFile>({
      url: 'edgecourier/model-points',
      data: { name: file.name, text: await file.text() },
      noAnswer: text('table.import.noAnswer'),
    })
    return { title: modelId, items: points.map(({ dataType, ...point }) => ({ ...point, ...typeOf(dataType) })) }
  } catch (failure) {
    const isTooLarge = failure instanceof Unanswered && failure.status === 413
    throw isTooLarge ? new Error(text('table.import.fileTooLarge')) : failure
  }
}

/** Reads the measurement points of a thing model's file on this PC. */
export const fromModelFile = (): Import => ({
  label: text('table.import.file'),
  icon: 'fa fa-file-o',
  load: pointsOfFile,
})

/**
 * Asks EnOS for the points of a model: that of the device which the dialog names, or another one that the person chooses.
 * @param request what to ask for the points of that device
 */
export const fromEnos = (request: () => ListRequest): Import => ({
  label: text('table.import.enos'),
  icon: 'fa fa-cloud-download',
  load: async (button) => {
    const { configurations, outer = {}, at } = request()
    if (configurations === '') throw new Error(text('choices.noConfiguration'))
    if (configurations.length === 0) throw new Error(text('table.import.enosNoConfiguration'))
    const { assetId, productKey, deviceKey } = outer
    const name = assetId || (productKey && deviceKey)
    const ofModel = (below: JQuery) => pointsOfModel(configurations, below)
    if (!name) return ofModel(button)
    const title = text('table.import.ofDevice', { name })
    const asked = { configurations, outer, ...(at ? { at } : {}) }
    const found = await itemsOf('enos-measurepoints', asked, title).catch((failure: Error) => ({
      title,
      items: [],
      why: failure.message,
    }))
    return { ...found, other: { label: text('table.import.model'), load: ofModel } }
  },
})

async function pointsOfModel(
  configurations: ListRequest['configurations'],
  below: JQuery,
): Promise<Importable | undefined> {
  const list = { label: text('table.import.models'), box: below, configurations: [configurations].flat() }
  const model = await choose('enos-models', list)
  if (!model) return undefined
  const title = text('table.import.ofModel', { name: model.label })
  const found = await itemsOf('enos-measurepoints', { configurations, outer: { modelId: model.value } }, title)
  return {
    ...found,
    other: { label: text('table.import.model'), load: (button) => pointsOfModel(configurations, button) },
  }
}

/** Asks Thing+ for the sensors of the gateway which the dialog names. */
export const fromThingPlus = (request: () => ListRequest): Import => ({
  label: text('table.import.thingplus'),
  icon: 'fa fa-cloud-download',
  load: async () => {
    const asked = request()
    if (asked.configurations.length === 0) throw new Error(text('choices.noConfiguration'))
    return itemsOf('thingplus-sensors', asked, asked.outer?.['gatewayId'] ?? '')
  },
})

async function itemsOf(list: ChoiceList, request: ListRequest, title: string): Promise<Importable> {
  const answer = await choices(list, request)
  // Where several configurations were asked, each may know the same.
  const items = new Map(answer.choices.map((choice) => [choice.value, itemOf(choice)]))
  return { title, items: [...items.values()], more: answer.more, ...(answer.why ? { why: answer.why } : {}) }
}

/** A choice of a list as it is imported. */
export function itemOf({ value, label, dataType, sensorType, unit }: Choice): Item {
  return { id: value, name: label, ...typeOf(sensorType ?? dataType), ...(unit === undefined ? {} : { unit }) }
}

const typeOf = (type: string | undefined) => (type === undefined ? {} : { type })
