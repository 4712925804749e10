// Writes docs/portal: pictures of the pages, for whoever wants to see the portal without starting it.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { small } from './lib/picture.js';
import { everyPage } from './lib/walk.js';
import { openBrowser } from './lib/visitor.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), '../../docs/portal');

/** Widths in CSS pixels: a phone and a desk. */
const WIDTHS = [360, 1280];

/** Which pages, in this order, and what they are. */
const SHOWN = {
  start: 'Where the code from the letter is typed',
  'wrong-code': 'A code that does not work',
  request: 'What is asked of a guardian',
  'request-young-person': 'What is asked of a young person',
  agreed: 'A guardian agreed, not everyone has decided',
  given: 'Everyone agreed',
  withdraw: 'The first of two clicks to withdraw',
  withdrawn: 'Withdrawn',
  refused: 'A guardian said no',
};

const browser = await openBrowser();
await mkdir(directory, { recursive: true });
for (const file of await readdir(directory)) {
  if (file.endsWith('.png')) await rm(join(directory, file));
}
await everyPage(browser, async (name, { page }) => {
  if (!(name in SHOWN)) return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 740 });
    const picture = small(await page.screenshot({ fullPage: true }));
    await writeFile(join(directory, `${name}-${width}.png`), picture);
  }
});
await browser.close();
await writeFile(join(directory, 'README.md'), readme());

function readme() {
  const pictures = Object.entries(SHOWN).map(([name, title]) => {
    const images = WIDTHS.map((width) => `![${title}, ${width} pixels wide](${name}-${width}.png)`);
    return `## ${title}\n\n${images.join('\n')}\n`;
  });
  return `# The family's portal in pictures

Each page on a phone (${WIDTHS[0]} pixels wide) and on a desk (${WIDTHS[1]}), of a demonstration. \`tests/browser/run --gallery\` makes
this page and its pictures anew; nothing compares them.

${pictures.join('\n')}`;
}
