// Uses the page at /set-password as a person would: opens a one-time link, is told what is wrong,
// sets a password, signs in with it, and opens the link a second time. Nothing may be asked of any
// other host, and the token may stand in no address that is asked for.
//
// PLAYWRIGHT: where playwright-core is installed; CHROMIUM: the browser.
// usage: node password_page.mjs BASE_URL EMAIL PASSWORD SCREENSHOT   (of an admin)

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
const NEW = 'paper boat on a long river';
const person = `link-${Date.now()}@example.edu`;

function demand(fact, what) {
  if (!fact) throw new Error(`the page at /set-password: ${what}`);
}

async function post(path, body, headers = {}) {
  const answer = await fetch(base + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}

/** Imports somebody; answers the link, at the address that is tested. */
async function newLink() {
  const session = (await post('/auth/login', { email, password })).body;
  const headers = {
    Authorization: `Bearer ${session.access_token}`, 'X-Org-Id': session.organizations[0].id,
  };
  const csv = `email,full_name,roles\n${person},Lin K,student\n`;
  const done = await post('/members/import', { csv, preview: false }, headers);
  demand(done.status === 200, `POST /members/import answers ${done.status}`);
  const { pathname, hash } = new URL(done.body.people[0].link);
  return base + pathname + hash;
}

const link = await newLink();
const profile = mkdtempSync(join(tmpdir(), 'pret-chromium-'));
const asked = [];
const complaints = [];
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
  viewport: { width: 720, height: 720 },
});
try {
  context.setDefaultTimeout(20_000);
  const page = context.pages()[0] ?? (await context.newPage());
  context.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    // That a link which was used is refused is told by the browser, too.
    const refused = message.text().includes('401');
    if (message.type() === 'error' && !refused) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const message = page.locator('#message');
  const says = (words) => message.filter({ hasText: words }).waitFor();
  const fill = async (first, second) => {
    await page.getByLabel('New password').fill(first);
    await page.getByLabel('The same once more').fill(second);
    await page.getByRole('button', { name: 'Set password' }).click();
  };

  await page.goto(`${base}/set-password`);
  await says('not whole');
  demand(await page.locator('#form').isHidden(), 'without a token there is a form');
  await page.goto(link);
  await fill('too short', 'too short');
  await says('this has 9');
  await fill(NEW, `${NEW}!`);
  await says('not the same');
  await page.screenshot({ path: screenshot });
  await fill(NEW, NEW);
  await says('Your password is set');
  demand(new URL(page.url()).hash === '', 'the used token stays in the address');
  const signedIn = await post('/auth/login', { email: person, password: NEW });
  demand(signedIn.status === 200, `signing in answers ${signedIn.status}`);
  await page.goto('about:blank');
  await page.goto(link);
  await fill(NEW, NEW);
  await says('used already');

  demand(complaints.length === 0, `the browser complains: ${complaints.join(' | ')}`);
  const token = new URL(link).hash.slice(1);
  // What a browser calls the URL of a page holds the fragment, which it never sends.
  const sent = asked.map((url) => url.split('#')[0]);
  demand(sent.every((url) => !url.includes(token)), 'the token is part of an address');
  const strangers = sent.filter((url) => /^(https?|wss?):/.test(url) && !url.startsWith(base));
  demand(strangers.length === 0, `it asks others: ${strangers.join(' ')}`);
  console.log(`/set-password set the first password of ${person}, once; ${screenshot}`);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
