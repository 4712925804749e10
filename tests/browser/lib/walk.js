// A walk past every kind of page the portal has.

import { askFamily, letterOfSignal, municipality } from './partner.js';
import { visitor } from './visitor.js';

/** Addresses that are only read. What takes a part of its own is reached by a link. */
export const READ = [
  '',
  '/pincode',
  '/sleutel',
  '/verzoek',
  '/kind',
  '/alles',
  '/geschiedenis',
  '/gegevens.html',
  '/gegevens.json',
  '/gegevens.pdf',
  '/ontvangstbewijs.pdf',
  '/ontvangstbewijs.jsonld',
  '/intrekken',
  '/bezwaar',
  '/rechten',
  '/inzage',
  '/inzage.html',
  '/inzage.json',
  '/afgesloten',
  '/hulp',
  '/privacy',
  '/toegankelijkheid',
];

/** Addresses that act when a form is sent there. */
export const ACT = [
  '/code',
  '/terug',
  '/pincode',
  '/sleutel',
  '/besluit',
  '/intrekken',
  '/bezwaar',
  '/bezwaar/intrekken',
  '/rechten',
  '/rechten/intrekken',
  '/afsluiten',
];

/** Addresses that a page leads to: what is taken home, and the text as it was when it was asked. */
export const LED_TO = [
  '/gegevens.pdf',
  '/gegevens.html',
  '/gegevens.json',
  '/ontvangstbewijs.pdf',
  '/ontvangstbewijs.jsonld',
  '/tekst/2026-11-23',
];

const YES = ['keuze', 'ja'];
const NO = ['keuze', 'nee'];

/**
 * Goes to every kind of page, as a guardian, another guardian, a young person and somebody with the letter of a signal, and
 * shows it: `see(name, visitor)`. `options` are those of `visitor`. Nothing here depends on the language of the pages.
 */
export async function everyPage(browser, see, options) {
  await entering(browser, see, options);
  await asking(browser, see, options);
  await refusal(browser, see, options);
  await ofSignal(browser, see, options);
}

/** What everybody sees, and what does not open. */
async function entering(browser, see, options) {
  const stranger = await visitor(browser, options);
  const show = (name) => see(name, stranger);
  await stranger.open();
  await show('start');
  await stranger.open();
  await stranger.send('/code', { code: 'ABCD-1234-EFGH-5678' });
  await show('wrong-code');
  await stranger.open();
  await stranger.send('/terug', { sleutel: 'ABCD-1234-EFGH-5678', pincode: '902104' });
  await show('wrong-key');
  for (const [path, name] of [
    ['hulp', 'help'],
    ['privacy', 'privacy'],
    ['toegankelijkheid', 'accessibility'],
    ['bestaat-niet', 'not-found'],
  ]) {
    await stranger.open(`/${path}`);
    await show(name);
  }
  const { guardians } = await askFamily();
  await stranger.open();
  await stranger.send('/code', { code: guardians[0] });
  await show('choose-pin');
  await stranger.open('/pincode');
  await stranger.send('/pincode', { pincode: '123456', pincode2: '123456' });
  await show('easy-pin');
  await stranger.open('/pincode');
  await stranger.send('/pincode', { pincode: '274951', pincode2: '274951' });
  await show('return-key');
  const key = await stranger.shownKey();
  // Another tab has this one's cookie; what is sent there without a token of the session is refused.
  await stranger.page.locator('input[name="token"]').first().evaluate((field) => (field.value = 'x'));
  await stranger.send('/sleutel');
  await show('foreign-form');
  await municipality.post('/v1/letter-revocations', { code: key });
  // The answer takes the cookie away; a reader who goes back and forth has it again.
  const cookies = await stranger.cookies();
  await stranger.open('/verzoek');
  await stranger.context.addCookies(cookies);
  await show('not-entitled');
  await stranger.leave();
}

/** A guardian and a young person who agree, and what comes after. */
async function asking(browser, see, options) {
  const family = await askFamily({ ageBand: 'from12to15', guardians: 1 });
  const guardian = await visitor(browser, options);
  const show = (name) => see(name, guardian);
  await guardian.enter(family.guardians[0]);
  await show('request');
  await guardian.send('/besluit', {}, YES);
  await show('agreed');
  await guardian.open('/intrekken');
  await show('take-back');

  const youngPerson = await visitor(browser, options);
  await youngPerson.enter(family.youngPerson);
  await see('request-young-person', youngPerson);
  await youngPerson.send('/besluit', {}, YES);
  await see('given-young-person', youngPerson);
  await youngPerson.open('/intrekken');
  await see('withdraw-young-person', youngPerson);
  for (const [path, name] of Object.entries(OF_THE_CHILD)) {
    await youngPerson.open(path);
    await see(`${name}-young-person`, youngPerson);
  }
  await youngPerson.leave();

  await guardian.open('/verzoek');
  await show('given');
  for (const [path, name] of Object.entries(OF_THE_CHILD)) {
    await guardian.open(path);
    await show(name);
  }
  await guardian.open('/geschiedenis');
  await guardian.page.locator('main a[href^="/portal/tekst/"]').first().click();
  await show('kept-text');
  await guardian.open('/intrekken');
  await show('withdraw');
  await guardian.send('/intrekken');
  await show('withdrawn');
  await guardian.leaves();
  await show('left');
  await guardian.leave();
}

/** Pages about the child and what can be asked. */
const OF_THE_CHILD = {
  '/kind': 'child',
  '/alles': 'everything',
  '/geschiedenis': 'history',
  '/bezwaar': 'object',
  '/rechten': 'rights',
};

/** Two guardians of whom one says no. */
async function refusal(browser, see, options) {
  const family = await askFamily({ guardians: 2 });
  const [first, second] = [await visitor(browser, options), await visitor(browser, options)];
  await second.enter(family.guardians[1]);
  await second.send('/besluit', {}, YES);
  await first.enter(family.guardians[0]);
  await first.send('/besluit', {}, NO);
  await see('refused', first);
  await second.open('/verzoek');
  await see('not-given', second);
  await Promise.all([first.leave(), second.leave()]);
}

/** Somebody with the letter of a signal, who objects to it and asks what is kept. */
async function ofSignal(browser, see, options) {
  const { code } = await letterOfSignal();
  const guardian = await visitor(browser, options);
  const show = (name) => see(name, guardian);
  await guardian.enter(code);
  await show('child-of-a-letter');
  await guardian.open('/bezwaar');
  await show('object-to-a-signal');
  await guardian.send('/bezwaar');
  await guardian.open('/bezwaar');
  await show('objected');
  await guardian.open('/rechten');
  await guardian.send('/rechten', {}, ['recht', 'inzage']);
  await guardian.open('/rechten');
  await show('rights-asked');
  await guardian.open('/inzage');
  await show('no-file');
  await guardian.leave();
}
