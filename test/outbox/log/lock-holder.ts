import { lockFolder } from '../../../lib/outbox/log/lock'

/** A process that takes the lock of a folder, says so, and holds it until it is told to end, or killed. */
async function hold(folder: string): Promise<void> {
  const outcome = await lockFolder(folder).then(
    () => 'locked',
    (failure: Error) => failure.message,
  )
  process.send?.(outcome)
  setInterval(() => undefined, 1000)
}

void hold(process.argv[2] ?? '')
