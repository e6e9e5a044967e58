import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { deviceSign, passwordDigest, signApiRequest, tokenEncryption } from '../../lib/signing'

/** The named lines of an example, and what its last line calls the result. */
interface Example {
  document: string
  result: string
  line(name: string): string
}

const folder = join(__dirname, '..', '..', 'docs', 'protocol')
const examples = readdirSync(folder).flatMap((document) =>
  [...readFileSync(join(folder, document), 'utf8').matchAll(/^```text\n(.*?)^```/gms)]
    .map(([, text = '']) => readExample(document, text))
    .filter((example) => example !== undefined),
)

/** What our own library makes of an example; the password of MQTT is none of its signatures. */
const computed: Record<string, (example: Example) => string | undefined> = {
  encryption: ({ line }) =>
    tokenEncryption({ appKey: line('app key'), appSecret: line('app secret'), timestampMs: line('timestamp') }),
  'apim-signature': ({ line }) =>
    signApiRequest({
      accessToken: line('access token'),
      appSecret: line('app secret'),
      timestampMs: line('timestamp'),
      query: line('query'),
      body: line('body') || undefined,
    }),
  sign: ({ line }) =>
    deviceSign({
      productKey: line('product key'),
      deviceKey: line('device key'),
      deviceSecret: line('device secret'),
      lifetimeMs: line('lifetime'),
    }),
  'mqtt password': () => undefined,
  password: ({ line }) => passwordDigest(line('plain password')),
}

describe('The worked examples of the protocol documents', () => {
  it('show each way of signing', () => {
    should([...new Set(examples.map(({ result }) => result))]).containDeep(Object.keys(computed))
  })

  for (const [at, example] of examples.entries()) {
    const { document, result, line } = example
    it(`come out right: ${document}, example ${at + 1}, ${result}`, () => {
      const digest = createHash(result === 'password' ? 'md5' : 'sha256')
      should(digest.update(line('hashed text')).digest('hex')).equal(line(result))
      should(computed).have.property(result)
      should(computed[result]?.(example) ?? line(result)).equal(line(result))
    })
  }
})

function readExample(document: string, text: string): Example | undefined {
  const lines = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line): [string, string] => {
        const [, name = '', value = ''] = /^(\S+(?: \S+)*) {2,}(.*)$/.exec(line) ?? []
        return [name, value]
      }),
  )
  if (!lines.has('hashed text')) return undefined
  return { document, result: [...lines.keys()].at(-1) ?? '', line: (name) => lines.get(name) ?? '' }
}
