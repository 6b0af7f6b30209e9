// A person in headless Chromium. One line of JSON in, one line out, one at a time:
//
//   {"executable": …, "resolve": "MAP …", "javascript": true}     first, answered when it is open
//   {"call": "goto", "args": ["http://127.0.0.1:3000/"]}          → {"ok": …} or {"error": "…"}
//
// It closes when standard input does.
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'

const installed = createRequire(path.join(process.env.ATPROTO_REAL, 'browser', 'package.json'))
const { chromium } = installed('playwright-core')

const QUIET = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-domain-reliability',
  '--metrics-recording-only', '--no-default-browser-check',
  '--no-proxy-server',
]

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const setup = JSON.parse((await lines.next()).value)
const browser = await chromium.launch({
  executablePath: setup.executable,
  headless: true,
  chromiumSandbox: false,
  args: [...QUIET, `--host-resolver-rules=${setup.resolve}`],
})
const context = await browser.newContext({
  locale: 'en-US',
  // The authority of the test network is not in the system's store.
  ignoreHTTPSErrors: true,
  javaScriptEnabled: setup.javascript,
})
context.setDefaultTimeout(60_000)
const page = await context.newPage()

// Since last asked.
const requests = []
const complaints = []
page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
page.on('console', (message) => {
  // Chromium asks for it unasked.
  const icon = message.location().url.endsWith('/favicon.ico')
  if (message.type() === 'error' && !icon) complaints.push(message.text())
})
page.on('pageerror', (error) => complaints.push(String(error)))

const calls = {
  goto: async (url) => (await page.goto(url)).status(),
  fill: (selector, text) => page.fill(selector, text),
  check: (selector) => page.check(selector),
  uncheck: (selector) => page.uncheck(selector),
  click: (selector) => page.click(selector),
  follow: async (selector) => {
    // `click` may be over before the page that it leads to is there.
    await Promise.all([page.waitForEvent('load'), page.click(selector)])
  },
  press: (selector, key) => page.press(selector, key),
  waitFor: async (selector) => void (await page.waitForSelector(selector)),
  waitForUrl: (glob) => page.waitForURL(glob),
  count: (selector) => page.locator(selector).count(),
  text: (selector) => page.innerText(selector),
  html: () => page.content(),
  url: () => page.url(),
  evaluate: (expression) => page.evaluate(expression),
  cookies: () => context.cookies(),
  clearCookies: () => context.clearCookies(),
  screenshot: async (file) => void (await page.screenshot({ path: file, fullPage: true })),
  viewport: (width, height) => page.setViewportSize({ width, height }),
  requests: () => requests.splice(0),
  complaints: () => complaints.splice(0),
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)
say({ ok: browser.version() })
for await (const line of lines) {
  const { call, args } = JSON.parse(line)
  try {
    say({ ok: (await calls[call](...args)) ?? null })
  } catch (error) {
    say({ error: `${call}(${args.join(', ')}) at ${page.url()}: ${error.message}` })
  }
}
await browser.close()
