import {
  asOptionalNumber,
  asOptionalText,
  configured,
  controlOutbox,
  deadLetterOutput,
  flowNode,
  input,
  type OutboxClient,
  ofMessage,
  wordInput,
} from '../lib/runtime'
import { settings } from './settings/cloud-outbox-control'

const { fields } = settings

export = flowNode('cloud-outbox-control', {
  settings: {
    outbox: configured<OutboxClient>(fields.outbox),
    command: wordInput(fields.command),
    newDeadLetters: deadLetterOutput,
    before: ofMessage('before', asOptionalNumber),
    to: ofMessage('to', asOptionalText),
    lane: input(fields.lane, asOptionalText),
  },
  run: async ({ outbox, command, lane, before, to }, { translate }) => ({
    set: { payload: await controlOutbox(outbox, { command, lane, before, to }, translate) },
    summary: command,
  }),
})
