// Uses the page at /docs as a person would: signs in through it, authorizes with what it shows,
// executes GET /me, and reads the 200 from it. Nothing may be asked of any other host.
//
// PLAYWRIGHT: where playwright-core is installed; CHROMIUM: the browser.
// usage: node docs_page.mjs BASE_URL EMAIL PASSWORD SCREENSHOT

import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [base, email, password, screenshot] = process.argv.slice(2);
const require = createRequire(join(process.env.PLAYWRIGHT, 'package.json'));
const { chromium } = require('playwright-core');

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

function demand(fact, what) {
  if (!fact) throw new Error(`the page at /docs: ${what}`);
}

/** The block of an operation, open and ready to be tried. */
async function open(page, method, path) {
  const block = page.locator('.opblock', {
    has: page.locator(`.opblock-summary-${method} [data-path="${path}"]`),
  });
  const body = block.locator('.opblock-body');
  if (!(await body.isVisible())) await block.locator('.opblock-summary').click();
  await body.waitFor();
  const attempt = block.locator('button.try-out__btn:not(.cancel):not(.reset)');
  if (await attempt.isVisible()) await attempt.click();
  return block;
}

/** Presses Execute; answers the status and the body as the page shows them. */
async function execute(block) {
  await block.locator('button.execute').click();
  const answer = block.locator('.live-responses-table tbody tr.response').first();
  await answer.waitFor();
  const status = (await answer.locator('.response-col_status').innerText()).trim().split(/\s/)[0];
  // The first block of code is the body, the second the headers.
  const shown = await answer.locator('.response-col_description .highlight-code code').first().innerText();
  return { status, body: JSON.parse(shown) };
}

async function signIn(page) {
  const login = await open(page, 'post', '/auth/login');
  await login.locator('textarea.body-param__text').fill(JSON.stringify({ email, password }));
  const answer = await execute(login);
  demand(answer.status === '200', `POST /auth/login shows ${answer.status}`);
  return answer.body;
}

/** Fills the dialog behind Authorize: the token, and the organization. */
async function authorize(page, token, organization) {
  await page.locator('button.authorize').first().click();
  const forms = page.locator('.modal-ux .auth-container');
  await forms.first().waitFor();
  for (const form of await forms.all()) {
    const text = await form.innerText();
    const value = /x-org-id/i.test(text) ? organization : token;
    await form.locator('input').fill(value);
    await form.locator('button.authorize').click();
  }
  await page.locator('.modal-ux button.btn-done').first().click();
}

const profile = mkdtempSync(join(tmpdir(), 'pret-chromium-'));
const asked = [];
const complaints = [];
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
  viewport: { width: 1280, height: 1600 },
});
try {
  context.setDefaultTimeout(20_000);
  const page = context.pages()[0] ?? (await context.newPage());
  context.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto(`${base}/docs/`);
  await page.locator('.opblock').first().waitFor();
  const operations = await page.locator('.opblock').count();
  const session = await signIn(page);
  const organization = session.organizations[0];
  await authorize(page, session.access_token, organization.id);
  const me = await open(page, 'get', '/me');
  const answer = await execute(me);
  await me.scrollIntoViewIfNeeded();
  await page.screenshot({ path: screenshot });

  demand(answer.status === '200', `GET /me shows ${answer.status}`);
  demand(JSON.stringify(answer.body).includes(email), 'GET /me shows somebody else');
  demand(complaints.length === 0, `the browser complains: ${complaints.join(' | ')}`);
  const strangers = asked.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).hostname !== '127.0.0.1');
  demand(strangers.length === 0, `it asks others: ${strangers.join(' ')}`);
  console.log(`/docs lists ${operations} operations; signed in to ${organization.name} through the page;`);
  console.log(`GET /me shows 200 for ${email}; ${asked.length} requests, all to 127.0.0.1; ${screenshot}`);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
