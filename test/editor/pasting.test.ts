import fc from 'fast-check'
import should from 'should'
import {
  fitted,
  foreignOf,
  type PastedRows,
  pastedRows,
  readPasted,
  recordsOf,
  settingTargets,
  shown,
  type Targets,
} from '../../editor/pasting'
import { type Declaration, declarationOf } from '../declared'

const labels: Readonly<Record<string, string>> = {
  orgId: 'Organisation id',
  deviceKey: 'Geräteschlüssel',
  signCase: 'Sign',
  password: '密码',
}
const options = { lower: 'lower case', upper: 'upper case' }

function targetsOf(type: string): Targets {
  const { fields } = (declarationOf(type) as Declaration).settings
  return settingTargets(Object.values(fields), (name) => ({ label: labels[name] ?? name, options }))
}

const app = targetsOf('enos-app')
const device = targetsOf('enos-device')
const client = targetsOf('thingplus-client')

/** What a text fills in, by field. */
function filled(text: string, targets: Targets, first?: string, row = 0): Record<string, string> {
  const pasted = readPasted(text)
  const record = (pasted ? recordsOf(pasted, targets) : [])[row] ?? []
  const placed = fitted(record, targets, first)
  return Object.fromEntries(placed.flatMap(({ target, value }) => (target ? [[target, value]] : [])))
}

