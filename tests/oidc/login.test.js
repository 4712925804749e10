// A parent logs in with a broker that somebody else wrote, in a browser without scripts and in one with them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { chromium } from 'playwright-core';

import { askFamily } from '../browser/lib/partner.js';
import { portalUrl } from '../browser/lib/service.js';
import { LEVELS, startBroker } from './broker.js';

const PIN = '274951';
const issuer = told('TREFPUNT_OIDC__ISSUER');
const origin = new URL(portalUrl).origin;
let browser;
let broker;
let portalKey;

before(async () => {
  portalKey = named(createPublicKey(readFileSync(told('TREFPUNT_OIDC__PRIVATE_KEY_FILE'))).export({ format: 'jwk' }));
  const tls = { cert: readFileSync(told('BROKER_CERTIFICATE')), key: readFileSync(told('BROKER_KEY')) };
  broker = await startBroker({ issuer, tls, portal: origin, portalKey });
  browser = await chromium.launch({
    executablePath: told('TREFPUNT_CHROMIUM'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  });
});
after(async () => {
  await browser?.close();
  await broker?.stop();
});

/** A key with its name (RFC 7638). */
function named({ crv, kty, x, y }) {
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { crv, kty, x, y, kid };
}

/** Somebody with a letter who came in with its code and chose a PIN. */
async function parent(code, options = {}) {
  const context = await browser.newContext({ locale: 'nl-NL', ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(portalUrl);
  await page.locator('input[name=code]').fill(code);
  await submit(page, 'form[action="/portal/code"]');
  await page.locator('input[name=pincode]').fill(PIN);
  await page.locator('input[name=pincode2]').fill(PIN);
  await submit(page, 'form[action="/portal/pincode"]');
  [page.key] = (await page.getByRole('main').innerText()).match(/([0-9A-Z]{4}-){3}[0-9A-Z]{4}/);
  await submit(page, 'form[action="/portal/sleutel"]');
  return page;
}

/** The same person in another session. */
async function comesBack(page) {
  await page.goto(portalUrl);
  await page.locator('input[name=sleutel]').fill(page.key);
  await page.locator('input[name=pincode]').fill(PIN);
  await submit(page, 'form[action="/portal/terug"]');
}

async function submit(page, form) {
  await page.locator(`${form} button[type=submit]`).click();
  await page.waitForLoadState();
}

const heading = (page) => page.getByRole('heading', { level: 1 }).innerText();

/** From the portal to the broker's own page. Nothing is clicked after the portal's button. */
async function toBroker(page) {
  await page.goto(`${origin}/portal/inloggen`);
  assert.equal(await heading(page), 'Inloggen met DigiD');
  await submit(page, 'form[action="/portal/inloggen"]');
  await page.waitForURL((url) => url.origin === issuer);
  assert.equal(await heading(page), 'Wie bent u?');
}

async function logIn(page, choice) {
  await toBroker(page);
  await page.getByRole('link', { name: choice }).click();
  await page.waitForURL((url) => url.origin === origin);
}

const request = (page) => page.goto(`${origin}/portal/verzoek`);

it('is shown to the operator: the broker answers, and which key it must know', async () => {
  const { TREFPUNT_BIN, TREFPUNT_DEMO_DIR, TREFPUNT_CHROMIUM, ...env } = process.env;
  const doctor = spawn(TREFPUNT_BIN, ['doctor', '--json', '--config', `${TREFPUNT_DEMO_DIR}/trefpunt.toml`], { env });
  const stdout = await text(doctor.stdout);
  const found = JSON.parse(stdout).find(({ check }) => check === 'log-in');
  assert.ok(found.good, found.detail);
  assert.ok(found.detail.startsWith(`DigiD at ${issuer} answers`), found.detail);
  assert.deepEqual(JSON.parse(found.detail.slice(found.detail.indexOf('{'))), { ...portalKey, alg: 'ES256', use: 'sig' });
});

for (const [how, options] of [
  ['without scripts', { javaScriptEnabled: false }],
  ['with scripts', {}],
]) {
  describe(`a parent in a browser ${how}`, () => {
    it('logs in, and what they decide then is recorded as sure as that', async () => {
      const family = await askFamily();
      const page = await parent(family.guardians[0], options);
      const sent = [];
      page.on('request', (asked) => sent.push(asked));
      await logIn(page, 'els substantial');

      assert.equal(page.url(), `${origin}/portal/ingelogd`, 'neither code nor state stays in the address');
      assert.equal(await heading(page), 'Terug in Trefpunt');
      const back = sent.find((asked) => asked.url().startsWith(`${origin}/portal/ingelogd?`));
      const cookies = (await back.allHeaders()).cookie ?? '';
      assert.ok(cookies.includes('trefpunt-inloggen=') && !/(^|; )(__Host-)?trefpunt=/.test(cookies), cookies.replace(/=\S+/g, ''));

      await page.getByRole('link', { name: 'Verder' }).click();
      assert.equal(await heading(page), 'U bent ingelogd');
      const kept = (await page.context().cookies(origin)).map(({ name, sameSite }) => `${name} ${sameSite}`);
      assert.ok(!kept.some((cookie) => cookie.includes('inloggen')), kept.join());

      await page.getByRole('link', { name: 'Alles over uw kind' }).click();
      assert.equal(new URL(page.url()).pathname, '/portal/alles');

      await request(page);
      await page.locator('button[name=keuze][value=ja]').click();
      const seen = await family.record();
      assert.equal(seen.assurance, 'oidc');
      await page.context().close();
    });

    it('is asked for who they are and nothing beside', async () => {
      const asked = broker.asked.at(-1);
      assert.equal(asked.scope, 'openid');
      assert.equal(asked.code_challenge_method, 'S256');
      assert.equal(asked.prompt, 'login');
      assert.deepEqual(asked.acr_values.split(' '), [LEVELS.substantial, LEVELS.high]);
      assert.equal(asked.ui_locales, 'nl');
      for (const more of ['claims', 'login_hint', 'id_token_hint', 'request']) assert.equal(asked[more], undefined, more);
    });
  });
}

describe('who is not sure enough, not the same, or not willing', () => {
  let page;
  let family;
  before(async () => {
    family = await askFamily({ guardians: 2 });
    page = await parent(family.guardians[0]);
  });

  it('is told so, and nothing else changes', async () => {
    for (const choice of ['els low', 'Annuleren']) {
      await logIn(page, choice);
      assert.equal(await heading(page), 'Het inloggen is niet gelukt', choice);
      await page.getByRole('link', { name: 'Opnieuw inloggen' }).click();
      assert.equal(await heading(page), 'Inloggen met DigiD', 'not logged in');
    }
  });

  it('cannot use an answer twice, nor one of somebody else', async () => {
    const answers = [];
    page.on('request', (asked) => asked.url().startsWith(`${origin}/portal/ingelogd?`) && answers.push(asked.url()));
    await logIn(page, 'els high');
    assert.equal(await heading(page), 'Terug in Trefpunt');
    await page.goto(answers[0]);
    assert.equal(await heading(page), 'Het inloggen is niet gelukt');

    const other = await parent(family.guardians[1]);
    await other.goto(answers[0]);
    assert.equal(await heading(other), 'Het inloggen is niet gelukt');
    // Not even one that nobody used yet: the answer belongs to the browser that asked.
    await toBroker(other);
    other.on('request', (asked) => asked.url().startsWith(`${origin}/portal/ingelogd?`) && answers.push(asked.url()));
    await other.context().clearCookies({ name: 'trefpunt-inloggen' });
    await other.getByRole('link', { name: 'bram substantial' }).click();
    await other.waitForURL((url) => url.origin === origin);
    assert.equal(await heading(other), 'Het inloggen is niet gelukt');
    await comesBack(page);
    await toBroker(page);
    await page.goto(answers.at(-1));
    assert.equal(await heading(page), 'Het inloggen is niet gelukt');
    await other.context().close();
  });

  it('must be who it was before', async () => {
    await comesBack(page);
    await logIn(page, 'bram high');
    assert.equal(await heading(page), 'Eerder logde iemand anders in');
    await logIn(page, 'els substantial');
    assert.equal(await heading(page), 'Terug in Trefpunt');
  });

  it('leaves the broker nothing to complain about', () => {
    assert.deepEqual(
      broker.refused.filter((message) => !/did not want to|access_denied/.test(message)),
      [],
    );
  });
});

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: start the tests with tests/oidc/run`);
  return value;
}
