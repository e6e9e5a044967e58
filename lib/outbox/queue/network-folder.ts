import { readFile, realpath } from 'node:fs/promises'
import { ConnectorError, say } from '../../core'

/** File systems that are somewhere else: a sync or a lock there is worth what the server and the line make of it. */
const networkTypes =
  /^(nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|glusterfs|lustre|beegfs|davfs|fuse\.(sshfs|glusterfs|s3fs|rclone|davfs2?|smbnetfs|ceph|curlftpfs))$/

/**
 * The type of the network file system that holds the folder, if it is one.
 * @param mountinfo Linux's `/proc/self/mountinfo`: fifth field the mount point, the type after ` - ` (proc(5))
 * @param folder absolute, without symbolic links
 */
export function networkTypeOf(folder: string, mountinfo: string): string | undefined {
  let deepest = { point: '', type: '' }
  for (const line of mountinfo.split('\n')) {
    const [mount = '', source = ''] = line.split(' - ')
    const point = unescaped(mount.split(' ')[4] ?? '')
    const [type = ''] = source.split(' ')
    // Of two at the same point the later one covers the earlier.
    if (point && holds(point, folder) && point.length >= deepest.point.length) deepest = { point, type }
  }
  return networkTypes.test(deepest.type) ? deepest.type : undefined
}

/**
 * Refuses a folder on a network file system; where the system does not tell, nothing is refused.
 * @throws {ConnectorError} OUTBOX_UNAVAILABLE
 */
export async function refuseNetworkFolder(folder: string): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  const type = networkTypeOf(await realpath(folder).catch(() => folder), mountinfo)
  if (!type) return
  throw new ConnectorError(
    'OUTBOX_UNAVAILABLE',
    say`The outbox folder ${folder} is on a network file system (${type}), which cannot guarantee that accepted data is kept. Choose a folder on a disk of this PC.`,
  )
}

function holds(point: string, folder: string): boolean {
  return folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`)
}

/** Spaces and the like stand there in octal: `\040`. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
