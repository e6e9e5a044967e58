import type { Fields } from '../checked-input'
import { sensorTypes } from './sensor-types'

export interface SensorModel {
  network: string
  driverName: string
  model: string
  type: string
  category: 'sensor' | 'actuator'
}

export interface DeviceModel {
  id: string
  displayName: string
  idTemplate: string
  sensors: SensorModel[]
  max: number
}

export interface GatewayModel {
  id: string
  model: string
  vendor: string
  displayName: string
  /** As in the vendor's dump of models, where some have none. */
  idFormat?: 'uuid' | 'custom' | 'eui64' | 'imei'
  /** Milliseconds. */
  reportInterval?: string
  virtual?: 'y'
  deviceModels: DeviceModel[]
}

/** The model that the HTTPS guide uses; it takes no actuators. */
export const openApiModelId = '52'

const sensor = (driverName: string, model: string, type: string): SensorModel => ({
  network: 'daliworks',
  driverName,
  model,
  type,
  category: 'sensor',
})

/** Model 52 (docs/protocol/thingplus.md §5.2), and a few others under the ids that the vendor's test suite uses. */
export const gatewayModels: ReadonlyMap<string, GatewayModel> = new Map(
  (
    [
      {
        id: '6',
        model: 'virtualGateway',
        vendor: 'Daliworks',
        displayName: 'Virtual Gateway',
        idFormat: 'uuid',
        virtual: 'y',
        deviceModels: [
          {
            id: 'emulator',
            displayName: 'Sensor Emulator',
            idTemplate: '{gatewayId}-{deviceAddress}',
            sensors: ['temperature', 'humidity', 'co2', 'co'].map((type) =>
              sensor('daliworksEmulator', `${type}Emulator`, type),
            ),
            max: 99,
          },
        ],
      },
      {
        id: '18',
        model: 'grovePiGateway',
        vendor: 'Dexter Industries',
        displayName: 'GrovePi Gateway',
        deviceModels: [
          {
            id: 'GrovePiPlusStarterKitForRaspberryPi',
            displayName: 'GrovePi+ Starter Kit for Raspberry Pi',
            idTemplate: '{gatewayId}-{deviceAddress}',
            sensors: [sensor('jsonrpcSensor', 'jsonrpcTemp', 'temperature')],
            max: 1,
          },
        ],
      },
      ...(['custom', 'eui64', 'imei'] as const).map((idFormat, index) => ({
        // Ids behind those of the dump, which is not copied here.
        id: String(901 + index),
        model: `${idFormat}Gateway`,
        vendor: 'Simulator',
        displayName: `Gateway with ${idFormat} ids`,
        idFormat,
        deviceModels: [],
      })),
      {
        id: '32',
        model: 'sensorSimulator',
        vendor: 'Daliworks',
        displayName: 'Sensor Simulator',
        idFormat: 'uuid',
        virtual: 'y',
        deviceModels: [
          {
            id: 'sensorSimulator',
            displayName: 'Sensor Simulator Device',
            idTemplate: '{gatewayId}-{deviceAddress}',
            sensors: ['temperature', 'humidity'].map((type) => sensor('daliworksWeather', `${type}Daliworks`, type)),
            max: 99,
          },
        ],
      },
      {
        id: openApiModelId,
        model: 'open-api-gateway-v1.0',
        vendor: 'OPEN API',
        displayName: 'Open API Gateway',
        idFormat: 'uuid',
        reportInterval: '300000',
        deviceModels: [
          {
            id: 'open-api-device-v1.0',
            displayName: 'Open API Device',
            idTemplate: '{gatewayId}-{deviceAddress}',
            sensors: sensorTypes.map(({ model, type }) => sensor('openApiSensor', model, type)),
            max: 99,
          },
        ],
      },
    ] satisfies GatewayModel[]
  ).map((model) => [model.id, model]),
)

/** The gateway model as a read shows it. */
export function gatewayModelView(model: GatewayModel, timeMs: number): Fields {
  const unsupported = { support: 'n' }
  return {
    ...model,
    gatewayIdConfig: 'n',
    deviceMgmt: {
      reportInterval: { show: 'y', change: 'y' },
      DM: {
        poweroff: unsupported,
        reboot: unsupported,
        restart: unsupported,
        swUpdate: unsupported,
        swInfo: unsupported,
      },
    },
    deviceModels: model.deviceModels.map(({ id, displayName, idTemplate, sensors, max }) => ({
      id,
      displayName,
      idTemplate,
      discoverable: 'y',
      sensors,
      max,
    })),
    ctime: String(timeMs),
    mtime: String(timeMs),
  }
}

/** What the names say; only that of a UUID is documented (docs/protocol/thingplus.md §6.1). */
const idFormats: Readonly<Record<NonNullable<GatewayModel['idFormat']> | 'mac', RegExp>> = {
  uuid: /^[0-9a-f]{32}$/,
  custom: /^/,
  eui64: /^[0-9a-f]{16}$/,
  imei: /^\d{15}$/,
  mac: /^[0-9a-f]{12}$/,
}

/**
 * What is wrong with an id for a gateway of the model; `undefined` where nothing is.
 * @param formatless what the id of a model without `idFormat` has to be
 */
export function idProblem(model: GatewayModel, id: string, formatless: 'mac' | 'any'): string | undefined {
  const format = model.idFormat ?? (formatless === 'mac' ? 'mac' : 'custom')
  return idFormats[format].test(id) ? undefined : `the id must have the format ${format}`
}
