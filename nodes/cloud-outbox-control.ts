import {
  asOneOf,
  asOptionalNumber,
  asOptionalText,
  configured,
  controlOutbox,
  deadLetterOutput,
  flowNode,
  input,
  type OutboxClient,
  outboxCommands,
} from '../lib/runtime'

export = flowNode('cloud-outbox-control', {
  settings: {
    outbox: configured<OutboxClient>('cloud-outbox'),
    command: input({ type: 'msg', value: 'payload', override: 'command', parse: asOneOf(...outboxCommands) }),
    newDeadLetters: deadLetterOutput,
    before: input({ type: 'str', value: '', override: 'before', parse: asOptionalNumber }),
    to: input({ type: 'str', value: '', override: 'to', parse: asOptionalText }),
    lane: input({ type: 'str', value: '', override: 'lane', parse: asOptionalText }),
  },
  run: async ({ outbox, command, lane, before, to }, { translate }) => ({
    set: { payload: await controlOutbox(outbox, { command, lane, before, to }, translate) },
    summary: command,
  }),
})
