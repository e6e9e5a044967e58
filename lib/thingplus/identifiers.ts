import { randomBytes } from 'node:crypto'
import { ConnectorError, say, type Text } from '../core'
import { type ItemKind, kindNames } from './kinds'

export type RandomBytes = (size: number) => Uint8Array

/** A new random UUID (version 4) the way the cloud wants it: lower case, no dashes. */
export function makeId(random: RandomBytes = randomBytes): string {
  const bytes = Buffer.from(random(16))
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex')
}

interface IdRule {
  pattern: RegExp
  /** Dashes, colons and capitals are how people write such an id; the cloud takes it without. */
  isWrittenWithSeparators: boolean
  says: Text
}

const idRules: Readonly<Record<string, IdRule>> = {
  uuid: { pattern: /^[0-9a-f]{32}$/, isWrittenWithSeparators: true, says: say`a UUID: 32 hexadecimal digits` },
  mac: { pattern: /^[0-9a-f]{12}$/, isWrittenWithSeparators: true, says: say`a MAC address: 12 hexadecimal digits` },
  eui64: { pattern: /^[0-9a-f]{16}$/, isWrittenWithSeparators: true, says: say`an EUI-64: 16 hexadecimal digits` },
  imei: { pattern: /^\d{15}$/, isWrittenWithSeparators: true, says: say`an IMEI: 15 digits` },
}

const freeRule: IdRule = {
  pattern: /^(?!\.{1,2}$)[A-Za-z0-9\-_.~]+$/,
  isWrittenWithSeparators: false,
  says: say`made of letters, digits and - _ . ~ only`,
}

/**
 * A gateway id in the form that the gateway model's `idFormat` asks for: separators dropped, lower case.
 * @throws ConnectorError `INPUT_INVALID` saying what the format wants
 * Source: docs/protocol/thingplus.md §6.1.
 */
export function gatewayIdOf(text: string, idFormat: string | undefined): string {
  return checkedId(text, idRules[idFormat ?? ''] ?? freeRule, 'gateway')
}

/** A device or sensor id: any text of characters that need no escape in a URL. */
export function itemIdOf(text: string, kind: ItemKind): string {
  return checkedId(text, freeRule, kind)
}

/**
 * The id of what may be there already, made by others: it may hold what no new id is made with. What cannot stand in a path
 * is refused by `apiPath`.
 * @param check of a new id; what it makes of the text counts where it takes it
 */
export function idToAdopt(text: string, check: (text: string) => string): string {
  try {
    return check(text)
  } catch (failure) {
    const id = text.trim()
    if (id.length > longestId) throw failure
    return id
  }
}

/** More does not fit into a URL together with others. */
const longestId = 1_000

function checkedId(text: string, rule: IdRule, kind: ItemKind): string {
  const trimmed = text.trim()
  const id = rule.isWrittenWithSeparators ? trimmed.replace(/[-:{}\s]/g, '').toLowerCase() : trimmed
  if (id.length > longestId || !rule.pattern.test(id)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`"${trimmed.slice(0, 100)}" cannot be a ${kindNames[kind]} id here: it has to be ${rule.says}.`,
    )
  }
  return id
}
