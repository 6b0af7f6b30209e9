// Keeps the whole network on loopback: what it listens on and what it fetches.
import { createServer, Server } from 'node:net'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

// By port: what listens there until a server does.
const reserved = new Map()

// The servers call `listen(port)`, which would be all interfaces.
export function listenOnLoopback() {
  const listen = Server.prototype.listen
  Server.prototype.listen = function (...args) {
    const [port, next] = args
    const noHost = args.length === 1 || typeof next === 'function'
    if (typeof port === 'number' && noHost) {
      const holder = reserved.get(port)
      reserved.delete(port)
      // The same socket: it stays bound throughout.
      if (holder) args.splice(0, 1, holder)
      else args.splice(1, 0, '127.0.0.1')
    }
    return listen.apply(this, args)
  }
}

// A port for a server that has to know it before it listens. It is bound from now on, so that no other
// process can take it, and is handed over when the server calls `listen(port)`.
export function reservePort() {
  return new Promise((resolve, reject) => {
    const holder = createServer()
    holder.once('error', reject)
    holder.listen(0, '127.0.0.1', () => {
      const { port } = holder.address()
      reserved.set(port, holder)
      resolve(port)
    })
  })
}

// Sends `https://host/…` to the loopback server that `hosts` names, and refuses everything else.
//
// A confidential client must have an https client id on a public-looking name; the servers fetch it
// through `globalThis.fetch`, so this is the one seam that is needed. Checks and caches stay theirs.
// Returns what was fetched, oldest first.
export function fetchOnLoopback(hosts) {
  const log = []
  const real = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const target = hosts.get(url.host)
    log.push({ method: request.method, url: request.url, mapped: target !== undefined })
    if (log.length > 500) log.shift()
    if (target !== undefined) return real(new URL(url.pathname + url.search, target), forwarded(request, url.host))
    if (LOOPBACK.has(url.hostname)) return real(request)
    return Promise.reject(new TypeError(`${url.host} is not on loopback; map it with the control endpoint`))
  }
  return log
}

function forwarded(request, host) {
  const headers = new Headers(request.headers)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', 'https')
  const { method, signal, redirect, body } = request
  return { method, headers, signal, redirect, body, ...(body && { duplex: 'half' }) }
}
