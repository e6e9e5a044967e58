import { choice, number, outboxCodes, settingsOf, text } from '../../lib/settings'

export const settings = settingsOf('cloud-outbox', {
  folder: text('', { icon: 'folder-o', placeholder: 'cloud-outbox' }),
  maxMegabytes: number(1024, { above: 0 }, { icon: 'database', unit: 'MB' }),
  freeFloorMegabytes: number('', { above: 0 }, { icon: 'hdd-o', unit: 'MB', hint: 'placeholder.freeFloor' }),
  maxAgeHours: number('', { above: 0 }, { icon: 'hourglass-end', unit: 'h', hint: 'placeholder.maxAge' }),
  whenFull: choice(
    'refuse',
    { refuse: 'whenFullRefuse', 'evict-oldest': 'whenFullEvict' },
    { icon: 'exclamation-triangle' },
  ),
  whenDeadFull: choice('keep', { keep: 'whenDeadFullKeep', 'evict-oldest': 'whenDeadFullEvict' }, { icon: 'inbox' }),
})

/** Errors that the node can raise. */
export const codes = [...outboxCodes, 'CONFIG_INVALID', 'CONFIG_ENV_UNSET']
