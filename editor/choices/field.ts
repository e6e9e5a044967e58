import { configurationsOf } from '../shared/look'
import type { ListRequest, Place } from './choices'

/** A field of a dialog, be it a typed input or not. */
export function fieldOf(node: EditorNode, name: string) {
  const prefix = node._def.category === 'config' ? 'node-config-input' : 'node-input'
  const input = $(`#${prefix}-${name}`)
  const isTyped = () => input.data('noderedTypedInput') !== undefined
  return {
    input,
    row: input.closest('.form-row'),
    box: () => (isTyped() ? input.closest('.form-row').find('.red-ui-typedInput-container') : input),
    isText: () => !isTyped() || input.typedInput('type') === 'str',
    text: () => String((isTyped() ? input.typedInput('value') : input.val()) ?? '').trim(),
    set: (value: string) => (isTyped() ? input.typedInput('value', value) : input.val(value).trigger('change')),
  }
}

/** Those of the fields that hold fixed text, by their names. */
export function fixedTexts(node: EditorNode, names: readonly string[]): Record<string, string> {
  const fields = names.map((name) => [name, fieldOf(node, name)] as const).filter(([, field]) => field.isText())
  return Object.fromEntries(fields.map(([name, field]) => [name, field.text()]))
}

export const placeOf = ({ id, z, g }: Partial<EditorNode>): Place => ({
  ...(id === undefined ? {} : { id }),
  ...(z === undefined ? {} : { z }),
  ...(g === undefined ? {} : { g }),
})

/**
 * The request for what the thing model of an EnOS dialog's device has: the device of its integration channel, or that of its
 * device configuration, for which every application is asked.
 */
export function ofDevice(node: EditorNode): ListRequest {
  if (fieldOf(node, 'channel').text() === 'integration') {
    return {
      configurations: fieldOf(node, 'app').text(),
      outer: fixedTexts(node, ['assetId', 'productKey', 'deviceKey']),
      at: placeOf(node),
    }
  }
  const device: Partial<EditorNode> = RED.nodes.node(fieldOf(node, 'device').text()) ?? {}
  const { productKey, deviceKey } = device as { productKey?: string; deviceKey?: string }
  return { configurations: configurationsOf('enos-app'), outer: { productKey, deviceKey }, at: placeOf(device) }
}

/** The request for what the chosen gateway of a Thing+ dialog has. */
export function ofGateway(node: EditorNode): ListRequest {
  const { gatewayId = '' } = fixedTexts(node, ['gatewayId'])
  return { configurations: fieldOf(node, 'client').text(), outer: { gatewayId } }
}
