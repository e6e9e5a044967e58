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
 * Asks the cloud for what there is.
 * @param cloud the catalogue's texts
 * @param request what to ask the list
 */
export const fromCloud = (cloud: 'enos' | 'thingplus', list: ChoiceList, request: () => ListRequest): Import => ({
  label: text(`table.import.${cloud}`),
  icon: 'fa fa-cloud-download',
  load: async () => {
    const asked = request()
    if (asked.configurations.length === 0) throw new Error(text(`table.import.${cloud}NoConfiguration`))
    const { assetId, deviceKey, gatewayId } = asked.outer ?? {}
    return itemsOf(list, asked, assetId || deviceKey || gatewayId || '')
  },
})

/**
 * Lets the person choose a thing model of EnOS, such as that of a device which is not there yet.
 * @param applications ids of the enos-app configurations to ask
 */
export function fromModel(applications: () => readonly string[]): Import {
  const source: Import<Choice> = {
    label: text('table.import.model'),
    icon: 'fa fa-cubes',
    choose: async (button) => {
      const configurations = applications()
      if (configurations.length === 0) throw new Error(text('table.import.enosNoConfiguration'))
      return choose('enos-models', { label: text('table.import.models'), box: button, configurations })
    },
    load: ({ value, label }) =>
      itemsOf('enos-measurepoints', { configurations: applications(), outer: { modelId: value } }, label),
  }
  return source as Import
}

async function itemsOf(list: ChoiceList, request: ListRequest, title: string): Promise<Importable> {
  const answer = await choices(list, request)
  // Where several configurations were asked, each may know the same.
  const items = new Map(answer.choices.map((choice) => [choice.value, itemOf(choice)]))
  return { title, items: [...items.values()], more: answer.more }
}

/** A choice of a list as it is imported. */
export function itemOf({ value, label, dataType, sensorType, unit }: Choice): Item {
  return { id: value, name: label, ...typeOf(sensorType ?? dataType), ...(unit === undefined ? {} : { unit }) }
}

const typeOf = (type: string | undefined) => (type === undefined ? {} : { type })
