// The portal from the letter on, as the family uses it: in a browser without scripts, in Dutch and in Arabic, across
// a birthday. Codes come out of letters as they are printed. With a keyboard alone: accessible.test.js.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { letter } from './lib/letter.js';
import { Network, askedBy, letterOfSignal } from './lib/partner.js';
import { demonstration, sandbox } from './lib/service.js';
import { openBrowser, visitor } from './lib/visitor.js';

const WITHOUT_SCRIPTS = { javaScriptEnabled: false };
const YES = ['keuze', 'ja'];
const NO = ['keuze', 'nee'];

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const network = new Network(demonstration);

/** A guardian with the letter of this code, who read the code off the paper and came in with it. */
async function withLetter(code, { language = 'nl', ...options } = {}) {
  const printed = await letter(network.asker, code, language);
  const reader = await visitor(browser, { ...WITHOUT_SCRIPTS, ...options });
  await reader.open(language === 'nl' ? '' : `?taal=${language}`);
  await reader.comesIn(printed.code);
  return reader;
}

describe('a letter', () => {
  it('holds the code and the address, and its square leads to the address alone', async () => {
    const { guardians } = await network.askFamily();
    const printed = await letter(network.asker, guardians[0], 'nl');
    assert.equal(printed.code, guardians[0]);
    assert.ok(printed.text.includes(askedBy), printed.text);
    for (const partner of [network.other.name]) assert.ok(!printed.text.includes(partner), 'a letter names only its issuer');
    assert.deepEqual(printed.squares, [demonstration.portalUrl]);
  });

  it('leads to a code, a PIN, a key to come back with, the question, and a yes', async () => {
    const family = await network.askFamily();
    const guardian = await withLetter(family.guardians[0]);
    assert.equal(guardian.path(), '/portal/verzoek');
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });
    await guardian.send('/besluit', {}, YES);
    assert.equal(await guardian.heading(), 'De toestemming is gegeven');
    assert.deepEqual(await family.seen(), { state: 'given', open: true });

    // The code is spent; the key with the PIN is the way back.
    await guardian.leaves();
    const finder = await visitor(browser, WITHOUT_SCRIPTS);
    await finder.open();
    await finder.send('/code', { code: family.guardians[0] });
    assert.equal(finder.path(), '/portal/code', 'a letter that was used opens nothing to whoever finds it');
    await finder.leave();
    await guardian.comesBack();
    assert.equal(await guardian.heading(), 'De toestemming is gegeven');
    await guardian.leave();
  });
});

describe('two guardians, one after the other', () => {
  it('each see how it stands, and nothing of each other', async () => {
    const family = await network.askFamily({ guardians: 2 });
    const second = await withLetter(family.guardians[1]);
    const asked = await second.text();
    const first = await withLetter(family.guardians[0]);
    await first.send('/besluit', {}, YES);
    assert.equal(await first.heading(), 'U heeft ja gezegd');

    await second.open('/verzoek');
    assert.equal(await second.text(), asked, 'that another said yes changes nothing');
    // A party that looks is a line on the page.
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });
    await second.send('/besluit', {}, YES);
    assert.equal(await second.heading(), 'De toestemming is gegeven');
    await first.open('/verzoek');
    assert.equal(await first.heading(), 'De toestemming is gegeven');
    await Promise.all([first.leave(), second.leave()]);
  });

  it('of whom one says no, lead to a no, and nobody is told whose', async () => {
    const family = await network.askFamily({ guardians: 2 });
    const [first, second] = [await withLetter(family.guardians[0]), await withLetter(family.guardians[1])];
    await first.send('/besluit', {}, NO);
    assert.equal(await first.heading(), 'U heeft nee gezegd');
    await second.open('/verzoek');
    assert.equal(await second.heading(), 'De toestemming is niet gegeven');
    assert.deepEqual(await family.seen(), { state: 'refused', open: false });
    await Promise.all([first.leave(), second.leave()]);
  });
});

