/** A thing model as the console exports it, small. */
export const exportedModel = {
  thingModelId: 'Pump',
  ou: 'o-demo',
  thingModelName: { defaultValue: 'Pump', i18nValue: {} },
  thingModelDesc: 'A pump',
  thingModelCatagory: 'Demo',
  thingAttributeMap: {
    serialNumber: {
      identifier: 'serialNumber',
      name: { defaultValue: 'Serial number', i18nValue: {} },
      maxLength: 64,
      required: true,
      accessMode: true,
      createTime: '1700000000000',
      priority: 0,
      $class: 'com.envisioniot.enos.model_service.share.data.tsl.attribute.TSLTextAttribute',
    },
  },
  thingMeasurepointMap: {
    temp: {
      identifier: 'temp',
      name: { defaultValue: 'Temperature', i18nValue: {} },
      minimum: -50,
      maximum: 200,
      unit: { unitId: '°C', multiplier: 'ONE' },
      hasQuality: false,
      signalType: 'AI',
      $class: 'com.envisioniot.enos.model_service.share.data.tsl.measurepoint.TSLDoubleMeasurepoint',
    },
  },
  thingServiceMap: {
    restart: {
      identifier: 'restart',
      name: { defaultValue: 'Restart', i18nValue: {} },
      callType: 'ASYNC',
      inputData: [
        {
          identifier: 'delay',
          name: { defaultValue: 'Delay', i18nValue: {} },
          unit: { unitId: 's', multiplier: 'ONE' },
          $class: 'com.envisioniot.enos.model_service.share.data.tsl.datapoint.TSLInt',
        },
      ],
      outputData: [
        {
          identifier: 'result',
          name: { defaultValue: 'Result', i18nValue: {} },
          specsMap: { '0': '{"defaultValue":"success","i18nValue":{}}' },
          valueType: true,
          $class: 'com.envisioniot.enos.model_service.share.data.tsl.datapoint.TSLEnum',
        },
      ],
    },
  },
  thingEventMap: {},
  tag: { tagMap: { line: '7' } },
  allowAdditionalAttribute: false,
  allowAdditionalMeasurepoint: false,
}

/** The same model as the model API speaks it. */
export const apiModel = {
  modelId: 'Pump',
  name: { defaultValue: 'Pump', i18nValue: {} },
  measurepoints: { temp: { identifier: 'temp', dataType: 'DOUBLE', dataDefinition: null, signalType: 'AI' } },
}
