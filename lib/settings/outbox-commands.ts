/** What an operator can ask an outbox for. */
export const outboxCommands = [
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
] as const
