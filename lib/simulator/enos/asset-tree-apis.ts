import { type Fields, isFields } from '../checked-input'
import {
  type Api,
  type ApiCall,
  ApiRefused,
  batchAnswer,
  deviceNameIn,
  fieldsOf,
  invalid,
  namedDevice,
  noPermission,
  ownDevices,
} from './api-call'
import { assetStruct } from './asset-apis'
import type { AssetTree } from './asset-tree'
import type { Device } from './registry'
import { search } from './search'

const noTree = 17404
const noParent = 17752
const alreadyThere = 17758
const tooDeep = 17770
/** The root is the first one. */
const mostLayers = 7

const pages = { pageSize: 100, mostOnPage: 1_000 }

/** The asset tree service v2.1 (docs/protocol/enos.md §9.8). */
export const assetTreeApis: Record<string, Api> = {
  'POST /asset-tree-service/v2.1/asset-nodes searchAsset': (call) =>
    search(ownDevices(call).map(assetStruct), call, {
      ...pages,
      aliases: { assetIds: 'assetId', modelIds: 'modelId', rootModelIds: 'modelId' },
      asSearched: (asset) => ({ ...asset, treeId: treesWith(call, String(asset.assetId)) }),
    }),
  'POST /asset-tree-service/v2.1/asset-nodes searchRelatedAsset': (call) => {
    const tree = namedTree(call)
    const filter = fieldsOf(call.body, 'filter')
    const isRelated = relationOf(tree, filter)
    const assets = [rootStruct(tree), ...ownDevices(call).map(assetStruct)].filter(
      (asset) => tree.has(String(asset.assetId)) && isRelated(String(asset.assetId)) && fits(asset, filter),
    )
    return search(assets, { ...call, body: { ...call.body, expression: undefined } }, pages)
  },
  'POST /asset-tree-service/v2.1/asset-nodes associateAsset': (call) => {
    const { tree, parentAssetId } = place(call)
    return { data: associated(tree, parentAssetId, namedDevice(call, deviceNameIn(call.query))) }
  },
  'POST /asset-tree-service/v2.1/asset-nodes associateAssetBatch': (call) => {
    const { tree, parentAssetId } = place(call)
    const { assetIdentifiers } = call.body
    if (!Array.isArray(assetIdentifiers) || assetIdentifiers.length === 0)
      throw invalid('assetIdentifiers must be a list')
    return batchAnswer(assetIdentifiers, call, (name: unknown) => {
      if (!isFields(name)) throw invalid('each of assetIdentifiers must name a device')
      return associated(tree, parentAssetId, namedDevice(call, name))
    })
  },
}

function treesWith({ registry }: ApiCall, assetId: string): string[] {
  return [...registry.trees.values()].filter((tree) => tree.has(assetId)).map(({ seed }) => seed.treeId)
}

function namedTree({ registry, app, query }: ApiCall): AssetTree {
  const treeId = query.get('treeId')
  if (!treeId) throw invalid('treeId is mandatory')
  const tree = registry.trees.get(treeId)
  if (!tree) throw new ApiRefused(noTree, `There is no asset tree ${treeId}`)
  if (tree.seed.orgId !== app.orgId) throw new ApiRefused(noPermission, `No permission for asset tree ${treeId}`)
  return tree
}

function place(call: ApiCall): { tree: AssetTree; parentAssetId: string } {
  const tree = namedTree(call)
  const parentAssetId = call.query.get('parentAssetId')
  if (!parentAssetId) throw invalid('parentAssetId is mandatory')
  if (!tree.has(parentAssetId)) throw new ApiRefused(noParent, `The parent ${parentAssetId} is not in the tree`)
  if (tree.ancestorsOf(parentAssetId).length + 2 > mostLayers) {
    throw new ApiRefused(tooDeep, `The tree would have more than ${mostLayers} layers`)
  }
  return { tree, parentAssetId }
}

function associated(tree: AssetTree, parentAssetId: string, device: Device): string {
  if (tree.has(device.assetId)) throw new ApiRefused(alreadyThere, `${device.assetId} is in the tree already`)
  tree.add(device, parentAssetId)
  return device.assetId
}

/** One of the four relations at most; any asset of the tree without one. */
function relationOf(tree: AssetTree, filter: Fields): (assetId: string) => boolean {
  const relations: Record<string, (assetId: string, other: string) => boolean> = {
    isParentOfAssetId: (assetId, other) => tree.isChild(other, assetId),
    isChildOfAssetId: (assetId, other) => tree.isChild(assetId, other),
    isAncestorOfAssetId: (assetId, other) => tree.ancestorsOf(other).includes(assetId),
    isDescendantOfAssetId: (assetId, other) => tree.ancestorsOf(assetId).includes(other),
  }
  const given = Object.keys(relations).filter((name) => filter[name] !== undefined)
  const [name = ''] = given
  if (given.length > 1) throw invalid(`filter has both ${given.join(' and ')}`)
  const [relation, other] = [relations[name], filter[name]]
  if (!relation) return () => true
  if (typeof other !== 'string') throw invalid(`filter.${name} must be an asset id`)
  return (assetId) => relation(assetId, other)
}

function fits(asset: Fields, { assetIds, modelIds, rootModelIds, nameLike }: Fields): boolean {
  const isOneOf = (value: unknown, list: unknown) => {
    if (list !== undefined && !Array.isArray(list)) throw invalid('assetIds, modelIds and rootModelIds are lists')
    return !list?.length || list.includes(value)
  }
  return (
    isOneOf(asset.assetId, assetIds) &&
    isOneOf(asset.modelId, modelIds) &&
    isOneOf(asset.modelId, rootModelIds) &&
    isNamedLike(asset, nameLike)
  )
}

function isNamedLike({ name }: Fields, nameLike: unknown): boolean {
  if (nameLike === undefined) return true
  if (!isFields(nameLike) || typeof nameLike.value !== 'string') throw invalid('nameLike must be {locale, value}')
  const { defaultValue, i18nValue } = name as { defaultValue: string; i18nValue: Fields }
  return String(i18nValue[String(nameLike.locale)] ?? defaultValue).includes(nameLike.value)
}

function rootStruct({ seed }: AssetTree): Fields {
  return {
    assetId: seed.rootAssetId,
    orgId: seed.orgId,
    name: { defaultValue: seed.name, i18nValue: {} },
    modelId: null,
    attributes: {},
    tags: {},
  }
}
