import { say, type Text } from '../core'
import type { CodeTable, Meaning } from './answer'

// The same numbers mean different things at the token service and at the device broker: the tables stay apart.

const wrongInput = (advice: Text): Meaning => ({ code: 'VALIDATION_REFUSED', advice })
const cloudFault: Meaning = { code: 'CLOUD_ERROR', advice: say`The fault is on the cloud side; try again later.` }

/** `status` of the token service. Source: "Invoking API with Access Token", error codes; docs/protocol/enos.md §3.4. */
export const tokenServiceCodes: CodeTable = {
  1001: {
    code: 'CLOUD_ERROR',
    advice: say`Another program used the same application key in the same millisecond; try again.`,
  },
  1002: { code: 'AUTH_REFUSED', advice: say`The app key is unknown; check it and the gateway URL.` },
  1003: { code: 'AUTH_REFUSED', advice: say`The app secret is wrong, or this PC's clock is off; check both.` },
  1004: wrongInput(say`A parameter is invalid; check the app key.`),
  1005: cloudFault,
  1202: wrongInput(say`A parameter is empty; check the app key and the app secret.`),
  1203: { code: 'AUTH_EXPIRED', advice: say`The access token has expired.` },
  1204: { code: 'AUTH_EXPIRED', advice: say`The access token could not be refreshed.` },
}

const noPermission: Meaning = {
  code: 'PERMISSION_DENIED',
  advice: say`The permission is missing. Check the organisation id, and grant the application the permission in the EnOS console.`,
}

const inTree: Meaning = { code: 'CONFLICT', advice: say`The asset is in the tree already.` }

/** Of devices and sub-devices. Source: docs/protocol/enos.md §9.3, §9.5. */
const connectionCodes: CodeTable = {
  11702: { code: 'CONFLICT', advice: say`The device key exists already.` },
  11704: { code: 'CONFLICT', advice: say`The device has this key already; give another one.` },
  11714: {
    code: 'CLOUD_ERROR',
    advice: say`EnOS could not make a device key; try again, or name a deviceKey in the call.`,
  },
  11738: wrongInput(
    say`The device named as the gateway is not one; name a device whose product is of the type Gateway.`,
  ),
  11739: {
    code: 'BILLING_LIMIT',
    advice: say`EnOS takes no more devices there; remove some, or use another product or gateway.`,
  },
  11794: {
    code: 'CONFLICT',
    advice: say`The device is enabled or disabled already, as the call asks; nothing was changed.`,
  },
  11795: wrongInput(say`A sub-device is not one of this gateway; action=searchSubDevice lists those that it has.`),
}

/**
 * Of commands: what keeps one from its device is no fault of EnOS, but of the way there.
 * Source: docs/protocol/enos.md §10.1.
 */
const commandCodes: CodeTable = {
  11810: wrongInput(
    say`The command cannot be put into the device's own data format; check its values, and the script of the product in the EnOS console.`,
  ),
  11888: {
    code: 'NETWORK_UNREACHABLE',
    advice: say`The device was never online, so the command was not sent. Connect the device, then send it again.`,
  },
  11900: {
    code: 'NETWORK_UNREACHABLE',
    advice: say`The device is offline, so the command was not sent. Send it again when the device is online, or let it wait with pendingTtl.`,
  },
  11902: {
    code: 'THROTTLED',
    advice: say`Too many commands wait for the device. Wait until it has replied to some, or cancel them with action=cancel.`,
  },
  11904: {
    code: 'NETWORK_TIMEOUT',
    advice: say`The command was not sent to the device in time. Send it again, or give it more time with "timeout".`,
  },
  11915: {
    code: 'NETWORK_TIMEOUT',
    advice: say`The command was sent, but the device did not reply in time. It may have been carried out: look before you send it again.`,
  },
}

