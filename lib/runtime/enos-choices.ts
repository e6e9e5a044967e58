import { ConnectorError, say, type Text } from '../core'
import {
  type DeviceSummary,
  type EnosApplication,
  type ModelFeature,
  modelFeatures,
  modelIdOf,
  searchDevices,
  searchModels,
  searchProducts,
} from '../enos'
import { type Choice, type ChoiceLists, type ChoiceQuestion, type Choices, matching, mostChoices } from './choices'

/** What is read to look for a text that the cloud has no search for. */
const mostRead = 1_000

/**
 * - `enos-products`
 * - `enos-devices`, of the product `productKey` where one is given; the value is the device key
 * - `enos-models`
 * - `enos-measurepoints`, `enos-events`: of the model `modelId`, or of the device `assetId`, or `productKey` and `deviceKey`
 */
export const enosChoices: ChoiceLists<EnosApplication> = {
  'enos-products': async (application, { search, signal }) => {
    const { items, more } = await searchProducts(application, search ? mostRead : mostChoices, signal)
    const choices = items.map(
      ({ productKey, name, modelId }): Choice => ({ value: productKey, label: name, detail: modelId, modelId }),
    )
    return { choices: matching(choices, search), more, why: noneIn(application, say`product`) }
  },
  'enos-devices': async (application, { search, outer, signal }) => {
    const wanted = { productKey: outer('productKey'), text: search }
    const { items, more } = await searchDevices(application, wanted, mostChoices, signal)
    return { choices: items.map(deviceChoice), more, why: noneIn(application, say`device`) }
  },
  'enos-models': async (application, { search, signal }) => {
    const { items, more } = await searchModels(application, search ? mostRead : mostChoices, signal)
    const choices = items.map(({ modelId, name }): Choice => ({ value: modelId, label: name }))
    return { choices: matching(choices, search), more, why: noneIn(application, say`thing model`) }
  },
  'enos-measurepoints': (application, question) => featureChoices(application, 'measurepoints', question),
  'enos-events': (application, question) => featureChoices(application, 'events', question),
}

function noneIn(application: EnosApplication, what: Text): Text {
  return say`The application sees no ${what} in organisation ${application.options.orgId}. Create one in the EnOS console, or authorise the application there to read it.`
}

function deviceChoice({ name, ...device }: DeviceSummary): Choice {
  return { value: device.deviceKey, label: name, detail: [device.productKey, device.assetId].join(' · '), ...device }
}

async function featureChoices(
  application: EnosApplication,
  kind: 'measurepoints' | 'events',
  question: ChoiceQuestion,
): Promise<Choices> {
  const modelId = await wantedModel(application, question)
  const features = await modelFeatures(application, modelId, kind, question.signal)
  const why =
    kind === 'events'
      ? say`The thing model ${modelId} has no events. Add some to the model in the EnOS console, or type an id by hand.`
      : say`The thing model ${modelId} has no measurement points. Add some to the model in the EnOS console, or type their ids by hand.`
  return { choices: matching(features.map(featureChoice), question.search), more: false, why }
}

function featureChoice({ id, name, ...kind }: ModelFeature): Choice {
  return { value: id, label: name, detail: [kind.dataType, kind.unit].filter(Boolean).join(' · '), ...kind }
}

async function wantedModel(application: EnosApplication, { outer, signal }: ChoiceQuestion): Promise<string> {
  const [modelId, assetId, productKey, deviceKey] = [
    outer('modelId'),
    outer('assetId'),
    outer('productKey'),
    outer('deviceKey'),
  ]
  if (modelId) return modelId
  if (assetId) return modelIdOf(application, { assetId }, signal)
  if (productKey && deviceKey) return modelIdOf(application, { productKey, deviceKey }, signal)
  throw new ConnectorError(
    'CONFIG_INCOMPLETE',
    say`To get the list, enter the device first: its asset id, or its product key and device key, as text.`,
  )
}
