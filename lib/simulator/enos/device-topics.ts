import { type Fields, isFields } from '../checked-input'
import { acceptPoint, acceptPointBatch } from './device-points'
import { attributeProblem, eventProblem } from './thing-model'
import { BrokerRefused, type Refuse, type TopicCall } from './topic-call'

interface Topic {
  /** Refusal of a message whose params have the wrong shape. */
  formatCode: number
  /** Takes the message and gives the reply's `data`. */
  accept(call: TopicCall, refuse: Refuse): object
}

const topics: Record<string, Topic> = {
  'thing/measurepoint/post': { formatCode: 1206, accept: acceptPoint },
  'thing/measurepoint/post/batch': { formatCode: 1206, accept: acceptPointBatch },
  'thing/measurepoint/resume': { formatCode: 1206, accept: acceptPoint },
  'thing/measurepoint/resume/batch': { formatCode: 1206, accept: acceptPointBatch },
  'thing/attribute/update': { formatCode: 1207, accept: updateAttributes },
  'thing/attribute/query': { formatCode: 1208, accept: queryAttributes },
  'thing/attribute/delete': { formatCode: 1209, accept: deleteAttributes },
  'thing/tag/update': { formatCode: 1207, accept: updateTags },
  'thing/tag/query': { formatCode: 1208, accept: queryTags },
  'thing/tag/delete': { formatCode: 1209, accept: deleteTags },
  // Nobody gives this EnOS firmware, so no device has a task (docs/protocol/enos.md §12).
  'ota/device/inform': { formatCode: 1200, accept: informVersion },
  'ota/device/progress': { formatCode: 1200, accept: reportProgress },
  'ota/device/getversion': { formatCode: 1200, accept: () => [] },
}

const eventTopic = /^thing\/event\/([^/]+)\/post$/

/** Checks a message and applies it; gives the reply's `data`, throws `BrokerRefused` before anything has changed. */
export function acceptMessage(call: TopicCall): object {
  const { id } = call.message
  try {
    const topic = topicOf(call.topic)
    if (!topic) throw new BrokerRefused(1009, `unknown topic ${call.topic}`)
    const { method, version } = call.message
    const expected = call.topic.replaceAll('/', '.')
    if (method !== expected)
      throw new BrokerRefused(1260, `method ${String(method)} does not fit the topic: ${expected}`)
    const refuse: Refuse = (text) => {
      throw new BrokerRefused(topic.formatCode, text)
    }
    if (typeof version !== 'string' || version === '') refuse('version is mandatory')
    if (id !== undefined && typeof id !== 'string') refuse('id must be a text')
    return topic.accept(call, refuse)
  } catch (error) {
    if (error instanceof BrokerRefused) error.messageId = id
    throw error
  }
}

function topicOf(topic: string): Topic | undefined {
  if (Object.hasOwn(topics, topic)) return topics[topic]
  return eventTopic.test(topic) ? { formatCode: 1206, accept: postEvent } : undefined
}

/** Most attributes or tags in one message. */
const mostItems = 200

function updateAttributes({ registry, device, message, nowMs }: TopicCall, refuse: Refuse): object {
  const attributes = isFields(message.params) ? message.params.attributes : undefined
  if (!isFields(attributes)) return refuse('params.attributes must be an object')
  const entries = Object.entries(attributes)
  if (entries.length === 0 || entries.length > mostItems)
    refuse(`params.attributes must hold 1 to ${mostItems} attributes`)
  const model = registry.modelOf(device)
  for (const [id, value] of entries) {
    const problem = attributeProblem(model, id, value)
    if (problem) throw new BrokerRefused(1204, problem)
  }
  for (const [id, value] of entries) registry.acceptAttribute(device, id, value, nowMs)
  return {}
}

function queryAttributes({ registry, device, message }: TopicCall, refuse: Refuse): object {
  const ids = idsOf(message, 'attributes', refuse)
  const model = registry.modelOf(device)
  const unknown = ids.find((id) => !model.allowAdditionalAttribute && !Object.hasOwn(model.attributes, id))
  if (unknown !== undefined) throw new BrokerRefused(1204, `attribute ${unknown} is not in the model`)
  return chosen(device.attributes, ids)
}

function deleteAttributes({ device, message }: TopicCall, refuse: Refuse): object {
  for (const id of idsOf(message, 'attributes', refuse)) device.attributes.delete(id)
  return {}
}

function updateTags({ device, message }: TopicCall, refuse: Refuse): object {
  const { params } = message
  if (!Array.isArray(params) || params.length === 0 || params.length > mostItems) {
    return refuse(`params must be a list of 1 to ${mostItems} tags`)
  }
  for (const tag of params) {
    if (!isFields(tag) || typeof tag.tagKey !== 'string' || typeof tag.tagValue !== 'string') {
      return refuse('each tag must be {tagKey, tagValue}, both texts')
    }
    if (!/^[\w/-]{1,50}$/.test(tag.tagKey)) refuse('tagKey takes 1 to 50 letters, digits, _ - /')
    if (tag.tagValue.length > 200 || tag.tagValue !== tag.tagValue.trim()) refuse('tagValue takes up to 200 characters')
  }
  for (const { tagKey, tagValue } of params as { tagKey: string; tagValue: string }[]) device.tags.set(tagKey, tagValue)
  return {}
}

function queryTags({ device, message }: TopicCall, refuse: Refuse): object {
  return chosen(device.tags, idsOf(message, 'tags', refuse))
}

function deleteTags({ device, message }: TopicCall, refuse: Refuse): object {
  for (const key of idsOf(message, 'tags', refuse)) device.tags.delete(key)
  return {}
}

function postEvent({ registry, device, topic, message, nowMs }: TopicCall, refuse: Refuse): object {
  const eventId = eventTopic.exec(topic)?.[1] ?? ''
  const { params } = message
  if (!isFields(params) || !isFields(params.events)) return refuse('params.events must be an object')
  if (params.time !== undefined && !Number.isSafeInteger(params.time)) refuse('params.time must be Unix milliseconds')
  const problem = eventProblem(registry.modelOf(device), eventId, params.events)
  if (problem) throw new BrokerRefused(1204, problem)
  registry.acceptEvents(device, 1, nowMs)
  return {}
}

function informVersion({ message }: TopicCall, refuse: Refuse): object {
  const { version } = isFields(message.params) ? message.params : {}
  return typeof version === 'string' && version !== '' ? {} : refuse('params.version must be a text')
}

function reportProgress({ message }: TopicCall, refuse: Refuse): object {
  const { step } = isFields(message.params) ? message.params : {}
  if (typeof step !== 'string' || !/^(-\d{1,3}|\d{1,2}|100)$/.test(step))
    return refuse('params.step must be a text, 0 to 100 or below 0')
  throw new BrokerRefused(764, 'there is no upgrade task')
}

function idsOf(message: Fields, name: string, refuse: Refuse): string[] {
  const ids = isFields(message.params) ? message.params[name] : undefined
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
    return refuse(`params.${name} must be a list of texts`)
  return ids.length > mostItems ? refuse(`params.${name} takes at most ${mostItems}`) : ids
}

/** The values of the given keys; all where none is given. */
function chosen(values: ReadonlyMap<string, unknown>, keys: string[]): object {
  return Object.fromEntries([...values].filter(([key]) => keys.length === 0 || keys.includes(key)))
}
