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
  dropWhileAway(server.server, watched)
  return watched
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
