// What every page promises: it can be read and used by everyone, runs nothing, loads nothing from others, is kept nowhere.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';

import { askFamily } from './lib/partner.js';
import { ACT, READ, everyPage } from './lib/walk.js';
import { openBrowser, visitor, whatRuns, whereItLeads } from './lib/visitor.js';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The narrowest screen, in CSS pixels: 1280 at 400 % (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 900 };

/** Distances that readers may set for themselves (WCAG 1.4.12). */
const WIDER_SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-block-end: 2em !important }`;
/** Letters twice as large as the page sets them (WCAG 1.4.4). */
const LARGER_LETTERS = 'html { font-size: 225% !important }';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

describe('every page', () => {
  it('keeps the promises', async (t) => {
    const known = new Set([...READ, ...ACT].map((path) => `/portal${path}`));
    const seen = [];
    const see = async (name, { page }) => {
      seen.push(name);
      await t.test(`${name} has no finding of axe, on a phone in the light and on a desk in the dark`, async () => {
        assert.deepEqual(await findings(page, NARROW, 'light'), []);
        assert.deepEqual(await findings(page, WIDE, 'dark'), []);
      });
      await t.test(`${name} is never wider than the screen`, async () => {
        assert.deepEqual(await tooWide(page, NARROW), []);
        assert.deepEqual(await tooWide(page, NARROW, WIDER_SPACING), []);
        assert.deepEqual(await tooWide(page, WIDE, LARGER_LETTERS), []);
      });
      await t.test(`${name} runs nothing and leads nowhere unknown`, async () => {
        assert.deepEqual(await whatRuns(page), []);
        assert.deepEqual((await whereItLeads(page)).filter((path) => !known.has(path)), []);
      });
    };
    await everyPage(browser, see);
    assert.equal(seen.length, new Set(seen).size);
  });
});

describe('the session', () => {
  it('is one cookie that no script reads, no other site sends, and that ends with the browser', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    await guardian.open();
    assert.deepEqual(await guardian.cookies(), []);
    await guardian.enter(family.guardians[0]);
    const [cookie, ...others] = await guardian.cookies();
    assert.deepEqual(others, []);
    // Over https it is `__Host-trefpunt` and `secure`; a demonstration is plain http on the machine itself.
    const { name, httpOnly, sameSite, path, expires, value } = cookie;
    assert.deepEqual(
      { name, httpOnly, sameSite, path, expires },
      { name: 'trefpunt', httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 },
    );
    assert.ok(!(await guardian.page.content()).includes(value));
    assert.equal(guardian.path(), '/portal/verzoek');
    await guardian.leave();
  });
});

describe('with a keyboard alone', () => {
  it('a guardian skips to the content, enters the code, reads and decides, and always sees where they are', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser, { viewport: WIDE });
    const { page } = guardian;
    await guardian.open();
    assert.equal(await tab(page), 'Naar de inhoud');
    await page.keyboard.press('Enter');
    assert.equal(await tab(page), 'Code uit uw brief');
    await page.keyboard.type(family.guardians[0]);
    await Promise.all([page.waitForURL('**/portal/verzoek'), page.keyboard.press('Enter')]);

    const stops = [];
    while (stops.at(-1) !== 'Ja, ik geef toestemming') {
      assert.ok(stops.length < 20, `never came to the choice: ${stops}`);
      stops.push(await tab(page));
    }
    assert.deepEqual(stops, ['Naar de inhoud', 'Trefpunt', 'Uitloggen', 'Ja, ik geef toestemming']);
    assert.equal(await tab(page), 'Nee, ik geef geen toestemming');
    await page.keyboard.press('Shift+Tab');
    await Promise.all([page.waitForResponse('**/portal/besluit'), page.keyboard.press('Space')]);
    await page.getByRole('heading', { name: 'De toestemming is gegeven' }).waitFor();

    await tabTo(page, 'Toestemming intrekken');
    await Promise.all([page.waitForURL('**/portal/intrekken'), page.keyboard.press('Enter')]);
    await tabTo(page, 'Toestemming intrekken');
    await Promise.all([page.waitForURL('**/portal/verzoek'), page.keyboard.press('Enter')]);
    assert.equal(await guardian.heading(), 'De toestemming is ingetrokken');
    assert.deepEqual(await family.seen(), { state: 'withdrawn', open: false });
    await guardian.leave();
  });
});

/** What axe finds: rule and element. */
async function findings(page, viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

/** What stands out of the screen to the right, or is cut off. */
async function tooWide(page, viewport, extraStyle = '') {
  await page.setViewportSize(viewport);
  return page.evaluate((text) => {
    // Not a style element: the page's own policy would refuse it.
    const style = new CSSStyleSheet();
    style.replaceSync(text);
    document.adoptedStyleSheets = [style];
    const width = document.documentElement.clientWidth;
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const box = element.getBoundingClientRect();
      const cutOff = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      return box.right > width + 0.5 || (cutOff && getComputedStyle(element).overflowX !== 'visible' && element.tagName !== 'INPUT');
    });
    const scrolls = document.documentElement.scrollWidth > width;
    document.adoptedStyleSheets = [];
    return out.map((element) => element.outerHTML.slice(0, 120)).concat(scrolls ? ['the page scrolls sideways'] : []);
  }, extraStyle);
}

/** Goes to the next stop, which has to be on the screen and to show that it has the focus; its name. */
async function tab(page) {
  await page.keyboard.press('Tab');
  const stop = await page.evaluate(() => {
    const element = document.activeElement;
    const { top, bottom } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      name: (element.labels?.[0] ?? element).innerText.trim(),
      onScreen: top >= 0 && bottom <= innerHeight,
      shown: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    };
  });
  assert.ok(stop.onScreen && stop.shown, JSON.stringify(stop));
  return stop.name;
}

async function tabTo(page, name) {
  for (let stops = 0; stops < 20; stops += 1) if ((await tab(page)) === name) return;
  assert.fail(`the keyboard does not come to ${name}`);
}
