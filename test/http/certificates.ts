import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A key and its certificate, PEM. */
export interface Identity {
  key: string
  certificate: string
}

export interface CertificateWish {
  commonName: string
  /** Names and IPv4 addresses it is good for. */
  hosts?: readonly string[]
  /** When it ends; one day from now. */
  until?: Date
}

const dayMs = 86_400_000

/** Issues certificates for one test run, so that neither keys nor dates lie in the repository. */
export class CertificateAuthority {
  readonly certificate: string
  readonly #name: string
  readonly #keys = newKeys()

  constructor(name: string) {
    this.#name = name
    this.certificate = issue({ commonName: name }, this.#keys.publicKey, { name, key: this.#keys.privateKey }, true)
  }

  issue(wish: CertificateWish): Identity {
    const keys = newKeys()
    return {
      key: pemOfKey(keys.privateKey),
      certificate: issue(wish, keys.publicKey, { name: this.#name, key: this.#keys.privateKey }),
    }
  }
}

/** A certificate that nobody vouches for but itself. */
export function selfSigned(wish: CertificateWish): Identity {
  const keys = newKeys()
  return {
    key: pemOfKey(keys.privateKey),
    certificate: issue(wish, keys.publicKey, { name: wish.commonName, key: keys.privateKey }),
  }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function pemOfKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** X.509 version 3 with ECDSA and SHA-256: RFC 5280, section 4.1. */
function issue(
  { commonName, hosts = [], until = new Date(Date.now() + dayMs) }: CertificateWish,
  publicKey: KeyObject,
  issuer: { name: string; key: KeyObject },
  isAuthority = false,
): string {
  const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer.name),
    sequence(utcTime(new Date(Date.now() - 30 * dayMs)), utcTime(until)),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(hosts, isAuthority))),
  )
  const signature = sign('sha256', body, issuer.key)
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`
}

function extensions(hosts: readonly string[], isAuthority: boolean): Buffer[] {
  const extension = (id: string, value: Buffer) => sequence(objectId(id), tagged(0x04, value))
  const basicConstraints = extension('551d13', sequence(...(isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : [])))
  if (hosts.length === 0) return [basicConstraints]
  return [basicConstraints, extension('551d11', sequence(...hosts.map(alternativeName)))]
}

function alternativeName(host: string): Buffer {
  return /^[\d.]+$/.test(host)
    ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
    : tagged(0x82, Buffer.from(host))
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId('550403'), tagged(0x0c, Buffer.from(commonName)))
  return sequence(tagged(0x31, attribute))
}

function utcTime(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')
    .slice(2)
  return tagged(0x17, Buffer.from(`${digits}Z`))
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'))
}

/** @param bytes big-endian, its first bit 0 */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const prefix = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...prefix]), content])
}
