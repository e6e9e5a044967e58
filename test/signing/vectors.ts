/**
 * Digests that Envision's own clients put on the wire, or that follow from the documented inputs.
 * Each was recomputed with plain SHA-256; where a printed sample cannot be reproduced, the table says why.
 */

export const deviceSigns = [
  {
    title: 'the keys of the EnOS device documentation',
    input: { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', lifetimeMs: 300000 },
    lowerCase: '6d7d4628f3a723ea06c8de55a7df597d3b9d39f9c244959a63978dec48f6e0a3',
    upperCase: '6D7D4628F3A723EA06C8DE55A7DF597D3B9D39F9C244959A63978DEC48F6E0A3',
  },
]

export const tokenEncryptions = [
  {
    title: "Envision's Java integration client",
    input: { appKey: 'ak', appSecret: 'sk', timestampMs: '1795243021520' },
    expected: 'c262178683db34fb93e43f330f19d95810ea6c779aa70eb8a275ffc18b20d58a',
  },
  {
    title: "Envision's Go client",
    input: { appKey: 'testAppKey', appSecret: 'testAppSecret', timestampMs: 1795243079000 },
    expected: 'e5fe15cbbd95fc3dcd25ab5877cad54780644a5248c5228d8f7fd7bb8483b436',
  },
]

const goTokenBody =
  '{"appKey":"testAppKey","encryption":"e5fe15cbbd95fc3dcd25ab5877cad54780644a5248c5228d8f7fd7bb8483b436","timestamp":"1795243079000"}'
const go = { appSecret: 'testAppSecret', timestampMs: 1795243079000 }
const documentation = { accessToken: 'xxxxaaaxxxx', appSecret: 'xxxappSecretxxx', timestampMs: 1572574909697 }

export const apiSignatures = [
  {
    title: "a GET of Envision's Go client, its query as form-encoded on the wire",
    input: { ...go, accessToken: 'tok-4', query: 'action=get&modelId=M+1&orgId=o1' },
    expected: 'c3dd7632e0df2d51ec0f4869065ab5994463c8e3a995df1ad6a3a01ae5e72865',
  },
  {
    title: "a POST without query of Envision's Go client",
    input: { ...go, accessToken: 'tok-3', query: {}, body: goTokenBody },
    expected: '820338eccb7e56d6488d50c327e9b2553042753ca10fd434119e664bb14d1e3d',
  },
  {
    title: "the documentation's Java sample, body indented as in its source",
    input: {
      ...documentation,
      query: '?k3=v3&k1=v1&k2=v2',
      body: '{\n  "count": 20,\n  "page": 1,\n  "desc": "description"\n}',
    },
    expected: 'ad6dc6fc97f4290f3724e94eab38168d8613c41c3a4569b4b8b0efbce96a816c',
  },
  {
    title: "the documentation's step 4, body unindented as printed",
    input: {
      ...documentation,
      query: { k3: 'v3', k1: 'v1', k2: 'v2' },
      body: '{\n"count": 20,\n"page": 1,\n"desc": "description"\n}',
    },
    expected: 'b016cc0314b494e7546d7274e141f5a1a6f14b50933b7caf25a812d1b4c1bada',
  },
  {
    title: 'a multipart call, its body left out',
    input: {
      accessToken: 'tok',
      appSecret: 'sec',
      timestampMs: 1572574909697,
      query: new URLSearchParams({ action: 'create', orgId: 'o1', productKey: 'p1' }),
    },
    expected: 'c775b9b75094d57ca78d63f6e8606fc383b02b5479d87d1e34fd8a31e06de274',
  },
]

/** What the documentation's Java loop made of odd query strings; signed with token `tok` and secret `sec`, no body. */
export const canonicalQueries = [
  {
    query: '?a=2&a=1&b=x',
    canonical: 'a2bx',
    signature: '3e43bbe9f1edb1138b5dfaa712e586aacd9e82a5e91679a605ce52deb9e24d73',
  },
  { query: '?k', canonical: 'knull', signature: '7e27fb999d9a7022c78445eb9d4558f61008374e87a716927b7d3e8bc53bb13d' },
  { query: '?k=', canonical: 'k', signature: '036584c920d9a909f7ee01bb0c49e4a7fade240508b1471044570f2997f02d76' },
  { query: '?q=a+b', canonical: 'qa b', signature: '76609c3130a4cd59e49f07ffe70757a2f08db7057802a4f6803a498833e4516f' },
  {
    query: '?q=a%20b',
    canonical: 'qa b',
    signature: '76609c3130a4cd59e49f07ffe70757a2f08db7057802a4f6803a498833e4516f',
  },
  {
    query: '?arr=1,2,3',
    canonical: 'arr1,2,3',
    signature: 'f865efa53ace7514a8584f5076e1c6254ef4842f450efe9cf8660af2588d43b7',
  },
  {
    query: '?arr%5B%5D=1&arr%5B%5D=2',
    canonical: 'arr[]1',
    signature: '76906e6e4fe55bfe0a147aafc24464eb830ed0d2d66afad99cc8afc40164f481',
  },
]

/** Digests printed in the EnOS documentation that nothing reproduces; each names what is wrong with it. */
export const unreproducible = [
  {
    printed: 'bd931ad96c9977af9aae01f17efd30e609a0fe5ed3358f7ca4a9e6a51482160b',
    where: 'device login, request sample',
    why: 'not the digest of the documented keys',
  },
  {
    printed: '4870141D4067227128CBB4377906C3731CAC221C',
    where: 'device connection, request sample',
    why: '40 digits: a SHA-1 left over from the MQTT pages',
  },
  {
    printed: '87c6885cec7525e2f219f86a82b280cc8c2d6ff4040a4b5f8acf9aeeda37aba8',
    where: 'get access token, request sample',
    why: 'its appSecret is not printed',
  },
  {
    printed: '59828328f6c1f9771015dc74e4929ae30f518a35a3d2353972c2ea46556fc981',
    where: 'invoking an API, steps 4 and 5',
    why: 'not the digest of the printed text in any spacing or order',
  },
] as const
