import { number, settingsOf, text } from '../../lib/settings'

export const settings = settingsOf('cloud-simulator', {
  port: number('1881', { from: 1, to: 65_535, isWhole: true }, { icon: 'plug' }),
  seed: text('', { icon: 'leaf', hint: 'placeholder.seed' }),
})

/** Errors that the node can raise. */
export const codes = ['CONFIG_INVALID', 'CONFIG_ENV_UNSET', 'PORT_IN_USE', 'INPUT_INVALID', 'INTERNAL']
