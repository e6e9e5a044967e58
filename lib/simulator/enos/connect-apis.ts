import type { Fields } from '../checked-input'
import { type Api, deviceNameIn, invalid, namedDevice, namedProduct } from './api-call'
import type { Product } from './enos-seed'
import { search } from './search'

/** The connection service v2.1: products and last values (docs/protocol/enos.md §9.2, §9.6). */
export const connectApis: Record<string, Api> = {
  'POST /connect-service/v2.1/products search': (call) => {
    const products = [...call.registry.products.values()].filter((product) => product.orgId === call.app.orgId)
    return search(products.map(productStruct), call)
  },
  'GET /connect-service/v2.1/products get': (call) => ({
    data: productStruct(namedProduct(call, call.query.get('productKey') ?? '')),
  }),
  'POST /connect-service/v2.1/measurepoints queryLatest': (call) => {
    const { measurepointIds: ids } = call.body
    if (ids !== undefined && !Array.isArray(ids)) throw invalid('measurepointIds must be a list')
    const { latest } = namedDevice(call, deviceNameIn(call.query)).log
    const entries = [...latest].filter(([id]) => !ids?.length || ids.includes(id))
    return { data: entries.map(([id, { timeMs, value }]) => ({ id, time: String(timeMs), value })) }
  },
}

function productStruct(product: Product): Fields {
  return {
    orgId: product.orgId,
    productKey: product.productKey,
    productName: { defaultValue: product.name, i18nValue: {} },
    productSecret: product.productSecret,
    productDesc: '',
    productType: product.type,
    dataFormat: 'Json',
    productTags: {},
    modelId: product.modelId,
    dynamicActiveEnabled: false,
    biDirectionalAuth: false,
  }
}
