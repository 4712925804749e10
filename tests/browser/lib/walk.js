// A walk past every kind of page the portal has.

import { askFamily } from './partner.js';
import { visitor } from './visitor.js';

/** Addresses that are only read. */
export const READ = ['', '/verzoek', '/intrekken', '/afgesloten', '/hulp', '/privacy', '/toegankelijkheid'];

/** Addresses that act when a form is sent there. */
export const ACT = ['/code', '/besluit', '/intrekken', '/afsluiten'];

/**
 * Goes to every kind of page, as a guardian, another guardian and a young person, and shows it: `see(name, visitor)`.
 * `options` are those of `visitor`.
 */
export async function everyPage(browser, see, options) {
  const family = await askFamily({ ageBand: 'from12to15', guardians: 1 });

  const guardian = await visitor(browser, options);
  const show = (name) => see(name, guardian);
  await guardian.open();
  await show('start');
  await guardian.enter('ABCD-1234-EFGH-5678');
  await show('wrong-code');
  for (const page of ['hulp', 'privacy', 'toegankelijkheid', 'bestaat-niet']) {
    await guardian.open(`/${page}`);
    await show(page);
  }
  await guardian.enter(family.guardians[0]);
  await show('request');
  await guardian.press('Ja, ik geef toestemming');
  await show('agreed');
  await guardian.press('Mijn ja terugnemen');
  await show('take-back');

  const youngPerson = await visitor(browser, options);
  await youngPerson.enter(family.youngPerson);
  await see('request-young-person', youngPerson);
  await youngPerson.press('Ja, ik geef toestemming');
  await see('given-young-person', youngPerson);
  await youngPerson.press('Toestemming intrekken');
  await see('withdraw-young-person', youngPerson);
  await youngPerson.leave();

  await guardian.open('/verzoek');
  await show('given');
  await guardian.press('Toestemming intrekken');
  await show('withdraw');
  await guardian.press('Toestemming intrekken');
  await show('withdrawn');
  await guardian.press('Uitloggen');
  await show('left');
  await guardian.leave();

  await refusal(browser, see, options);
}

/** Two guardians of whom one says no. */
async function refusal(browser, see, options) {
  const family = await askFamily({ guardians: 2 });
  const [first, second] = [await visitor(browser, options), await visitor(browser, options)];
  await second.enter(family.guardians[1]);
  await second.press('Ja, ik geef toestemming');
  await first.enter(family.guardians[0]);
  await first.press('Nee, ik geef geen toestemming');
  await see('refused', first);
  await second.open('/verzoek');
  await see('not-given', second);
  await Promise.all([first.leave(), second.leave()]);
}
