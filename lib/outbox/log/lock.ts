import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, type FileHandle, open, readdir, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { LogFault } from './fault'

type Unlock = () => Promise<void>

/** Neither is in `constants`. libuv's, for Windows: shares the file with nobody. */
const windowsExclusive = 0x10000000
/** O_EXLOCK of macOS and the BSDs. */
const bsdExclusive = 0x20
const socketPrefix = 'lock-'
/** Two that come at once both give way, and try again after a while. */
const mostTries = 6
const longestPauseMs = 50
/** Who has the lock says so; who stands still is waited for so long. */
const answerMs = 100
const heldAnswer = 'held'

/**
 * Locks the folder against every other process, until it is given back or this process ends: see README.md.
 * @throws {LogFault} locked, io
 */
export async function lockFolder(folder: string): Promise<Unlock> {
  if (process.platform === 'win32') return lockFile(folder, windowsExclusive)
  if (process.platform !== 'linux') return lockFile(folder, bsdExclusive | constants.O_NONBLOCK)
  // The folder's descriptor makes its path short: that of a socket has 107 bytes at most.
  const handle = await open(folder, 'r')
  try {
    const short = `/proc/self/fd/${handle.fd}`
    const isThere = await access(short).then(
      () => true,
      () => false,
    )
    return await lockSocket(folder, isThere ? short : folder)
  } finally {
    await handle.close()
  }
}

async function lockFile(folder: string, flags: number): Promise<Unlock> {
  let handle: FileHandle
  try {
    handle = await open(join(folder, 'lock'), constants.O_RDWR | constants.O_CREAT | flags, 0o600)
  } catch (failure) {
    const { code = '' } = failure as NodeJS.ErrnoException
    if (['EBUSY', 'EAGAIN', 'EWOULDBLOCK', 'EACCES', 'EPERM'].includes(code)) throw inUse()
    throw failure
  }
  return () => handle.close()
}

async function lockSocket(folder: string, path: string): Promise<Unlock> {
  for (let tried = 1; tried <= mostTries; tried++) {
    const unlock = await tryLock(folder, path)
    if (unlock) return unlock
    await wait(Math.random() * longestPauseMs * tried)
  }
  throw inUse()
}

/**
 * Listens first, and looks for others then: of two at once, the later one finds the earlier.
 * @returns `undefined` after it gave way to one that wants it, too. @throws {LogFault} locked
 */
async function tryLock(folder: string, path: string): Promise<Unlock | undefined> {
  const name = `${socketPrefix}${randomBytes(6).toString('hex')}`
  const lock: Lock = { server: undefined, isHeld: false }
  try {
    lock.server = await listen(`${path}/${name}`, lock)
  } catch (failure) {
    if (!isUnfitForSockets(failure)) throw failure
    return lockAbstract(folder)
  }
  const giveUp = async () => {
    await close(lock)
    await rm(join(folder, name), { force: true })
  }
  const dead: string[] = []
  for (const other of await readdir(folder)) {
    if (other === name || !other.startsWith(socketPrefix)) continue
    const state = await stateOf(`${path}/${other}`)
    if (state === 'dead') dead.push(other)
    else {
      await giveUp()
      if (state === 'held') throw inUse()
      return undefined
    }
  }
  // Whoever had the lock before, and was gone by now, may have taken it for one that refuses, before it listened.
  if (!(await readdir(folder)).includes(name)) {
    await giveUp()
    return undefined
  }
  lock.isHeld = true
  for (const other of dead) await rm(join(folder, other), { force: true })
  return giveUp
}

/** Where the disk knows no sockets: processes that share the network namespace are told apart from each other, at least. */
async function lockAbstract(folder: string): Promise<Unlock> {
  const { dev, ino } = await stat(folder, { bigint: true })
  const lock: Lock = { server: undefined, isHeld: true }
  try {
    lock.server = await listen(`\0edgecourier-outbox-${dev}-${ino}`, lock)
    return () => close(lock)
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EADDRINUSE') throw inUse()
    throw failure
  }
}

interface Lock {
  server: Server | undefined
  isHeld: boolean
}

/** Whoever connects is told that it is held, or nothing as long as that is not sure. */
function listen(path: string, lock: Lock): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end(lock.isHeld ? heldAnswer : '')
    })
    // A process that has nothing else to do may end.
    server.unref()
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

const close = ({ server }: Lock): Promise<void> => new Promise((resolve) => server?.close(() => resolve()) ?? resolve())

/** Only a refusal says that nobody listens; one that does not answer may stand still. */
function stateOf(path: string): Promise<'dead' | 'held' | 'alive'> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const tell = (state: 'dead' | 'held' | 'alive') => {
      socket.destroy()
      resolve(state)
    }
    socket.setTimeout(answerMs, () => tell('alive'))
    socket.once('data', () => tell('held'))
    socket.once('end', () => tell('alive'))
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) =>
      tell(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(code) ? 'dead' : 'alive'),
    )
  })
}

const isUnfitForSockets = (failure: unknown): boolean =>
  ['EOPNOTSUPP', 'ENOTSUP', 'EPERM', 'EINVAL', 'ENOSYS'].includes((failure as NodeJS.ErrnoException).code ?? '')

const inUse = (): LogFault => new LogFault('locked', 'another process has the folder')
