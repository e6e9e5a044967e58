import { configuration, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('cloud-outbox-control', {
  outbox: configuration('cloud-outbox', { icon: 'inbox', required: true }),
  command: typed(['msg', 'str'], 'payload', {
    icon: 'terminal',
    override: 'command',
    required: true,
    words: [
      'figures',
      'flush',
      'pause',
      'resume',
      'dead-letters',
      'retry-dead-letters',
      'drop-dead-letters',
      'evictions',
      'left-behind',
      'give-left-behind',
      'drop-left-behind',
    ],
  }),
  lane: typed(['str', 'msg'], '', { icon: 'road', override: 'lane', hint: 'placeholder.lane' }),
})
