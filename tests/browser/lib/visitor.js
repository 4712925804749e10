// Somebody at the portal with a browser of their own. Whatever a test does with it, the visitor notes what every answer
// carried and what every page asked for; `leave` holds that against what the portal promises.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

import { demonstration } from './service.js';

const CHROMIUM = {
  executablePath: process.env.TREFPUNT_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    // The tests may run as root, where the sandbox cannot; the only site they open is our own.
    '--no-sandbox',
    '--disable-gpu',
    // A container's /dev/shm is small.
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Grey edges of letters, the same on every screen, for the gallery.
    '--disable-lcd-text',
  ],
};

/** How long a page may take before a test gives up, in milliseconds. */
const PATIENCE = 10_000;

/** The PIN that visitors choose. */
export const PIN = '274951';

/** A phone. */
export const PHONE = { width: 360, height: 740 };

export const openBrowser = () => chromium.launch(CHROMIUM);

/**
 * A visitor with a fresh browser: no cookies, nothing kept. Options are those of a Playwright context, and `service`: whose
 * portal it is.
 */
export async function visitor(browser, { service = demonstration, ...options } = {}) {
  const context = await browser.newContext({ locale: 'nl-NL', viewport: PHONE, ...options });
  context.setDefaultTimeout(PATIENCE);
  return new Visitor(service, context, await context.newPage());
}

class Visitor {
  constructor(service, context, page) {
    this.service = service;
    this.context = context;
    this.page = page;
    /** Clicks since it was last set to 0. */
    this.clicks = 0;
    this.faults = [];
    context.on('request', (request) => this.note(request.url(), this.askedFault(request)));
    /** Checks of answers that are still under way. */
    this.checks = [];
    context.on('response', (answer) => this.checks.push(this.checkAnswer(answer)));
    page.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text())) this.note(page.url(), message.text());
    });
    page.on('pageerror', (error) => this.note(page.url(), error.message));
  }

  /** Opens an address of the portal. */
  open(path = '') {
    return this.page.goto(this.service.portalUrl + path);
  }

  /** Opens the start and comes in with a code, as far as it leads. */
  async enter(code) {
    await this.open();
    await this.comesIn(code);
  }

  /** Types the code as it stands in the letter; where it opens, chooses a PIN, keeps the return key and goes on. */
  async comesIn(code) {
    await this.send('/code', { code });
    if (this.path() !== '/portal/pincode') return;
    await this.send('/pincode', { pincode: PIN, pincode2: PIN });
    this.key = await this.shownKey();
    await this.send('/sleutel');
  }

  /** The return key that this page shows. */
  async shownKey() {
    const [, key] = (await this.text()).match(/\b((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\b/) ?? [];
    return key ?? assert.fail('no return key is shown');
  }

  /** Comes in again with the return key and the PIN. */
  async comesBack(pin = PIN) {
    await this.open();
    await this.send('/terug', { sleutel: this.key, pincode: pin });
  }

  /** Fills in the form that goes to this address and sends it, whatever the language of the page. */
  async send(action, fields = {}, choice) {
    const form = this.page.locator(`form[action="/portal${action}"]`);
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value);
    const button = choice ? `button[name="${choice[0]}"][value="${choice[1]}"]` : 'button';
    this.clicks += 1;
    await form.locator(button).click();
    await this.page.waitForLoadState();
  }

  /** Ends the session. */
  leaves() {
    return this.send('/afsluiten');
  }

  /** Clicks the button or link of this name. */
  async press(name) {
    const control = this.page.getByRole('button', { name, exact: true }).or(this.page.getByRole('link', { name, exact: true }));
    this.clicks += 1;
    await control.click();
    await this.page.waitForLoadState();
  }

  heading() {
    return this.page.getByRole('heading', { level: 1 }).innerText().then(oneLine);
  }

  /** The words of the page itself, without its header and footer. */
  text() {
    return this.page.getByRole('main').innerText().then(oneLine);
  }

  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  cookies() {
    return this.context.cookies();
  }

  /** Closes the browser. Fails when any page on the way broke a promise. */
  async leave() {
    await Promise.all(this.checks);
    await this.context.close();
    assert.deepEqual(this.faults, []);
  }

  note(url, fault) {
    if (fault) this.faults.push(`${url}: ${fault}`);
  }

  askedFault(request) {
    if (new URL(request.url()).origin !== this.service.origin) return 'goes to a third party';
    if (['script', 'fetch', 'xhr', 'websocket', 'eventsource', 'ping'].includes(request.resourceType())) {
      return `a page made a request of type ${request.resourceType()}`;
    }
    return null;
  }

  async checkAnswer(answer) {
    try {
      this.note(answer.url(), await this.answerFault(answer));
    } catch (error) {
      // Who closes the browser without leaving has asked for no checks.
      if (!/has been closed/.test(error.message)) this.note(answer.url(), error.message);
    }
  }

  async answerFault(answer) {
    const headers = await answer.allHeaders();
    const policy = headers['content-security-policy'] ?? '';
    const missing = ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"].filter(
      (directive) => !policy.includes(directive),
    );
    if (missing.length > 0) return `the content security policy lacks ${missing}`;
    if (/script-src|unsafe|\*|http/.test(policy)) return `the content security policy allows too much: ${policy}`;
    if (headers['x-content-type-options'] !== 'nosniff') return 'may be taken for another media type';
    const isAsset = new URL(answer.url()).pathname.startsWith('/portal/assets/');
    if (!isAsset && headers['cache-control'] !== 'no-store') return 'may be kept by a cache';
    if (!isAsset && headers['referrer-policy'] !== 'no-referrer') return 'tells others where a reader came from';
    return null;
  }
}

/** What on the page could run: scripts, handlers, styles in the page itself. There is none of it. */
export function whatRuns(page) {
  return page.evaluate(() => {
    const found = [...document.querySelectorAll('script, style, iframe, object, embed, base, [style]')];
    for (const element of document.querySelectorAll('*')) {
      const runs = ({ name, value }) => name.startsWith('on') || /^\s*javascript:/i.test(value);
      if ([...element.attributes].some(runs)) found.push(element);
    }
    return found.map((element) => element.outerHTML.slice(0, 120));
  });
}

/** Every address of the portal, other than its own, that a page leads to or sends a form to. */
export function whereItLeads(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('a[href], form[action]')]
      .map((element) => new URL(element.href ?? element.action))
      .filter((url) => url.origin === location.origin && url.pathname !== location.pathname)
      .map((url) => url.pathname),
  );
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
