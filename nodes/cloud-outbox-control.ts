import {
  asOneOf,
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
    lane: input({ type: 'str', value: '', override: 'lane', parse: asOptionalText }),
  },
  run: async ({ outbox, command, lane }, { translate }) => ({
    set: { payload: await controlOutbox(outbox, command, lane, translate) },
    summary: command,
  }),
})
