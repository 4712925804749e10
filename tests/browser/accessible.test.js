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
