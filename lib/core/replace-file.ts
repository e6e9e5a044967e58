import { open, rename } from 'node:fs/promises'

/** Puts a text in the place of a file, for this user only: after a power cut there is the old one or the new one, whole. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}
