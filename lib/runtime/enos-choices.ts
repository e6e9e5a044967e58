import { ConnectorError, say } from '../core'
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
    return { choices: matching(choices, search), more }
  },
  'enos-devices': async (application, { search, outer, signal }) => {
    const wanted = { productKey: outer('productKey'), text: search }
    const { items, more } = await searchDevices(application, wanted, mostChoices, signal)
    return { choices: items.map(deviceChoice), more }
  },
  'enos-models': async (application, { search, signal }) => {
    const { items, more } = await searchModels(application, search ? mostRead : mostChoices, signal)
    const choices = items.map(({ modelId, name }): Choice => ({ value: modelId, label: name }))
    return { choices: matching(choices, search), more }
  },
  'enos-measurepoints': (application, question) => featureChoices(application, 'measurepoints', question),
  'enos-events': (application, question) => featureChoices(application, 'events', question),
}

function deviceChoice({ name, ...device }: DeviceSummary): Choice {
  return { value: device.deviceKey, label: name, detail: [device.productKey, device.assetId].join(' · '), ...device }
}

async function featureChoices(
  application: EnosApplication,
  kind: 'measurepoints' | 'events',
  question: ChoiceQuestion,
): Promise<Choices> {
  const features = await modelFeatures(application, await wantedModel(application, question), kind, question.signal)
  return { choices: matching(features.map(featureChoice), question.search), more: false }
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
