// What the token endpoint of a server was asked for, and a way to take the authorization server out of service.
import { createHash } from 'node:crypto'

// To be called once the server runs. `requests`: oldest first, without the tokens themselves.
export function watchTokens(server) {
  const watched = { requests: [], away: false }
  const provider = server.ctx.oauthProvider
  const { token } = provider
  provider.token = async function (credentials, metadata, request, proof) {
    const entry = { grant: request.grant_type, spent: request.refresh_token && hash(request.refresh_token) }
    try {
      const answer = await token.call(this, credentials, metadata, request, proof)
      entry.issued = answer.refresh_token && hash(answer.refresh_token)
      return answer
    } catch (error) {
      entry.error = error.error ?? String(error)
      if (error.error) entry.words = String(error.message)
      throw error
    } finally {
      watched.requests.push(entry)
    }
  }
  watchExpiry(provider.tokenManager, watched)
  dropWhileAway(server.server, watched)
  return watched
}

// The server ends a session whose access token runs out on its way to it: `{ grant: 'expired', spent }`, with the refresh
// token that is worth nothing then.
function watchExpiry(manager, watched) {
  const { loadTokenClaims } = manager
  manager.loadTokenClaims = async function (type, payload) {
    const session = await this.getTokenInfo(payload.jti).catch(() => null)
    try {
      return await loadTokenClaims.call(this, type, payload)
    } catch (error) {
      const { currentRefreshToken: token, data } = session ?? {}
      if (token && data.expiresAt.getTime() < Date.now()) watched.requests.push({ grant: 'expired', spent: hash(token) })
      throw error
    }
  }
}

// The PDS goes on; what belongs to the authorization server ends without an answer.
function dropWhileAway(http, watched) {
  const listeners = http.listeners('request')
  http.removeAllListeners('request')
  http.on('request', (request, response) => {
    if (watched.away && /^\/(oauth|\.well-known\/oauth-authorization-server)/.test(request.url)) {
      request.socket.destroy()
    } else {
      for (const listener of listeners) listener.call(http, request, response)
    }
  })
}

const hash = (token) => createHash('sha256').update(token).digest('base64url').slice(0, 16)
