import { configuration, outboxCodes, outboxCommands, settingCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('cloud-outbox-control', {
  outbox: configuration('cloud-outbox', { icon: 'inbox', required: true }),
  command: typed(['msg', 'str'], 'payload', {
    icon: 'terminal',
    override: 'command',
    required: true,
    words: outboxCommands,
  }),
  lane: typed(['str', 'msg'], '', { icon: 'road', override: 'lane', hint: 'placeholder.lane' }),
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...outboxCodes, 'INPUT_INVALID', 'NOT_FOUND', 'INTERNAL']