const ofDevice = { brokerUrl: 'https://iot-http-x.de', productKey: 'pK1', deviceKey: 'dK1', deviceSecret: 's"e;c,r' }
const quoted = (value: string) => (/[";,\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

describe('What is pasted into the dialog of a configuration', () => {
  for (const separator of ['\t', ';', ','])
    it(`finds its fields from a header in any order, between ${JSON.stringify(separator)}`, () => {
      const order = fc.shuffledSubarray(Object.entries(ofDevice), { minLength: 2 })
      const isFound = (columns: readonly (readonly [string, string])[]) => {
        const lines = [columns.map(([name]) => name), columns.map(([, value]) => quoted(value))]
        const text = lines.map((line) => line.join(separator)).join('\r\n')
        should(filled(text, device, 'deviceKey')).deepEqual(Object.fromEntries(columns))
      }
      fc.assert(fc.property(order, isFound))
    })

  it('finds its fields in a row without a header, from the field that it was pasted into', () => {
    should(filled('https://iot-http-x.de\tpK1\tdK1\tsecret', device)).deepEqual({ ...ofDevice, deviceSecret: 'secret' })
    should(filled('pK1;dK1;secret', device, 'productKey')).deepEqual({
      productKey: 'pK1',
      deviceKey: 'dK1',
      deviceSecret: 'secret',
    })
    should(filled('http://127.0.0.1:1880\t\tdK1', device)).deepEqual({
      brokerUrl: 'http://127.0.0.1:1880',
      deviceKey: 'dK1',
    })
    should(filled('o1\nak\nas\n', app, 'orgId')).deepEqual({ orgId: 'o1', appKey: 'ak', appSecret: 'as' })
  })

  it('finds its fields in lines with names, of a sheet, an .env file, a mail or a part of JSON', () => {
    const wanted = { gatewayUrl: 'https://apim-x.com', orgId: 'o1', appKey: 'ak', appSecret: 'as=' }
    for (const text of [
      'ENOS_GATEWAY_URL=https://apim-x.com\n# of the plant\nexport ENOS_ORG_ID="o1"\nENOS_APP_KEY=ak\nENOS_APP_SECRET=as=',
      'Organisation id: o1\nAccess key: ak\nSecret key: as=\nAPI gateway: https://apim-x.com',
      '"orgId": "o1",\n"appKey": "ak",\n"appSecret": "as=",\n"gatewayUrl": "https://apim-x.com"',
      JSON.stringify({ plant: { enos: wanted, others: [1, 2] } }),
      JSON.stringify([wanted]),
      'OrgId\to1\nApp Key\tak\nApp secret\tas=\nURL\thttps://apim-x.com',
    ])
      should(filled(text, app)).deepEqual(wanted, text)
  })

  it('offers each row of a sheet with several', () => {
    const text = 'Device secret,Geräteschlüssel\ns1,dK1\ns2,dK2'
    should(recordsOf(readPasted(text) as never, device)).have.length(2)
    should(filled(text, device, undefined, 1)).deepEqual({ deviceKey: 'dK2', deviceSecret: 's2' })
  })

  it('finds a URL its field by the host that it names, whatever it is called', () => {
    const text = 'url\thost\nhttps://iot-http-integration-x.com\thttps://ag-x.com'
    should(filled(text, app)).deepEqual({
      integrationUrl: 'https://iot-http-integration-x.com',
      gatewayUrl: 'https://ag-x.com',
    })
    should(filled('https://apim-x.com\tpK1', device)).deepEqual({ productKey: 'pK1' })
  })

  const ofSimulator = {
    'enos-device': {
      targets: device,
      line: 'broker URL `http://127.0.0.1:1881`, product key `pK11111`, device key `dK987654`, device secret `ds54321`',
      wanted: {
        brokerUrl: 'http://127.0.0.1:1881',
        productKey: 'pK11111',
        deviceKey: 'dK987654',
        deviceSecret: 'ds54321',
      },
    },
    'enos-app': {
      targets: app,
      line: 'gateway URL `http://127.0.0.1:1881`, organisation id `o-demo`, app key `demo-app`, and app secret `demo-secret`',
      wanted: { gatewayUrl: 'http://127.0.0.1:1881', orgId: 'o-demo', appKey: 'demo-app', appSecret: 'demo-secret' },
    },
    'thingplus-client': {
      targets: client,
      line: 'API URL `http://127.0.0.1:1881/v2`, client `testClientId`, client secret `cs-1`, user `admin`, password `pw-1`',
      wanted: {
        baseUrl: 'http://127.0.0.1:1881/v2',
        clientId: 'testClientId',
        clientSecret: 'cs-1',
        userName: 'admin',
        password: 'pw-1',
      },
    },
  }
  for (const [type, { targets, line, wanted }] of Object.entries(ofSimulator))
    it(`finds the fields of ${type} in a line of names with values, as a document has it`, () => {
      const bare = line.replaceAll('`', '')
      for (const text of [
        bare,
        line,
        `${type}\t${bare}`,
        `| \`${type}\` | ${line} |`,
        `| ${type} | ${line} |\n|---|---|`,
        bare.split(', ').join('\n'),
        bare.split(', ').join(';\t').replaceAll('\t', ' '),
      ])
        should(filled(text, targets)).deepEqual(wanted, text)
    })

  it('finds its fields below a heading, whichever it is', () => {
    const { wanted } = ofSimulator['enos-device']
    const lines = [
      ['Broker URL', wanted.brokerUrl],
      ['Product key', wanted.productKey],
      ['Device key', wanted.deviceKey],
      ['Device secret', wanted.deviceSecret],
    ]
    for (const heading of ['EnOS device', 'enos-device', 'Pump 3 of the hall', '# a comment'])
      for (const sign of ['\t', ': ', '=', ' '])
        should(filled([heading, ...lines.map((line) => line.join(sign))].join('\n'), device)).deepEqual(wanted, sign)
    should(filled('Zugang\n密码\tpw-1\nUser name\tann', client)).deepEqual({ password: 'pw-1', userName: 'ann' })
  })

  it('takes a comma into a secret where nothing tells that it separates', () => {
    should(filled('PASSWORD=a`b`,\nUSER=ann', client)).deepEqual({ password: 'a`b`,', userName: 'ann' })
    should(filled('Device key\tDevice secret\nuser\tpass', device)).deepEqual({
      deviceKey: 'user',
      deviceSecret: 'pass',
    })
    should(filled('PASSWORD=a,b, c\nUSER=ann', client)).deepEqual({ password: 'a,b, c', userName: 'ann' })
  })

  it('leaves to another configuration what is called as there, and says to which', () => {
    const { line } = ofSimulator['enos-app']
    for (const text of [line, `enos-app\t${line.replaceAll('`', '')}`]) {
      const pasted = readPasted(text)
      const [record = []] = pasted ? recordsOf(pasted, device) : []
      should(filled(text, device)).deepEqual({})
      should(foreignOf(record, device)).deepEqual({
        names: ['gateway url', 'organisation id', 'app key', 'app secret'],
        types: ['enos-app'],
      })
      should(foreignOf(record, app)).be.undefined()
    }
    should(filled('APP_SECRET=s\nPLANT_3_CLIENT_SECRET=t', device)).deepEqual({})
  })

  it('takes nothing of a sentence', () => {
    for (const text of ['Hallo Kollege, anbei die Zugangsdaten', 'Please find the account of the plant in this mail'])
      for (const into of [app, device, client]) should(filled(text, into)).deepEqual({}, text)
  })

  it('knows the usual names in German', () => {
    const text = 'Produktschlüssel;Gerät;Gerätegeheimnis\npK1;dK1;s1'
    should(filled(text, device)).deepEqual({ productKey: 'pK1', deviceKey: 'dK1', deviceSecret: 's1' })
  })

  const label = fc.constantFrom(
    'device secret',
    'App secret',
    'Client Secret',
    'password',
    'Gerätegeheimnis',
    'app key',
  )
  const hiding = fc.string({ minLength: 9, maxLength: 20, unit: fc.constantFrom(...'abcdef0123456789/+') })
  const around = fc.constantFrom('product key pK1', 'device key dK1', 'broker URL http://x.com', 'user ann', 'x', 'a b')

  it('shows nothing of a secret behind its name, in whatever line or cell, and puts it where secrets are', () => {
    const separator = fc.constantFrom(', ', '\n', '\t', '; ', ',', ' | ')
    const sign = fc.constantFrom(' ', ': ', '=', '\t')
    const others = fc.array(around, { maxLength: 3 })
    fc.assert(
      fc.property(label, hiding, sign, separator, others, others, fc.constantFrom(app, device, client), (...drawn) => {
        const [called, hidden, by, between, before, after, into] = drawn
        const pasted = readPasted([...before, called + by + hidden, ...after].join(between))
        for (const record of pasted ? recordsOf(pasted, into) : [])
          for (const placed of fitted(record, into)) {
            if (!placed.value.includes(hidden)) continue
            const kind = into.list.find(({ name }) => name === placed.target)?.kind
            should([undefined, 'secret']).containEql(kind)
            should(shown(placed, into)).not.containEql(hidden)
          }
      }),
      { numRuns: 1_000 },
    )
  })

  const name = fc.oneof(
    fc.constantFrom(
      'url',
      'DEVICE_SECRET',
      'app_secret',
      'PASSWORD',
      'lifetimeMs',
      'signCase',
      'deviceKey',
      'token',
      '密码',
    ),
    fc.string({ maxLength: 20 }),
  )
  const value = fc.oneof(
    fc.constantFrom(
      'https://apim-x.com',
      'https://iot-http-x.com/y',
      'mqtt://a',
      '300000',
      '-1',
      '1e400',
      'Upper case',
    ),
    fc.constantFrom('', 'true', 'https://user:secret@x.com', 'https://x.com/?token=secret'),
    fc.string({ maxLength: 40 }),
  )
  const cell = fc.oneof(name, value)
  const text = fc.oneof(
    fc
      .tuple(fc.constantFrom('\t', ';', ',', '\n'), fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 5 }))
      .map(([separator, rows]) => rows.map((row) => row.join(separator)).join('\n')),
    fc.array(fc.tuple(name, value)).map((lines) => lines.map(([key, held]) => `${key}=${held}`).join('\n')),
    fc.json(),
    fc.dictionary(name, value).map((object) => JSON.stringify(object)),
    fc.string(),
  )
  const targets = fc.constantFrom(app, device, client)

  it('never goes where it does not fit: no URL among texts, nothing but numbers in a number', () => {
    fc.assert(
      fc.property(text, targets, fc.nat(12), (copied, into, first) => {
        for (const [name, value] of Object.entries(filled(copied, into, into.list[first]?.name))) {
          const target = into.list.find((one) => one.name === name)
          const isUrl = /^\w+:\/\//.test(value.trim())
          should(isUrl).equal(target?.kind === 'url', `${name}: ${value}`)
          if (target?.kind === 'number') should(Number(value)).be.above(0)
          should(value).not.match(/[\n\t]/)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('puts what is called a secret only where secrets are kept, and shows nothing of it', () => {
    const secretName = fc.constantFrom(
      'appSecret',
      'device secret',
      'THINGPLUS_PASSWORD',
      'DB_TOKEN',
      'x.clientSecret',
      '密码',
    )
    const secret = fc.string({ minLength: 9, maxLength: 40, unit: fc.constantFrom(...'abcdef0123456789/+=') })
    fc.assert(
      fc.property(secretName, secret, targets, fc.array(fc.tuple(name, value)), (called, hidden, into, others) => {
        const record = [...others, [called, hidden] as const].map(([name, value]) => ({ name, value }))
        const placed = fitted(record, into)
        const last = placed.at(-1)
        if (!last) throw new Error('nothing came back')
        const target = into.list.find((one) => one.name === last.target)
        should([undefined, 'secret']).containEql(target?.kind)
        should(shown(last, into)).equal('••••••••')
      }),
    )
  })

  it('shows of a text without a name no more than its ends, where it may be a secret', () => {
    const placed = fitted(
      ['https://iot-http-x.de', 'productKey1', 'deviceKey-of-pump-3', 'ds-secret-1', 'left-over'].map((value) => ({
        value,
      })),
      device,
    )
    should(placed.map((one) => shown(one, device))).deepEqual([
      'https://iot-http-x.de',
      'p…1',
      'de…-3',
      '••••••••',
      '••••••••',
    ])
    should(shown({ name: 'url', value: 'https://user:secret@x.com' }, app)).equal('••••••••')
    const gateway = targetsOf('thingplus-send-status')
    should(shown({ value: 'gateway-of-hall-3', target: 'gatewayId' }, gateway)).equal('gateway-of-hall-3')
    should(shown({ value: 'left-over' }, gateway)).equal('••••••••')
    for (const name of ['ENOS_APP_KEY', 'accessKey', 'api-key'])
      should(shown({ name, value: 'ak-1', target: 'deviceKey' }, device)).equal('••••••••', name)
    should(shown({ name: 'Product Key', value: 'pK1', target: 'productKey' }, device)).equal('pK1')
  })

  it('is read in time that grows with it and no faster, and no further than a sheet is long', () => {
    for (const text of ['"'.repeat(300_000), 'a"'.repeat(150_000), '\t'.repeat(300_000), 'a=\n'.repeat(100_000)]) {
      const started = process.cpuUsage()
      const pasted = readPasted(text)
      if (pasted) for (const record of recordsOf(pasted, app)) fitted(record, app)
      should(process.cpuUsage(started).user / 1_000).be.below(4_000)
    }
    should(readPasted(' '.repeat(300_001))).be.undefined()
    should(readPasted('[['.repeat(100_000))).have.property('form', 'cells')
  })
})

describe('What is pasted into a table', () => {
  const rowsOf = (text: string): PastedRows['rows'] =>
    pastedRows(readPasted(text) ?? { form: 'json', json: '' }, ['Messpunkt']).rows

  it('is a row of the table for each of its rows, whatever the order of its columns', () => {
    const table = {
      Unit: '°C',
      'Data type': 'DOUBLE',
      Messpunkt: 'temp',
      Name: 'Temperature',
      Value: 'msg.payload.t',
      min: '-40',
    }
    const order = fc.shuffledSubarray(Object.entries(table), { minLength: 6 })
    fc.assert(
      fc.property(order, fc.constantFrom('\t', ';', ','), (columns, separator) => {
        const text = [0, 1].map((line) => columns.map((column) => column[line]).join(separator)).join('\n')
        should(rowsOf(text)).deepEqual([
          { id: 'temp', name: 'Temperature', type: 'DOUBLE', unit: '°C', source: 'payload.t', minimum: -40 },
        ])
      }),
    )
  })

  it('is known by its form where nothing names its columns', () => {
    should(rowsOf('temp\tDOUBLE\t°C\tTemperature\nspeed\tINT\trpm\tSpeed')).deepEqual([
      { id: 'temp', type: 'DOUBLE', unit: '°C', name: 'Temperature' },
      { id: 'speed', type: 'INT', unit: 'rpm', name: 'Speed' },
    ])
    should(rowsOf('temp\nspeed\n\nspeed')).deepEqual([{ id: 'temp' }, { id: 'speed' }])
    should(rowsOf('temp=payload.t\nspeed=msg.payload["s p"]')).deepEqual([
      { id: 'temp', source: 'payload.t' },
      { id: 'speed', source: 'payload["s p"]' },
    ])
  })

  it('may be JSON: ids, rows, rows by their ids, or a message', () => {
    const both = [{ id: 'temp' }, { id: 'speed' }]
    for (const json of [
      ['temp', 'speed'],
      [{ identifier: 'temp' }, { identifier: 'speed' }],
      { measurepoints: { temp: {}, speed: {} } },
      { payload: { temp: 21.5, speed: 1480 } },
      { temp: 21.5, speed: '1480' },
      { temp: { value: 21.5, quality: 0 }, speed: { value: 3, quality: 0 } },
      { code: 0, data: { items: [{ id: 'temp' }, { id: 'speed' }] } },
    ])
      should(rowsOf(JSON.stringify(json))).deepEqual(both, JSON.stringify(json))
    should(rowsOf('{"measurepoints":{"temp":{"dataType":"FLOAT","unit":{"unitId":"kW"}}}}')).deepEqual([
      { id: 'temp', type: 'FLOAT', unit: 'kW' },
    ])
  })

  const account = ['Device secret', 'app secret', 'CLIENT_SECRET', 'password', 'Access key', 'Product key', 'API URL']
  it('holds no row of an account, in whatever form, and says to which configuration it belongs', () => {
    const form = fc.constantFrom(
      (called: string, value: string) => `${called}\t${value}`,
      (called: string, value: string) => `${called}=${value}`,
      (called: string, value: string) => `${called}: ${value}`,
      (called: string, value: string) => `${called} ${value}`,
      (called: string, value: string) => `${called};${value}\nDevice key;dK1`,
      (called: string, value: string) => `EnOS device\n${called}\t${value}`,
      (called: string, value: string) => `${called}\n${value}`,
      (called: string, value: string) => `Broker URL,${called}\nhttp://x,${value}`,
      (called: string, value: string) => `| enos-device | broker URL http://x, ${called} ${value} |`,
      (called: string, value: string) => `temp\tDOUBLE\n${called}\t${value}`,
      (called: string, value: string) => JSON.stringify({ [called]: value }),
      (called: string, value: string) => JSON.stringify([called, value]),
      (called: string, value: string) => JSON.stringify([[called, value]]),
      (called: string, value: string) => JSON.stringify([{ id: called, name: value }]),
      (called: string, value: string) => `id\tname\n${called}\t${value}`,
      (called: string, value: string) => `id\n${called}\n${value}`,
    )
    fc.assert(
      fc.property(form, fc.constantFrom(...account), (write, called) => {
        const text = write(called, 'hunter2-x')
        const found = pastedRows(readPasted(text) ?? { form: 'json', json: '' }, ['Messpunkt'])
        should(JSON.stringify(found)).not.match(/hunter2/)
        should(JSON.stringify(found.rows)).not.match(new RegExp(called))
        should(found.ofAccount?.types).not.be.empty()
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps the other rows where each says what it is', () => {
    const found = pastedRows({ form: 'json', json: { temp: 1, deviceKey: 'dK1', deviceSecret: 'x' } }, [])
    should(found.rows).deepEqual([{ id: 'temp' }])
    should(found.ofAccount).deepEqual({ names: ['device key', 'device secret'], types: ['enos-device'] })
    should(rowsOf('{"device":1,"key":2,"user":3}').map(({ id }) => id)).deepEqual(['device', 'key', 'user'])
    should(rowsOf('t1\tDevice temperature\nt2\tUser count').map(({ id }) => id)).deepEqual(['t1', 't2'])
  })

  it('says where something beside an id is no place in a message', () => {
    const { rows, placeless } = pastedRows(
      readPasted('temperature=ns=2;s=Temp\nspeed=payload.s\npressure=') ?? { form: 'json', json: '' },
      [],
    )
    should(rows).deepEqual([{ id: 'temperature' }, { id: 'speed', source: 'payload.s' }, { id: 'pressure' }])
    should(placeless).deepEqual(['temperature'])
  })

  it('is never more than 500 rows, each with an id of its own', () => {
    const text = fc.oneof(
      fc.array(fc.array(fc.string())).map((rows) => rows.map((row) => row.join('\t')).join('\n')),
      fc.json(),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (copied) => {
        const ids = rowsOf(copied).map(({ id }) => id)
        should(new Set(ids).size).equal(ids.length)
        should(ids.every((id) => id.trim() === id && id !== '')).be.true()
      }),
    )
    const many = Array.from({ length: 600 }, (_, index) => `p${index}`).join('\n')
    const { rows, more } = pastedRows(readPasted(many) ?? { form: 'json', json: '' }, [])
    should([rows.length, more]).deepEqual([500, true])
  })
})
