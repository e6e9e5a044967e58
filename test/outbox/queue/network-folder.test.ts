import should from 'should'
import { networkTypeOf } from '../../../lib/outbox/queue/network-folder'

const mountinfo = String.raw`22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/plant rw,relatime shared:2 - nfs4 server:/plant rw,vers=4.2
31 22 0:41 / /mnt/with\040space rw - cifs //server/share rw
32 30 8:2 / /mnt/plant/local rw master:3 propagate_from:2 - xfs /dev/sdb1 rw
33 22 0:42 / /mnt/usb rw - fuseblk /dev/sdc1 rw
34 22 0:43 / /home/me/remote rw - fuse.sshfs me@server: rw
35 22 0:44 / /covered rw - nfs server:/covered rw
36 22 8:3 / /covered rw - ext4 /dev/sdd1 rw
`

describe('an outbox folder on a network file system', () => {
  const cases: [folder: string, type: string | undefined][] = [
    ['/var/lib/outbox', undefined],
    ['/mnt/plant', 'nfs4'],
    ['/mnt/plant/outbox', 'nfs4'],
    ['/mnt/plantation/outbox', undefined],
    ['/mnt/plant/local/outbox', undefined],
    ['/mnt/with space/outbox', 'cifs'],
    ['/mnt/usb/outbox', undefined],
    ['/home/me/remote/outbox', 'fuse.sshfs'],
    ['/covered/outbox', undefined],
  ]
  for (const [folder, type] of cases)
    it(`is told by the mounts of the system: ${folder} is ${type ?? 'local'}`, () => {
      should(networkTypeOf(folder, mountinfo)).equal(type)
    })

  it('is not told where the system lists no mounts', () => {
    should(networkTypeOf('/var/lib/outbox', '')).equal(undefined)
  })
})
