// Boots an AT Protocol network on loopback and prints one line of JSON when it is ready.
//
//   realnet [--pds 2] [--accounts alice,bob] [--map host=http://127.0.0.1:PORT]… [--tls] [--log]
//
// It stops on SIGTERM and SIGINT, and with --die-with-stdin when standard input closes, so that a
// test runner that crashes leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startControl } from './control.mjs'
import { fetchOnLoopback, listenOnLoopback } from './loopback.mjs'
import { ADMIN_PASSWORD, createAccount, loadServers, startDirectory, startPds } from './network.mjs'
import { startFront } from './tls.mjs'

const { values: options } = parseArgs({
  options: {
    // How many PDSes; several are several issuers.
    pds: { type: 'string', default: '1' },
    accounts: { type: 'string', default: 'alice,bob,carol' },
    'pds-port': { type: 'string', default: '0' },
    'plc-port': { type: 'string', default: '0' },
    map: { type: 'string', multiple: true, default: [] },
    // Names as in production: issuers are https://pds0.realnet.dev without a port, handles
    // alice.pds0.realnet.dev, the directory https://plc.realnet.dev, all behind one TLS listener.
    // The client has to resolve them to 127.0.0.1:PORT and to trust the authority in the ready line.
    tls: { type: 'boolean', default: false },
    'tls-domain': { type: 'string', default: 'realnet.dev' },
    // Another registrable domain for the application: for a browser it is another site.
    'app-domain': { type: 'string', default: 'realapp.dev' },
    'rate-limits': { type: 'boolean', default: false },
    // The servers' own log, on standard error.
    log: { type: 'boolean', default: false },
    'die-with-stdin': { type: 'boolean', default: false },
  },
})

// Before the servers are imported: they read these then. No proxy knows this network.
for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name]
process.env.LOG_ENABLED = String(options.log)
if (options.log) process.env.LOG_DESTINATION ??= '/dev/stderr'
process.env.NODE_ENV ??= 'test'
process.env.OTEL_SDK_DISABLED ??= 'true'
listenOnLoopback()
const hosts = new Map(options.map.map((pair) => pair.split(/=(.*)/s, 2)))
const fetched = fetchOnLoopback(hosts)

const folder = mkdtempSync(path.join(os.tmpdir(), 'atproto-oauth-real-'))
// At the very end, when no server can write to it any more.
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
const running = []
stopWhenAsked()

const servers = await loadServers()
const directory = await startDirectory(servers, Number(options['plc-port']))
running.push(() => directory.server.destroy())
const pdses = []
for (let i = 0; i < Number(options.pds); i++) pdses.push(await bootPds(i))
const control = await startControl({ hosts, fetched, pdses })
running.push(() => close(control.server))
const tls = options.tls ? await bootFront() : undefined
fetched.length = 0

console.log(JSON.stringify({
  ready: true,
  plc: tls?.plc ?? directory.url,
  tls,
  control: control.url,
  pds: pdses.map(({ url, port, accounts }) => ({ url, issuer: url, port, accounts })),
  admin_password: ADMIN_PASSWORD,
  pid: process.pid,
  folder,
}))

async function bootPds(i) {
  const host = options.tls ? `pds${i}.${options['tls-domain']}` : undefined
  const pds = await startPds(servers, {
    name: `PDS ${i}`,
    folder: path.join(folder, `pds${i}`),
    wanted: i === 0 && Number(options['pds-port']),
    host,
    // Handles differ from server to server, or they would collide.
    domain: host ? `.${host}` : i === 0 ? '.test' : `.pds${i}.test`,
    directory,
    rateLimits: options['rate-limits'],
  })
  running.push(() => pds.server.destroy())
  // The servers reach each other by these names too.
  if (host) hosts.set(host, `http://127.0.0.1:${pds.port}`)
  for (const name of options.accounts.split(',').filter(Boolean)) await createAccount(pds, name)
  return pds
}

async function bootFront() {
  const domain = options['tls-domain']
  const app = options['app-domain']
  const front = await startFront({
    folder,
    names: [domain, `*.${domain}`, app, `*.${app}`, ...pdses.map(({ host }) => `*.${host}`)],
    backend: (host) => {
      if (host === `plc.${domain}`) return directory.url
      const pds = pdses.find((pds) => host === pds.host || host.endsWith(`.${pds.host}`))
      return pds ? `http://127.0.0.1:${pds.port}` : hosts.get(host)
    },
  })
  running.push(() => close(front.server))
  return { port: front.port, domain, app_domain: app, ca_pem: front.ca, plc: `https://plc.${domain}` }
}

function stopWhenAsked() {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    // A server that hangs while it stops must not keep the tests waiting.
    setTimeout(() => process.exit(0), 3000)
    await Promise.allSettled(running.map((end) => end()))
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (options['die-with-stdin']) process.stdin.on('end', stop).on('error', stop).resume()
}

function close(server) {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
}
