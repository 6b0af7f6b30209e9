// What the reference implementation makes of permissions: one line of JSON for each line of JSON.
//
//   "repo:a.b.c?action=create"     its normal form; null if it is no permission
//   {"held": "repo:* blob:*/*", "asked": [["repo", {"collection": "a.b.c", "action": "create"}]]}
//                                  whether the held permissions allow all that is asked
//
// Before that, a line with its version. It is the package that the installed PDS itself uses.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const installed = createRequire(path.join(process.env.ATPROTO_REAL, 'net', 'package.json'))
const entry = createRequire(installed.resolve('@atproto/pds')).resolve('@atproto/oauth-scopes')
const { isAtprotoOauthScope, normalizeAtprotoOauthScopeValue, ScopePermissionsTransition } = await import(
  pathToFileURL(entry).href
)

const METHODS = { repo: 'allowsRepo', rpc: 'allowsRpc', blob: 'allowsBlob', account: 'allowsAccount', identity: 'allowsIdentity' }

function normal(text) {
  try {
    return isAtprotoOauthScope(text) ? normalizeAtprotoOauthScopeValue(text) : null
  } catch (error) {
    // A positional part that is not percent-encoded UTF-8.
    if (error instanceof URIError) return null
    throw error
  }
}

function allows({ held, asked }) {
  const permissions = new ScopePermissionsTransition(held)
  return asked.every(([resource, options]) => permissions[METHODS[resource]](options))
}

function answer(line) {
  const question = JSON.parse(line)
  return JSON.stringify(typeof question === 'string' ? normal(question) : allows(question))
}

const { version } = JSON.parse(readFileSync(path.join(path.dirname(entry), '..', 'package.json'), 'utf8'))
process.stdout.write(`${JSON.stringify(version)}\n`)

let rest = ''
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop()
  if (lines.length) process.stdout.write(lines.map((line) => `${answer(line)}\n`).join(''))
}
