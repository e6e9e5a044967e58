import { ConnectorError, say, type Translate } from '../core'
import type { LastMessage, Remembered } from './last-message'
import { type Preview, Previewing } from './previewing'
import type { Doing, RunContext } from './run'
import { type Evaluation, type Message, type Settings, settingsEvaluator } from './settings'

/** Whose settings, and how they are looked up. */
export type PreviewedNode = Omit<Evaluation, 'msg' | 'labelOf' | 'previewing'> & { unset?: ConnectorError | undefined }

/** A device's product is asked for its model, and the model for its points. */
const mostLooks = 3

/**
 * What a node would send for a message: it does with it all that it does with any other, but has senders that only show what
 * they would send.
 * @throws ConnectorError as the node would with this message, before anything is sent
 */
export async function previewOf<S extends Settings>(
  { settings, run }: Doing<S>,
  node: PreviewedNode,
  { msg, arrivalMs }: Remembered,
  translate: Translate,
): Promise<Preview> {
  let signal: AbortSignal | undefined
  for (let look = 1; ; look++) {
    const previewing: Previewing = new Previewing(translate, signal)
    signal = previewing.signal
    const values = await settingsEvaluator(settings, { ...node, previewing })(msg)
    const context = { ...stillContext, msg, arrivalMs, translate }
    const { report } = await run(values, context)
    if (look < mostLooks && (await previewing.hasLearned())) continue
    return previewing.told(report)
  }
}

const nothing = () => undefined

const stillContext: Pick<RunContext, 'signal' | 'progress' | 'repeat' | 'endRepeat'> = {
  signal: new AbortController().signal,
  progress: nothing,
  repeat: nothing,
  endRepeat: nothing,
}

/** What a message that is a command to show a preview wants to be shown. */
export type PreviewCommand = 'this' | 'last'

/** `msg.preview`: `true` for what would be sent for the message itself, `"last"` for the one before it. */
export function previewCommand({ preview }: Message): PreviewCommand | undefined {
  if (preview === true) return 'this'
  return preview === 'last' ? 'last' : undefined
}

/** @throws ConnectorError `INPUT_EMPTY` */
export function rememberedBy(last: LastMessage | undefined): Remembered {
  const { remembered, isTooLarge = false } = last ?? {}
  if (remembered) return remembered
  throw new ConnectorError(
    'INPUT_EMPTY',
    isTooLarge
      ? say`The last message was too large to be kept for a preview (1 MB). Send a smaller one, or type a sample.`
      : say`No message has come to this node since it was deployed. Send one, or type a sample.`,
  )
}
