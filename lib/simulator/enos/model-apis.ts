import { type Fields, isFields } from '../checked-input'
import { type Api, type ApiCall, ApiRefused, invalid, nameOf, noPermission, notFound, textOf } from './api-call'
import { featureOf, modelInApiDialect } from './api-dialect'
import { search } from './search'
import { type FeatureKind, type FeatureMap, featureKinds, type ThingModel } from './thing-model'

/** The model service v2.1: get, search, update (docs/protocol/enos.md §5.1). */
export const modelApis: Record<string, Api> = {
  'GET /model-service/v2.1/thing-models get': (call) => {
    const modelId = call.query.get('modelId')
    if (!modelId) throw invalid('modelId is mandatory')
    return { data: modelInApiDialect(namedModel(call, modelId)) }
  },
  'POST /model-service/v2.1/thing-models search': (call) => {
    const models = [...call.registry.models.values()].filter((model) => model.orgId === call.app.orgId)
    return search(models.map(modelInApiDialect), call)
  },
  'POST /model-service/v2.1/thing-models update': updateModel,
}

function namedModel({ registry, app }: ApiCall, modelId: string): ThingModel {
  const model = registry.models.get(modelId)
  if (!model) throw new ApiRefused(notFound, `Model ${modelId} not found`)
  if (model.orgId !== app.orgId) throw new ApiRefused(noPermission, `No permission for model ${modelId}`)
  return model
}

/** With `isPatchUpdate` (the default) only what is given changes; without it, what is not given is deleted. */
function updateModel(call: ApiCall) {
  const { query, body, registry } = call
  const model = namedModel(call, textOf(body, 'modelId'))
  const patch = query.get('isPatchUpdate') ?? 'true'
  if (patch !== 'true' && patch !== 'false') throw invalid('isPatchUpdate must be true or false')
  const isPatch = patch === 'true'
  if (!isPatch && body.featuresToDelete !== undefined) throw invalid('featuresToDelete needs isPatchUpdate=true')
  if (body.tags !== undefined && !isTextMap(body.tags)) throw invalid('tags must be a map of texts')
  const deleted = identifiersOf(body.featuresToDelete ?? [])
  const updated: ThingModel = {
    ...model,
    source: 'update',
    ...(body.name !== undefined && { name: nameOf(body.name, 'name') }),
    desc: textOr(body.desc, isPatch ? model.desc : ''),
    category: textOr(body.category, isPatch ? model.category : ''),
    tags: isFields(body.tags) ? body.tags : isPatch ? model.tags : {},
  }
  for (const kind of featureKinds) {
    const kept = Object.entries(isPatch ? model[kind] : {}).filter(([identifier]) => !deleted.includes(identifier))
    updated[kind] = { ...Object.fromEntries(kept), ...givenFeatures(kind, body[kind]) }
  }
  registry.models.set(model.modelId, updated)
  return { data: null }
}

function isTextMap(value: unknown): boolean {
  return value === null || (isFields(value) && Object.values(value).every((text) => typeof text === 'string'))
}

function givenFeatures(kind: FeatureKind, features: unknown): FeatureMap {
  if (features === undefined || features === null) return {}
  if (!isFields(features)) throw invalid(`${kind} must be an object`)
  const entries = Object.entries(features).map(([identifier, definition]) => {
    const feature = isFields(definition) ? featureOf(kind, identifier, definition) : 'must be an object'
    if (typeof feature === 'string') throw invalid(`${kind}.${identifier} ${feature}`)
    return [identifier, feature] as const
  })
  return Object.fromEntries(entries)
}

/** Identifiers as texts, or structs that carry one. */
function identifiersOf(features: unknown): string[] {
  if (!Array.isArray(features)) throw invalid('featuresToDelete must be a list')
  return features.map((feature: unknown) =>
    isFields(feature) ? textOf(feature as Fields, 'identifier') : String(feature),
  )
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
