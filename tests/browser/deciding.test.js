// What a parent does at the portal, and what the organisations then see.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { askFamily, askedBy, parties } from './lib/partner.js';
import { portalUrl, printedCodes } from './lib/service.js';
import { ACT, READ } from './lib/walk.js';
import { openBrowser, visitor } from './lib/visitor.js';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

describe('a guardian with a letter', () => {
  it('reads who asks and gives consent, in a browser without scripts', async () => {
    const family = await askFamily({ guardians: 2 });
    const [first, second] = [
      await visitor(browser, { javaScriptEnabled: false }),
      await visitor(browser, { javaScriptEnabled: false }),
    ];

    await first.enter(family.guardians[0]);
    assert.equal(await first.heading(), 'Mogen deze instanties overleggen over uw kind?');
    const page = await first.text();
    assert.ok(page.startsWith(`Mogen deze instanties overleggen over uw kind? ${askedBy} vraagt uw toestemming.`), page);
    for (const party of parties) assert.ok(page.includes(party), party);

    await first.press('Ja, ik geef toestemming');
    assert.equal(await first.heading(), 'U heeft ja gezegd');
    assert.deepEqual(await family.seen(), { state: 'requested', open: false }, 'not even that somebody agreed');

    await second.enter(family.guardians[1]);
    await second.press('Ja, ik geef toestemming');
    assert.equal(await second.heading(), 'De toestemming is gegeven');
    assert.deepEqual(await family.seen(), { state: 'given', open: true });

    await first.page.reload();
    assert.equal(await first.heading(), 'De toestemming is gegeven');
    await Promise.all([first.leave(), second.leave()]);
  });

  it('can type the code in small letters and without hyphens', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    await guardian.enter(` ${family.guardians[0].toLowerCase().replaceAll('-', ' ')} `);
    assert.equal(guardian.path(), '/portal/verzoek');
    await guardian.leave();
  });

  it('says no, and nobody learns who', async () => {
    const family = await askFamily({ guardians: 2 });
    const [first, second] = [await visitor(browser), await visitor(browser)];
    await first.enter(family.guardians[0]);
    await first.press('Nee, ik geef geen toestemming');
    assert.equal(await first.heading(), 'U heeft nee gezegd');
    assert.deepEqual(await family.seen(), { state: 'refused', open: false });

    await second.enter(family.guardians[1]);
    assert.equal(await second.heading(), 'De toestemming is niet gegeven');
    assert.equal(await second.page.getByRole('button', { name: /^Ja/ }).count(), 0);
    await Promise.all([first.leave(), second.leave()]);
  });

  it('withdraws in two clicks from the page of the request', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser, { javaScriptEnabled: false });
    await guardian.enter(family.guardians[0]);
    await guardian.press('Ja, ik geef toestemming');
    assert.deepEqual(await family.seen(), { state: 'given', open: true });

    guardian.clicks = 0;
    await guardian.press('Toestemming intrekken');
    assert.deepEqual(await family.seen(), { state: 'given', open: true }, 'the first click only asks');
    await guardian.press('Toestemming intrekken');
    assert.equal(guardian.clicks, 2);
    assert.equal(await guardian.heading(), 'De toestemming is ingetrokken');
    assert.deepEqual(await family.seen(), { state: 'withdrawn', open: false });
    await guardian.leave();
  });

  it('takes a yes back in two clicks while others still have to choose', async () => {
    const family = await askFamily({ guardians: 2 });
    const guardian = await visitor(browser);
    await guardian.enter(family.guardians[0]);
    await guardian.press('Ja, ik geef toestemming');
    guardian.clicks = 0;
    await guardian.press('Mijn ja terugnemen');
    await guardian.press('Ja terugnemen');
    assert.equal(guardian.clicks, 2);
    assert.equal(await guardian.heading(), 'U heeft nee gezegd');
    assert.deepEqual(await family.seen(), { state: 'refused', open: false });
    await guardian.leave();
  });

  it('logs out, comes back with the return key, and the way back in the browser shows nothing', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    await guardian.enter(family.guardians[0]);
    await guardian.press('Uitloggen');
    assert.equal(await guardian.heading(), 'U bent uitgelogd');
    assert.deepEqual(await sessions(guardian), []);
    await guardian.page.goBack();
    assert.equal(await guardian.heading(), 'Vul uw code in');
    assert.ok(!(await guardian.page.content()).includes(askedBy));

    await guardian.comesBack();
    assert.equal(await guardian.heading(), 'Mogen deze instanties overleggen over uw kind?');
    await guardian.leave();
  });
});

