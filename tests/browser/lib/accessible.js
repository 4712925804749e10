// What can be measured of a page's accessibility: axe, reflow, the focus, the validity of its HTML.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';

import { origin } from './service.js';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The narrowest screen, in CSS pixels: 1280 x 1024 at 400 % (WCAG 1.4.10). */
export const NARROW = { width: 320, height: 256 };
export const PHONE = { width: 360, height: 740 };
export const WIDE = { width: 1280, height: 900 };

/** Distances that readers may set for themselves (WCAG 1.4.12). */
export const WIDER_SPACING = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-block-end: 2em !important }`;
/** Letters twice as large as the page sets them (WCAG 1.4.4). */
export const LARGER_LETTERS = 'html { font-size: 225% !important }';

/** The languages of the portal and the direction each is written in. */
export const LANGUAGES = { nl: 'ltr', en: 'ltr', tr: 'ltr', ar: 'rtl', pl: 'ltr', uk: 'ltr' };

/**
 * Shows the page where the visitor is in another language, with the cookie that the language switch sets. What answered a form
 * is asked for by the same form again. The HTML as it was sent.
 */
export async function inLanguage({ context, page }, language) {
  await context.addCookies([{ name: 'taal', value: language, url: origin }]);
  const cookies = await context.cookies();
  const answer = await page.reload();
  // Some pages take the session away, and are asked for again.
  await context.addCookies(cookies);
  return answer.text();
}

/** What axe finds: rule and element. */
export async function findings(page, viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

/** What stands out of the screen, on either side, or is cut off. */
export async function tooWide(page, viewport, extraStyle = '') {
  await page.setViewportSize(viewport);
  return page.evaluate((text) => {
    // Not a style element: the page's own policy would refuse it.
    const style = new CSSStyleSheet();
    style.replaceSync(text);
    document.adoptedStyleSheets = [style];
    const width = document.documentElement.clientWidth;
    const isMeantToBe = (element) => element.matches('input, .utrecht-skip-link');
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const box = element.getBoundingClientRect();
      const cutOff = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      const isOut = box.width > 0 && (box.right > width + 0.5 || box.left < -0.5);
      return !isMeantToBe(element) && (isOut || (cutOff && getComputedStyle(element).overflowX !== 'visible'));
    });
    const scrolls = document.documentElement.scrollWidth > width;
    document.adoptedStyleSheets = [];
    return out.map((element) => element.outerHTML.slice(0, 120)).concat(scrolls ? ['the page scrolls sideways'] : []);
  }, extraStyle);
}

/**
 * Goes to the next stop of the keyboard.
 * @returns its name and whether it is on the screen, not covered, and shows that it has the focus; null after the last.
 */
export async function tab(page) {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const box = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const middle = document.elementFromPoint(box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1));
    return {
      name: (element.labels?.[0] ?? element).innerText.trim(),
      onScreen: box.bottom > 0 && box.top < innerHeight,
      uncovered: Boolean(middle) && (element.contains(middle) || middle.contains(element)),
      // A dark line and a bright one around it: one of them stands out on any ground.
      shown: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && boxShadow !== 'none',
      large: box.height >= 24 && box.width >= 24,
      inline: getComputedStyle(element).display === 'inline',
    };
  });
}

/** Every stop of the keyboard from the top of the page that is not as it should be. */
export async function badStops(page, viewport) {
  await page.setViewportSize(viewport);
  await page.evaluate(() => {
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  const bad = [];
  for (let stops = 0; stops < 100; stops += 1) {
    const stop = await tab(page);
    if (!stop) return bad;
    const { name, onScreen, uncovered, shown, large, inline } = stop;
    // A link within a sentence may be as small as its letters (WCAG 2.5.8).
    if (!name || !onScreen || !uncovered || !shown || !(large || inline)) bad.push(JSON.stringify(stop));
  }
  return [...bad, 'the keyboard never comes to an end'];
}

/** What the Nu Html Checker finds in these pages, `[name, html]` each. */
export function invalid(pages) {
  const directory = mkdtempSync(join(tmpdir(), 'pages-'));
  try {
    const files = pages.map(([name, html]) => {
      const file = join(directory, `${name}.html`);
      writeFileSync(file, html);
      return file;
    });
    const jar = createRequire(import.meta.url).resolve('vnu-jar');
    const told = execFileSync('java', ['-jar', jarOf(jar), '--format', 'json', '--stdout', '--exit-zero-always', ...files], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const { messages } = JSON.parse(told);
    return messages.map(({ url, lastLine, type, message }) => `${url?.split('/').pop()}:${lastLine}: ${type}: ${message}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The package's program is beside what it exports. */
const jarOf = (exported) => (exported.endsWith('.jar') ? exported : join(dirname(exported), 'build/dist/vnu.jar'));
