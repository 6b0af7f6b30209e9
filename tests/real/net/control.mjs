// `POST /<action>` with a JSON body: what the public protocol has no knob for.
// The actions reach into the pinned versions of the servers; `pds` in the body selects one of several.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createAccount } from './network.mjs'

export async function startControl(network) {
  const actions = actionsOn(network)
  const server = createServer(async (request, response) => {
    const [status, answer] = await act(actions, request).then(
      (done) => [200, done],
      (error) => [400, { error: String(error) }],
    )
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${server.address().port}` }
}

async function act(actions, request) {
  let text = ''
  for await (const chunk of request) text += chunk
  const action = actions[request.url.slice(1)]
  if (!action) throw new Error(`no such action; there are ${Object.keys(actions).join(', ')}`)
  return action(text ? JSON.parse(text) : {})
}

function actionsOn({ hosts, fetched, pdses }) {
  const provider = ({ pds = 0 }) => pdses[pds].server.ctx.oauthProvider
  const database = ({ pds = 0 }) => pdses[pds].server.ctx.accountManager.db.db
  const ofAccount = (query, { did }) => (did ? query.where('did', '=', did) : query)

  return {
    // {"app.example.dev": "http://127.0.0.1:1234"}; null takes a name away
    map: (names) => {
      for (const [host, target] of Object.entries(names)) {
        if (target === null) hosts.delete(host)
        else hosts.set(host, target)
      }
      return Object.fromEntries(hosts)
    },

    // {"ms": 5000}: the lifetime of access tokens issued from now on (an hour otherwise)
    'token-max-age': (body) => {
      provider(body).tokenManager.tokenMaxAge = body.ms
      return { ms: body.ms }
    },

    // {}: every nonce handed out so far is refused
    // {"interval_ms": 1000}: and from now on they rotate that often (previous, current and next are accepted)
    'rotate-dpop-nonce': (body) => {
      const manager = provider(body).dpopManager
      const Nonce = manager.dpopNonce.constructor
      manager.dpopNonce = new Nonce(randomBytes(32), body.interval_ms ?? 60_000)
      return { nonce: manager.dpopNonce.next() }
    },

    // {}: pending requests and codes not yet redeemed are too old
    'expire-requests': async (body) => {
      const expiresAt = ago(1000)
      const done = await database(body).updateTable('authorization_request').set({ expiresAt }).executeTakeFirst()
      return { updated: Number(done.numUpdatedRows) }
    },

    // {"age_ms": …, "did"?}: sessions were made that long ago, so that a refresh is refused
    'age-sessions': async (body) => {
      const then = ago(body.age_ms)
      const query = database(body).updateTable('token').set({ createdAt: then, updatedAt: then })
      const done = await ofAccount(query, body).executeTakeFirst()
      return { updated: Number(done.numUpdatedRows) }
    },

    // {"did"?}: the server forgets the sessions
    'revoke-sessions': async (body) => {
      const done = await ofAccount(database(body).deleteFrom('token'), body).executeTakeFirst()
      return { deleted: Number(done.numDeletedRows) }
    },

    // {"name": "dave"}
    'create-account': (body) => createAccount(pdses[body.pds ?? 0], body.name),

    // {"did": "did:…"}: whose repository holds the permission sets that `include:` names
    'lexicon-authority': ({ did }) => {
      for (const pds of pdses) pds.server.ctx.cfg.lexicon.didAuthority = did
      return { did }
    },

    // {}: client metadata and key sets are fetched anew (cached for ten minutes otherwise)
    'forget-clients': (body) => {
      const { jwks, metadataGetter } = provider(body).clientManager
      forget(jwks)
      forget(metadataGetter)
      return {}
    },

    // {}: what the token endpoint was asked for since last asked, each refresh token as a hash
    tokens: ({ pds = 0 }) => pdses[pds].tokens.requests.splice(0),

    // {"on": true}: the authorization server drops every request; the PDS goes on
    outage: ({ pds = 0, on }) => {
      pdses[pds].tokens.away = on
      return { on }
    },

    // {}: what the servers fetched since last asked
    fetches: () => fetched.splice(0),
  }
}

function forget(cache) {
  const { get } = Object.getPrototypeOf(cache)
  const renewed = new Set()
  cache.get = (key, options) => {
    if (renewed.has(key)) return get.call(cache, key, options)
    renewed.add(key)
    return get.call(cache, key, { ...options, noCache: true })
  }
}

const ago = (ms) => new Date(Date.now() - ms).toISOString()