describe('a young person of 16', () => {
  it('decides alone', async () => {
    const family = await askFamily({ ageBand: 'from16', guardians: 0 });
    assert.deepEqual(family.guardians, []);
    const youngPerson = await visitor(browser);
    await youngPerson.enter(family.youngPerson);
    assert.equal(await youngPerson.heading(), 'Mogen deze instanties overleggen over jou?');
    await youngPerson.press('Ja, ik geef toestemming');
    assert.deepEqual(await family.seen(), { state: 'given', open: true });
    await youngPerson.leave();
  });
});

describe('who tries the demonstration', () => {
  it('comes in with either of the codes it prints', async () => {
    const codes = printedCodes();
    assert.equal(codes.length, 2);
    for (const code of codes) {
      const guardian = await visitor(browser);
      await guardian.enter(code);
      assert.equal(await guardian.heading(), 'Mogen deze instanties overleggen over uw kind?');
      await guardian.leave();
    }
  });
});

describe('a code that does not work', () => {
  it('is told on the same page, at the top and at the field, and repeated nowhere', async () => {
    const family = await askFamily();
    // One sign is different, so that it could be a slip of the pen.
    const [code] = family.guardians;
    const wrong = code.slice(0, -1) + (code.endsWith('7') ? '8' : '7');
    const guardian = await visitor(browser, { javaScriptEnabled: false });
    await guardian.enter(wrong);

    assert.equal(await guardian.heading(), 'Vul uw code in');
    assert.ok(!guardian.page.url().includes('?'), guardian.page.url());
    assert.match(await guardian.page.title(), /^Fout: /);
    const content = (await guardian.page.content()).toUpperCase();
    for (const form of [wrong, wrong.replaceAll('-', '')]) assert.ok(!content.includes(form));
    const field = guardian.page.getByLabel('Code uit uw brief');
    assert.equal(await field.inputValue(), '');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');

    const summary = guardian.page.getByRole('alert');
    assert.ok(await summary.evaluate((element) => element === document.activeElement), 'the summary has the focus');
    await summary.getByRole('link').click();
    assert.ok(await field.evaluate((element) => element === document.activeElement), 'its link leads to the field');
    assert.deepEqual(await sessions(guardian), []);
    await guardian.leave();
  });
});

describe('opening a link', () => {
  it('uses up no code and decides nothing, whatever looks at it first', async () => {
    const family = await askFamily();
    const [code] = family.guardians;
    const scanner = await visitor(browser);
    await lookEverywhere(scanner, `?code=${code}`);
    assert.deepEqual(await sessions(scanner), []);
    await scanner.leave();
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });

    const guardian = await visitor(browser);
    await guardian.enter(code);
    await lookEverywhere(guardian, '?keuze=ja');
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });

    await guardian.open('/verzoek');
    await guardian.press('Ja, ik geef toestemming');
    await lookEverywhere(guardian);
    assert.deepEqual(await family.seen(), { state: 'given', open: true });
    await guardian.open('/verzoek');
    assert.equal(await guardian.heading(), 'De toestemming is gegeven');
    await guardian.leave();
  });

  it('from another site cannot decide either, nor can a form that is sent from there', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    await guardian.enter(family.guardians[0]);
    const token = await guardian.page.locator('form[action="/portal/besluit"] input[name=token]').inputValue();
    // Even with the token: `localhost` is another site than 127.0.0.1.
    const form = `<form method="post" action="${portalUrl}/besluit"><input name="token" value="${token}">
      <button name="keuze" value="ja">Win een fiets</button></form>`;
    const elsewhere = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(form));
    await new Promise((listening) => elsewhere.listen(0, '127.0.0.1', listening));

    const tab = await guardian.context.newPage();
    await tab.goto(`http://localhost:${elsewhere.address().port}/`);
    const [sent] = await Promise.all([
      tab.waitForResponse((answer) => answer.url() === `${portalUrl}/besluit`),
      tab.getByRole('button').click(),
    ]);
    assert.equal(sent.status(), 403);
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });
    elsewhere.close();
    await guardian.context.close();
  });
});

/** The cookies of sessions; that of the language says nothing. */
const sessions = async (somebody) => (await somebody.cookies()).filter(({ name }) => name !== 'taal');

/** Every address with GET and HEAD, with the visitor's cookie and without following anything. */
async function lookEverywhere({ context }, query = '') {
  for (const path of new Set([...READ, ...ACT])) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await context.request.fetch(`${portalUrl}${path}${query}`, { method, maxRedirects: 0 });
      // Where there is nothing to fetch, there is no page of it.
      const expected = READ.includes(path) ? [200, 303, 404] : [405];
      assert.ok(expected.includes(answer.status()), `${method} ${path}: ${answer.status()}`);
    }
  }
}
