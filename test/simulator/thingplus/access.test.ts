import 'should'
import { md5, visit, visitNeighbours, visitWithToken } from './visitor'

describe('Logging in to the simulated Thing+ cloud', () => {
  const fields = {
    client_id: 'testClientId',
    client_secret: 'demo-client-secret',
    username: 'serviceadmin',
    password: md5('demo-password'),
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('answers a request without a login with the bare text "Access denied"', () => {
    const answer = visit().call('GET', '/v2/gateways')
    answer.status.should.equal(401)
    answer.text.should.equal('Access denied')
  })

  it('takes the token request as a form as well', () => {
    const body = new URLSearchParams({ grant_type: 'password', ...fields }).toString()
    visit().call('POST', '/v2/oauth2/token', body, form).body.should.have.property('token_type', 'Bearer')
  })

  const refusals = [
    {
      title: 'an unknown grant type',
      fields: { grant_type: 'refresh_token' },
      code: 'unsupported_grant_type',
      status: 501,
    },
    { title: 'a wrong secret', fields: { client_secret: 'x' }, code: 'incorrect_client_credentials', status: 401 },
    { title: 'an unknown client', fields: { client_id: 'x' }, code: 'incorrect_client_credentials', status: 401 },
    { title: 'an unknown user', fields: { username: 'x' }, code: 'incorrect_user_credentials', status: 401 },
    {
      title: 'the plain password',
      fields: { password: 'demo-password' },
      code: 'incorrect_user_credentials',
      status: 401,
    },
    {
      title: 'an unknown code',
      fields: { grant_type: 'authorization_code', code: 'x' },
      code: 'invalid_code',
      status: 400,
    },
  ]
  for (const { title, fields: wrong, code, status } of refusals) {
    it(`refuses a token for ${title} with the bare TokenError ${code}`, () => {
      const answer = visit().call('POST', '/v2/oauth2/token', { grant_type: 'password', ...fields, ...wrong })
      answer.status.should.equal(status)
      answer.body.should.containEql({ name: 'TokenError', code, status })
    })
  }

  it('refuses a token to a user who is not approved', () => {
    const { getToken } = visit({
      users: [{ id: '1', loginId: 'serviceadmin', password: 'demo-password', accessApproval: 'deny' }],
    })
    getToken(fields).body.should.containEql({ code: 'unauthorized_user', status: 403 })
  })

  const redirectUri = 'http://127.0.0.1:9/callback'
  const authorize = `/v2/oauth2/authorize?response_type=code&client_id=testClientId&redirect_uri=${encodeURIComponent(redirectUri)}`
  const { username: _username, password: _password, ...client } = fields
  const exchange = { grant_type: 'authorization_code', ...client, redirect_uri: redirectUri }
  const codeOf = (location: string | undefined) => new URL(location ?? '').searchParams.get('code')

  it('grants a token of 15 days for an authorization code, once', () => {
    const { call, openPortal } = visit()
    openPortal('serviceadmin', md5('demo-password'))
    const redirect = call('GET', authorize)
    redirect.status.should.equal(302)
    const code = codeOf(redirect.headers['location'])
    const token = call('POST', '/v2/oauth2/token', { ...exchange, code }).body['access_token']
    const { iat, exp } = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())
    ;(exp - iat).should.equal(15 * 86_400)
    call('POST', '/v2/oauth2/token', { ...exchange, code }).body.should.containEql({
      code: 'invalid_code',
      status: 400,
    })
  })

  it('refuses a code after ten minutes, and a code with another redirect uri', () => {
    const { call, clock, openPortal } = visit()
    openPortal('serviceadmin', md5('demo-password'))
    const newCode = () => codeOf(call('GET', authorize).headers['location'])
    const mismatch = { ...exchange, code: newCode(), redirect_uri: 'http://127.0.0.1:9/other' }
    call('POST', '/v2/oauth2/token', mismatch).body.should.containEql({ code: 'redirect_uri_mismatch', status: 400 })
    const code = newCode()
    clock.nowMs += 600_000
    call('POST', '/v2/oauth2/token', { ...exchange, code }).body.should.containEql({
      code: 'expired_code',
      status: 403,
    })
  })

  it('refuses wrong authorize requests with the bare AuthorizationError', () => {
    const { call, openPortal } = visit()
    call('GET', authorize).text.should.equal('Access denied')
    openPortal('serviceadmin', md5('demo-password'))
    const code = (path: string) => call('GET', path).body['code']
    call('GET', '/v2/oauth2/authorize').body.should.have.property('name', 'AuthorizationError')
    String(code('/v2/oauth2/authorize')).should.equal('invalid_request')
    String(code(authorize.replace('=code', '=token'))).should.equal('unsupported_response_type')
    String(code(authorize.replace('testClientId', 'x'))).should.equal('incorrect_client_credentials')
    String(code(authorize.replace(/redirect_uri=.*/, 'redirect_uri=x'))).should.equal('redirect_uri_mismatch')
  })

  it('asks the user on a consent page when told to, and takes one decision only', () => {
    const { call, openPortal } = visit({}, { consentPage: true })
    openPortal('serviceadmin', md5('demo-password'))
    const decide = (more = '') => {
      const transaction = /name="transaction_id" value="([^"]+)"/.exec(call('GET', authorize).text)?.[1]
      return `transaction_id=${transaction}${more}`
    }
    const allow = decide()
    const path = '/v2/oauth2/authorize/decision'
    String(call('POST', path, allow, form).headers['location']).should.match(/\?code=/)
    call('POST', path, allow, form).body.should.have.property('name', 'ForbiddenError')
    const denied = call('POST', path, decide('&cancel=deny'), form)
    String(denied.headers['location']).should.equal(`${redirectUri}?error=access_denied`)
  })

  it('refuses a malformed, unreadable or wrongly signed token with a bare JsonWebTokenError and 403', () => {
    const { call, login } = visitWithToken()
    const [head, payload, signature] = String(login.authorization).replace('Bearer ', '').split('.')
    const other = signature?.startsWith('A') ? 'B' : 'A'
    const problems: [string, string][] = [
      ['not-a-token', 'jwt malformed'],
      [`x${head}.${payload}.${signature}`, 'invalid token'],
      [`${head}.${payload}.${other}${signature?.slice(1)}`, 'invalid signature'],
    ]
    for (const [token, message] of problems) {
      const answer = call('GET', '/v2/sites', undefined, { authorization: `Bearer ${token}` })
      answer.status.should.equal(403)
      answer.body.should.eql({ name: 'JsonWebTokenError', message })
    }
  })

  it('refuses a token from the second of its expiry on with the bare TokenExpiredError', () => {
    const { call, clock } = visitWithToken({ passwordTokenLifeSeconds: 60 })
    clock.nowMs += 59_999
    call('GET', '/v2/sites').status.should.equal(200)
    clock.nowMs += 1
    const answer = call('GET', '/v2/sites')
    answer.status.should.equal(403)
    const expiredAt = new Date(clock.nowMs).toISOString()
    answer.body.should.eql({ name: 'TokenExpiredError', message: 'jwt expired', expiredAt })
  })

  it('lets a token die with its user, and with its client', () => {
    for (const path of ['/v2/users/1', '/v2/authClients/testClientId']) {
      const { call, login, openPortal } = visitWithToken()
      const { authorization } = login
      openPortal('serviceadmin', md5('demo-password'))
      login.authorization = undefined
      call('DELETE', path).status.should.equal(204)
      login.cookie = undefined
      call('GET', '/v2/sites', undefined, { authorization }).body.should.have.property('name', 'JsonWebTokenError')
    }
  })

  it('holds a token to its scopes, and a portal session to none', () => {
    const { call, login, openPortal } = visitWithToken()
    const refused = call('GET', '/v2/tags')
    refused.status.should.equal(403)
    refused.code.should.equal('ACL_DENY')
    login.authorization = undefined
    openPortal('serviceadmin', 'demo-password')
    call('GET', '/v2/tags').status.should.equal(200)
  })

  it('lets reading scopes read gateways and no more', () => {
    const seed = {
      clients: [{ id: 'reader', clientSecret: 's', user: '1', scopes: ['gateway-read'] }],
      gateways: [{ id: 'g' }],
    }
    const { call, getToken } = visit(seed)
    getToken({ ...fields, client_id: 'reader', client_secret: 's' })
    call('GET', '/v2/gateways/g').status.should.equal(200)
    call('PUT', '/v2/gateways/g', { name: 'x' }).code.should.equal('ACL_DENY')
    call('PUT', '/v2/gateways/g/status', { value: 'on', validDuration: 1 }).code.should.equal('ACL_DENY')
    call('DELETE', '/v2/gateways/g').code.should.equal('ACL_DENY')
  })

  it('manages OAuth clients with a portal session only, each id and name once, each client for its maker', () => {
    const { call, login, openPortal } = visitNeighbours()
    const body = { name: 'New', reqId: 'new', clientSecret: 's', scopes: ['gateway'] }
    call('POST', '/v2/authClients', body).text.should.equal('Access denied')
    login.authorization = undefined
    openPortal('me', md5('my-password'))
    call('POST', '/v2/authClients', { ...body, extra: 1 }).code.should.equal('SCHEMA_VALIDATE')
    call('POST', '/v2/authClients', body).status.should.equal(201)
    call('POST', '/v2/authClients', { ...body, name: 'Else' }).code.should.equal('CONFLICT')
    call('POST', '/v2/authClients', { ...body, reqId: 'else' }).code.should.equal('CONFLICT')
    call('GET', '/v2/authClients/new').data.should.containEql({ id: 'new', name: 'New', _user: '1' })
    openPortal('other', md5('other-password'))
    call('GET', '/v2/authClients/new').code.should.equal('ACCESSGROUP_DENY')
    call('DELETE', '/v2/authClients/unknown').code.should.equal('NOT_FOUND')
  })

  it('refuses faults in its own words, and really ends the token or session', () => {
    const { call, login, openPortal, refuse } = visitWithToken()
    const throttled = refuse('throttled', 'GET', '/v2/sites')
    throttled.status.should.equal(429)
    throttled.body.should.have.property('statusCode', 429)
    const broken = refuse('server-error', 'GET', '/v2/sites')
    broken.status.should.equal(500)
    broken.code.should.equal('INTERNAL_ERROR')
    refuse('unauthorized', 'GET', '/v2/sites').text.should.equal('Access denied')
    call('GET', '/v2/sites').status.should.equal(200)
    refuse('token-expired', 'GET', '/v2/sites').body.should.have.property('name', 'TokenExpiredError')
    call('GET', '/v2/sites').body.should.have.property('name', 'TokenExpiredError')
    login.authorization = undefined
    openPortal('serviceadmin', 'demo-password')
    refuse('session-expired', 'GET', '/v2/sites').text.should.equal('Access denied')
    call('GET', '/v2/sites').text.should.equal('Access denied')
  })
})
