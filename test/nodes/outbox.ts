import cloudOutbox = require('../../nodes/cloud-outbox')
import cloudOutboxControl = require('../../nodes/cloud-outbox-control')

export const outboxTypes = [cloudOutbox, cloudOutboxControl]