describe('taking consent back', () => {
  it('takes two clicks, and who is long away no more than three steps', async () => {
    const family = await network.askFamily();
    const guardian = await withLetter(family.guardians[0]);
    await guardian.send('/besluit', {}, YES);
    // The session is over, as it is after two hours.
    await guardian.context.clearCookies();
    await guardian.open('/intrekken');
    assert.equal(guardian.path(), '/portal');
    guardian.clicks = 0;
    await guardian.comesBack();
    await guardian.press('Toestemming intrekken');
    await guardian.press('Toestemming intrekken');
    assert.equal(guardian.clicks, 3);
    assert.equal(await guardian.heading(), 'De toestemming is ingetrokken');
    assert.deepEqual(await family.seen(), { state: 'withdrawn', open: false });
    await guardian.leave();
  });
});

describe('on the twelfth birthday', () => {
  it('the young person is asked too, and what the guardian said stays', async () => {
    const service = sandbox();
    const played = new Network(service);
    const { now } = await clock(played);
    const birthday = new Date(Date.parse(now) + 10 * 86_400_000).toISOString().slice(0, 10);
    const family = await played.askFamily({ nextBoundaryOn: birthday });
    const [guardian, young] = [
      await visitor(browser, { ...WITHOUT_SCRIPTS, service }),
      await visitor(browser, { ...WITHOUT_SCRIPTS, service }),
    ];
    await guardian.open();
    await guardian.comesIn(family.guardians[0]);
    await young.open();
    await young.send('/code', { code: family.youngPerson });
    assert.equal(young.path(), '/portal/code', 'before the birthday the letter of the young person opens nothing');

    await played.asker.post('/v1/sandbox/clock', { to: `${birthday}T12:00:00+02:00` });
    // Who had the page open before answers the question that is asked now.
    await guardian.open('/verzoek');
    await guardian.send('/besluit', {}, YES);
    assert.deepEqual(await family.seen(), { state: 'requested', open: false });
    await young.open();
    await young.comesIn(family.youngPerson);
    assert.equal(await young.heading(), 'Mogen deze instanties overleggen over jou?');
    await young.send('/besluit', {}, YES);
    assert.deepEqual(await family.seen(), { state: 'given', open: true });
    await Promise.all([guardian.leave(), young.leave()]);
  });
});

async function clock(played) {
  return played.asker.get('/v1/sandbox/clock');
}

describe('an objection', () => {
  it('is made with the letter of a signal, shows how far it is, and says why and where to go when it is rejected', async () => {
    const { code } = await letterOfSignal();
    const guardian = await withLetter(code);
    assert.equal(guardian.path(), '/portal/kind');
    await guardian.open('/bezwaar');
    await guardian.send('/bezwaar');
    assert.equal(guardian.path(), '/portal/bezwaar');
    const made = await guardian.text();
    const { items } = await network.municipality.get('/v1/objections?limit=1');
    await network.asker.post(`/v1/objections/${items[0].id}/advices`, { advice: 'keep_signal' });
    const decision = { outcome: 'rejected', reasons: ['ground_stands'] };
    await network.municipality.post(`/v1/objections/${items[0].id}/decisions`, decision);
    await guardian.page.reload();
    const decided = await guardian.text();
    assert.ok(!/rechter/.test(made) && /rechter/.test(decided), decided);
    await guardian.leave();
  });

  it('can be taken back', async () => {
    const { code } = await letterOfSignal();
    const guardian = await withLetter(code);
    await guardian.open('/bezwaar');
    await guardian.send('/bezwaar');
    await guardian.send('/bezwaar/intrekken');
    const { items } = await network.municipality.get('/v1/objections?limit=1');
    assert.equal(items[0].state, 'withdrawn');
    await guardian.leave();
  });
});

describe('in Arabic', () => {
  it('everything from the letter to the yes is read from right to left, and the record says so', async () => {
    const family = await network.askFamily({ language: 'ar' });
    const guardian = await withLetter(family.guardians[0], { language: 'ar', locale: 'ar' });
    const root = guardian.page.locator('html');
    assert.deepEqual([await root.getAttribute('lang'), await root.getAttribute('dir')], ['ar', 'rtl']);
    assert.match(await guardian.heading(), /[\u0600-\u06ff]/);
    await guardian.send('/besluit', {}, YES);
    assert.deepEqual(await family.seen(), { state: 'given', open: true });
    assert.equal((await family.record()).language, 'ar');
    await guardian.leave();
  });
});
