// One TLS listener in front of everything, with a certificate authority of its own.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as send } from 'node:http'
import { createServer } from 'node:https'
import path from 'node:path'

// `backend(host)` is the loopback server behind a name, or undefined.
export async function startFront({ folder, names, backend }) {
  const { ca, key, cert } = certificate(folder, names)
  const server = createServer({ key, cert }, (request, response) => {
    const host = (request.headers.host ?? '').split(':')[0]
    const target = backend(host)
    if (target === undefined) return response.writeHead(421).end(`nothing is behind ${host}`)
    forward(request, response, new URL(target).port)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: server.address().port, ca }
}

function forward(request, response, port) {
  const { method, url: path } = request
  const headers = { ...request.headers, 'x-forwarded-proto': 'https' }
  const behind = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  })
  behind.on('error', (error) => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502).end(String(error))
  })
  request.pipe(behind)
}

function certificate(folder, names) {
  const file = (name) => path.join(folder, name)
  const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

  openssl('req', '-x509', ...newKey, '-days', '30', '-subj', '/CN=tests of atproto-oauth',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign',
    '-keyout', file('ca.key'), '-out', file('ca.pem'))
  openssl('req', ...newKey, '-subj', `/CN=${names[0]}`,
    '-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
    '-addext', 'extendedKeyUsage=serverAuth',
    '-keyout', file('server.key'), '-out', file('server.csr'))
  openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'),
    '-CAcreateserial', '-days', '30', '-copy_extensions', 'copy', '-out', file('server.pem'))

  const text = (name) => readFileSync(file(name), 'utf8')
  return { ca: text('ca.pem'), key: text('server.key'), cert: text('server.pem') }
}
