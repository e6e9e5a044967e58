import { passwordDigest } from '../../signing'
import { accessDenied, checked, ok } from './envelope'
import type { Identities } from './identity'
import { openRoute, type Route } from './router'
import { object, text } from './schema'
import { userView } from './users'
import { userByLogin, type World } from './world'

const credentials = object({ loginId: text({ min: 1 }), password: text({ min: 1 }) })

/**
 * Log-in to the portal: `{loginId, password}` (MD5 of the password) opens a session, kept in the cookie `dwTPlus`.
 * The answer's body is not documented; it is the user. Source: docs/protocol/thingplus.md §4.8.
 */
export function portalRoutes(world: World, identities: Identities): Route[] {
  return [
    openRoute('POST', '/login', ({ body }) => {
      const { loginId, password } = checked(body, credentials)
      const user = userByLogin(world, loginId)
      const given = String(password)
      const plain = world.options.plainPasswordLogin && passwordDigest(given) === user?.digest
      if (!user?.allowed || (given !== user.digest && !plain)) return accessDenied()
      const cookie = `dwTPlus=${identities.openSession(user)}; Path=/; HttpOnly`
      return { ...ok(userView(world, user)), headers: { 'set-cookie': cookie } }
    }),
    openRoute('POST', '/logout', ({ request }) => {
      identities.endSession(request)
      return { ...ok({}), headers: { 'set-cookie': 'dwTPlus=; Path=/; HttpOnly; Max-Age=0' } }
    }),
  ]
}
