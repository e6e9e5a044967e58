import should from 'should'
import { patienceMs } from '../patience'
import { filesWith } from './patterns'

describe('What comes from outside', function () {
  this.timeout(patienceMs)
  it('is read as JSON only where its depth is bounded, or from files of the package or sealed texts', () => {
    const readers = ['lib/core/json.js', 'lib/simulator/json.js']
    const ownFiles = ['lib/core/built.js', 'lib/runtime/languages.js']
    const underCheckSums = ['lib/outbox/record/dead-letter.js', 'lib/outbox/queue/eviction-log.js']
    const inTheBrowser = filesWith('JSON', 'parse').filter((file) => file.endsWith('.html'))
    const known = [...readers, ...ownFiles, ...underCheckSums, ...inTheBrowser]
    should(filesWith('JSON', 'parse')).deepEqual(known.sort())
  })

  it('is put into a URL, or read from one, only where that cannot fail or the error names the field', () => {
    const saysWhich = ['lib/http/url-text.js', 'lib/message/sendable-id.js']
    const wasChecked = ['lib/enos/device.js', 'lib/core/redaction.js']
    const endsInAnAnswer = ['lib/simulator/enos/file-routes.js']
    const ofTheEditorsOwnIds = ['nodes/cloud-outbox-control.html']
    const encoding = [...saysWhich, ...wasChecked, ...endsInAnAnswer, ...ofTheEditorsOwnIds]
    should(filesWith('encodeURIComponent')).deepEqual(encoding.sort())
    const wasEncodedHere = ['lib/thingplus/look-up.js', 'lib/thingplus/rest-client.js']
    const isCaught = ['lib/http/proxy.js', 'lib/simulator/enos/broker.js', 'lib/simulator/thingplus/router.js']
    should(filesWith('decodeURIComponent')).deepEqual([...wasEncodedHere, ...isCaught].sort())
  })
})
