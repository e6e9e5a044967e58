'use strict'
// Signing an API call against bare node:crypto on the same bytes, in turns within one process.
const { createHash } = require('node:crypto')
const { signApiRequest } = require('../../dist/lib')

const { rounds, durationMs } = JSON.parse(process.argv[2])
const accessToken = 'a'.repeat(64)
const appSecret = 's'.repeat(36)
const timestampMs = 1700000000000
const query = { action: 'get', orgId: 'o-demo', productKey: 'pK11111', deviceKey: 'dK987654' }
const body = JSON.stringify({ params: { measurepoints: { temp: 21.5 }, time: timestampMs } })
const text = `${accessToken}actiongetdeviceKeydK987654orgIdo-demoproductKeypK11111${body}${timestampMs}${appSecret}`

const sides = {
  ours: () => signApiRequest({ accessToken, appSecret, timestampMs, query, body }),
  bare: () => createHash('sha256').update(text, 'utf8').digest('hex'),
}
if (sides.ours() !== sides.bare()) throw new Error('The two sign differently')

function rate(sign) {
  const startMs = performance.now()
  let count = 0
  while (performance.now() - startMs < durationMs) for (let one = 0; one < 100; one++, count++) sign()
  return (count * 1000) / (performance.now() - startMs)
}

rate(sides.ours)
rate(sides.bare)
const result = { ours: [], bare: [] }
for (let round = 0; round < rounds; round++) for (const side of ['ours', 'bare']) result[side].push(rate(sides[side]))
process.stdout.write(JSON.stringify(result))
