// The servers themselves: a PLC directory and any number of PDSes, each its own authorization server.
import { createRequire } from 'node:module'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { reservePort } from './loopback.mjs'
import { watchTokens } from './tokens.mjs'

export const ADMIN_PASSWORD = 'admin-pass'

// The packages are installed apart from this file, in the user's cache.
const installed = createRequire(path.join(process.env.ATPROTO_REAL, 'net', 'package.json'))
const load = (name) => import(pathToFileURL(installed.resolve(name)).href)

export async function loadServers() {
  const [pds, plc] = await Promise.all([load('@atproto/pds'), load('@did-plc/server')])
  return { PDS: pds.PDS, plc: plc.PlcServer ? plc : plc.default }
}

export async function startDirectory({ plc }, wanted) {
  const port = wanted || (await reservePort())
  const server = plc.PlcServer.create({ db: plc.Database.mock(), port })
  await server.start()
  return { server, url: `http://localhost:${port}` }
}

// `host` undefined: the plain PDS on `http://localhost:PORT`; otherwise it believes in `https://host`.
export async function startPds({ PDS }, { folder, name, wanted, host, domain, directory, rateLimits }) {
  const port = wanted || (await reservePort())
  await mkdir(folder, { recursive: true })
  const server = await PDS.fromEnv({
    devMode: true,
    port,
    // Exactly `localhost` makes the issuer `http://localhost:PORT`; any other name makes it https.
    hostname: host ?? 'localhost',
    serviceDid: `did:web:${host ?? `localhost%3A${port}`}`,
    didPlcUrl: directory.url,
    dataDirectory: folder,
    blobstoreDiskLocation: path.join(folder, 'blobs'),
    adminPassword: ADMIN_PASSWORD,
    jwtSecret: randomBytes(16).toString('hex'),
    dpopSecret: randomBytes(32).toString('hex'),
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
    serviceHandleDomains: [domain],
    serviceName: name,
    inviteRequired: false,
    // Client metadata comes from loopback here.
    disableSsrfProtection: true,
    enableDidDocWithSession: true,
    rateLimitsEnabled: rateLimits,
    // Not there: accounts and records work without it, `app.bsky.*` queries do not.
    bskyAppViewUrl: 'https://appview.invalid',
    bskyAppViewDid: 'did:example:invalid',
    crawlers: [],
  })
  await server.start()
  const url = host ? `https://${host}` : `http://localhost:${port}`
  return { server, port, host, domain, url, accounts: [], tokens: watchTokens(server) }
}

export async function createAccount(pds, name) {
  const handle = `${name}${pds.domain}`
  const email = `${name}@example.com`
  const password = `${name}-pass`
  const response = await fetch(`http://127.0.0.1:${pds.port}/xrpc/com.atproto.server.createAccount`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ handle, email, password }),
  })
  const created = await response.json()
  if (!response.ok) throw new Error(`no account ${handle}: ${JSON.stringify(created)}`)
  const account = { handle, did: created.did, email, password, pds: pds.url }
  pds.accounts.push(account)
  return account
}
