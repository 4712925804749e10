// Everyone can read and use every page: WCAG 2.2 AA as far as it can be measured, in every language.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import {
  LANGUAGES,
  LARGER_LETTERS,
  NARROW,
  PHONE,
  WIDE,
  WIDER_SPACING,
  badStops,
  findings,
  inLanguage,
  invalid,
  tab,
  tooWide,
} from './lib/accessible.js';
import { askFamily } from './lib/partner.js';
import { everyPage } from './lib/walk.js';
import { openBrowser, visitor } from './lib/visitor.js';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

describe('every page', () => {
  const pages = [];

  it('can be read and used by everyone, in every language', async (t) => {
    const see = async (name, visitor) => {
      const { page } = visitor;
      for (const [language, direction] of Object.entries(LANGUAGES)) {
        await t.test(`${name} in ${language}`, async () => {
          pages.push([`${name}-${language}`, await inLanguage(visitor, language)]);
          const html = page.locator('html');
          assert.equal(await html.getAttribute('lang'), language);
          assert.equal((await html.getAttribute('dir')) ?? 'ltr', direction);
          assert.deepEqual(await findings(page, PHONE, 'light'), []);
          assert.deepEqual(await tooWide(page, NARROW), []);
          // Letters and directions are what can make a difference; the rest is the same in every language.
          if (!['nl', 'ar'].includes(language)) return;
          assert.deepEqual(await findings(page, WIDE, 'dark'), []);
          assert.deepEqual(await tooWide(page, NARROW, WIDER_SPACING), []);
          assert.deepEqual(await tooWide(page, WIDE, LARGER_LETTERS), []);
          assert.deepEqual(await badStops(page, NARROW), []);
          assert.deepEqual(await badStops(page, WIDE), []);
        });
      }
      await inLanguage(visitor, 'nl');
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: 'light' });
    };
    await everyPage(browser, see);
  });

  it('is valid HTML', () => {
    assert.ok(pages.length > 0);
    assert.deepEqual(invalid(pages), []);
  });
});

describe('with a keyboard alone', () => {
  it('a guardian comes in, keeps the key, reads, gives, withdraws, and always sees where they are', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser, { viewport: WIDE });
    const { page } = guardian;
    await guardian.open();
    assert.equal((await tab(page)).name, 'Naar de inhoud');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Code uit uw brief', 1);
    await page.keyboard.type(family.guardians[0]);
    await follow(page, 'Enter', '/portal/pincode');
    await tabTo(page, 'Pincode van 6 cijfers');
    await page.keyboard.type('482915');
    await tabTo(page, 'Dezelfde pincode nog een keer', 1);
    await page.keyboard.type('482915');
    await follow(page, 'Enter', '/portal/sleutel');
    await tabTo(page, 'Ik heb de sleutel bewaard');
    await follow(page, 'Space', '/portal/verzoek');

    await tabTo(page, 'Ja, ik geef toestemming');
    // The next stop is the other answer, and back.
    await tabTo(page, 'Nee, ik geef geen toestemming', 1);
    await page.keyboard.press('Shift+Tab');
    await follow(page, 'Space', '/portal/verzoek');
    assert.equal(await guardian.heading(), 'De toestemming is gegeven');
    assert.deepEqual(await family.seen(), { state: 'given', open: true });

    await tabTo(page, 'Toestemming intrekken');
    await follow(page, 'Enter', '/portal/intrekken');
    await tabTo(page, 'Toestemming intrekken');
    await follow(page, 'Enter', '/portal/verzoek');
    assert.equal(await guardian.heading(), 'De toestemming is ingetrokken');
    assert.deepEqual(await family.seen(), { state: 'withdrawn', open: false });
    await guardian.leave();
  });

  it('another language is chosen, and the page stays', async () => {
    const guardian = await visitor(browser);
    const { page } = guardian;
    await guardian.open('/hulp');
    await tabTo(page, 'العربية');
    await follow(page, 'Enter', '/portal/hulp');
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    await tabTo(page, 'Nederlands');
    await follow(page, 'Enter', '/portal/hulp');
    assert.equal(await page.locator('html').getAttribute('lang'), 'nl');
    await guardian.leave();
  });

  it('a mistake has the focus, and leads to its field', async () => {
    const guardian = await visitor(browser);
    const { page } = guardian;
    await guardian.open();
    await tabTo(page, 'Code uit uw brief');
    await page.keyboard.type('ABCD');
    await follow(page, 'Enter', '/portal/code');
    const summary = page.getByRole('alert');
    assert.ok(await summary.evaluate((element) => element === document.activeElement));
    await tabTo(page, 'Deze code werkt niet.', 1);
    await page.keyboard.press('Enter');
    await page.keyboard.type('WXYZ');
    const field = page.getByLabel('Code uit uw brief');
    assert.equal(await field.inputValue(), 'WXYZ');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    // What is wrong is read out with the field.
    const described = await field.evaluate((element) =>
      element.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).innerText),
    );
    assert.ok(described.some((text) => text.includes('Deze code werkt niet')), described.join());
    await guardian.leave();
  });
});

/** Presses the key and waits for the page it leads to. */
async function follow(page, key, path) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);
  assert.equal(new URL(page.url()).pathname, path);
}

/** Goes on until the keyboard is here. Every stop on the way has to be on the screen and to show that it has the focus. */
async function tabTo(page, name, within = 40) {
  for (let stops = 0; stops < within; stops += 1) {
    const stop = await tab(page);
    assert.ok(stop?.onScreen && stop.uncovered && stop.shown, JSON.stringify(stop));
    if (stop.name === name) return;
  }
  assert.fail(`the keyboard does not come to ${name}`);
}

describe('on paper', () => {
  it('a page has its words, and no buttons, menus or languages', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    const { page } = guardian;
    await guardian.enter(family.guardians[0]);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const seen = await page.evaluate(() => {
      const isSeen = (element) => element.getClientRects().length > 0;
      const seenOf = (selector) => [...document.querySelectorAll(selector)].filter(isSeen).length;
      const { color, backgroundColor } = getComputedStyle(document.body);
      return { words: seenOf('main h1, main p'), controls: seenOf('button, nav a, input'), color, backgroundColor };
    });
    assert.ok(seen.words > 5, JSON.stringify(seen));
    assert.equal(seen.controls, 0);
    // Black on white, also for who reads in the dark.
    assert.equal(seen.color, 'rgb(0, 0, 0)');
    assert.equal(seen.backgroundColor, 'rgb(255, 255, 255)');
    await guardian.leave();
  });
});
