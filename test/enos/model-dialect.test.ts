import fc from 'fast-check'
import should from 'should'
import type { JsonObject } from '../../lib/core'
import { toApiDialect } from '../../lib/enos/model-to-api'
import { toFileDialect } from '../../lib/enos/model-to-file'
import { patienceMs } from '../patience'
import { apiModels, fileModels } from './model-arbitraries'

type Plain = Record<string, unknown>
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy without what is at these paths. */
function without(value: unknown, paths: ReadonlySet<string>, at = ''): unknown {
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, at ? `${at}.${name}` : name, inner] as const)
    .filter(([, path]) => !paths.has(path))
    .map(([name, path, inner]) => [name, without(inner, paths, path)] as const)
  return Array.isArray(value) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept)
}

/** What the console writes into every file though nobody has set it, as real exports show. */
const unset: Plain = {
  minimum: [-2147483648, -3.4028235e38, -1.7976931348623157e308, '0'],
  maximum: [2147483647, 3.4028235e38, 1.7976931348623157e308, '9223372036854775807'],
  exclusiveMinimum: [false],
  exclusiveMaximum: [false],
  hasQuality: [false],
  minLength: [0],
  required: [false],
  accessMode: [true],
  allowAdditionalItem: [false],
  allowAdditionalAttribute: [false],
  allowAdditionalMeasurepoint: [false],
  signalType: ['UNKNOWN'],
}

/** A file's model without fields that say nothing. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said)
  if (!isPlain(value)) return value
  const isUnset = (name: string, inner: unknown) =>
    (Array.isArray(unset[name]) && (unset[name] as unknown[]).includes(inner)) ||
    (Array.isArray(inner) && inner.length === 0 && name.startsWith('inherited'))
  const kept = Object.entries(value).filter(([name, inner]) => !isUnset(name, inner))
  return Object.fromEntries(kept.map(([name, inner]) => [name, said(inner)]))
}

describe('The two dialects of a thing model', () => {
  it("turn a file of the console into the API's and back without a loss but what is named", () => {
    fc.assert(
      fc.property(fileModels, (file) => {
        const there = toApiDialect(file as JsonObject)
        const back = toFileDialect(there.model)
        should(there.faults).be.empty()
        should(back.faults).be.empty()
        should(back.unexpressed).be.empty()
        should(said(back.model)).deepEqual(said(without(file, new Set(there.unexpressed))))
      }),
    )
  }).timeout(patienceMs)

  it("turn a model of the API's into a file and back without a loss but what is named", () => {
    fc.assert(
      fc.property(apiModels, (api) => {
        const there = toFileDialect(api as JsonObject)
        const back = toApiDialect(there.model)
        should(there.faults).be.empty()
        should(back.faults).be.empty()
        should(back.unexpressed).be.empty()
        const kept = without(api, new Set(there.unexpressed)) as Plain
        should(comparable(back.model)).deepEqual(comparable(kept))
      }),
    )
  }).timeout(patienceMs)

  it('name only what the file has', () => {
    fc.assert(
      fc.property(fileModels, (file) => {
        for (const path of toApiDialect(file as JsonObject).unexpressed) {
          const value = path.split('.').reduce<unknown>((at, name) => (at as Plain)[name], file)
          should(value).not.be.undefined()
        }
      }),
    )
  }).timeout(patienceMs)
})

/**
 * With definitions parsed, so that the order of a text's fields does not matter, and without the word that something is no
 * standard element, which a file says by naming none.
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable)
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => name !== 'isStdElement' || inner !== false)
      .map(([name, inner]) => [
        name,
        comparable(name === 'dataDefinition' && typeof inner === 'string' ? JSON.parse(inner) : inner),
      ]),
  )
}