/** Of assets and asset trees. Source: docs/protocol/enos.md §9.7, §9.8. */
const assetCodes: CodeTable = {
  12958: wrongInput(say`The attributes do not fit the thing model; check their names and types.`),
  17404: { code: 'NOT_FOUND', advice: say`There is no such asset tree; check treeId.` },
  17752: { code: 'NOT_FOUND', advice: say`The parent is not in the asset tree; check parentAssetId.` },
  17558: inTree,
  17758: inTree,
  17762: {
    code: 'THROTTLED',
    advice: say`The asset tree is being changed by another call; try again in a moment.`,
  },
  17770: wrongInput(say`An asset tree has seven layers at most; choose a parent further up.`),
}

/** `code` of gateway APIs and of the integration channel. Source: API overview; docs/protocol/enos.md §4.5. */
export const gatewayCodes: CodeTable = {
  1203: { code: 'AUTH_EXPIRED', advice: say`The access token was refused although it is new.` },
  4011: { code: 'AUTH_EXPIRED', advice: say`The access token was refused although it is new.` },
  4012: { code: 'AUTH_EXPIRED', advice: say`The access token was refused although it is new.` },
  1003: {
    code: 'AUTH_REFUSED',
    advice: say`The signature was refused: check the app secret and this PC's clock.`,
  },
  99400: wrongInput(say`A parameter was refused; check those of the call.`),
  99403: noPermission,
  99404: { code: 'NOT_FOUND', advice: say`Nothing is there; check the path and the ids.` },
  99500: cloudFault,
  80400: wrongInput(say`A parameter was refused; check those of the call.`),
  80401: noPermission,
  80500: cloudFault,
  ...connectionCodes,
  ...commandCodes,
  ...assetCodes,
  1204: wrongInput(say`The data does not fit the device's thing model; check the names and types.`),
  1206: wrongInput(say`The data has a wrong form.`),
}

const deviceSecret: Meaning = {
  code: 'AUTH_REFUSED',
  advice: say`The device secret is wrong; copy it anew from the console.`,
}
const modelMismatch = wrongInput(say`The data does not fit the device's thing model; check the names and types.`)

/** `code` of the device broker, login and data. Source: device return codes; docs/protocol/enos.md §7.5. */
export const brokerCodes: CodeTable = {
  401: { code: 'AUTH_REFUSED', advice: say`The login was refused. Check product key, device key and device secret.` },
  702: { code: 'CONFLICT', advice: say`The device key exists already.` },
  705: { code: 'NOT_FOUND', advice: say`The device does not exist; check product key and device key.` },
  723: { code: 'PERMISSION_DENIED', advice: say`The device is disabled; enable it in the EnOS console.` },
  740: { code: 'PERMISSION_DENIED', advice: say`The device does not belong to this gateway.` },
  742: deviceSecret,
  746: {
    code: 'AUTH_REFUSED',
    advice: say`The product asks for a certificate; choose a TLS configuration that holds one.`,
  },
  770: { code: 'AUTH_REFUSED', advice: say`The device cannot be activated over HTTP; use its own device secret.` },
  771: { code: 'AUTH_REFUSED', advice: say`A sub-device cannot log in by itself; send through its gateway.` },
  1008: { code: 'TOO_LARGE', advice: say`That was too much. Send less at a time.` },
  1009: { code: 'AUTH_EXPIRED', advice: say`The session is not known, or the device may not use this topic.` },
  1200: wrongInput(say`The data has a wrong form.`),
  1204: modelMismatch,
  1206: wrongInput(say`The data has a wrong form.`),
  1207: wrongInput(say`The attributes have a wrong form.`),
  1212: {
    code: 'PERMISSION_DENIED',
    advice: say`The sub-device is not attached to this gateway; add it to the topology in the EnOS console.`,
  },
  1220: wrongInput(say`The data is not valid JSON.`),
  1251: wrongInput(say`The message is empty.`),
  1260: wrongInput(say`The method does not fit the topic.`),
}
