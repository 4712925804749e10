// Writes docs/portal: pictures of the pages, for whoever wants to see the portal without starting it.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { inLanguage } from './lib/accessible.js';
import { small } from './lib/picture.js';
import { everyPage } from './lib/walk.js';
import { openBrowser } from './lib/visitor.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), '../../docs/portal');

/** Widths in CSS pixels: a phone and a desk. */
const WIDTHS = [360, 1280];

/** A language that is written from left to right, and one from right to left. */
const LANGUAGES = { nl: 'Dutch', ar: 'Arabic' };

/** What each kind of page is. Every page of the walk has a line here. */
const SHOWN = {
  start: 'Where the code from the letter is typed',
  'wrong-code': 'A code that does not work',
  'wrong-key': 'A return key or a PIN that does not work',
  'choose-pin': 'Where a PIN is chosen',
  'easy-pin': 'A PIN that is too easy',
  'return-key': 'The return key, shown until the reader kept it',
  'foreign-form': 'A form that does not belong to this session',
  'not-entitled': 'Who may see nothing any more',
  request: 'What is asked of a guardian',
  'request-young-person': 'What is asked of a young person',
  agreed: 'A guardian agreed, not everyone has decided',
  'take-back': 'The first of two clicks to take a yes back',
  given: 'Everyone agreed',
  'given-young-person': 'Everyone agreed, as the young person sees it',
  withdraw: 'The first of two clicks to withdraw',
  'withdraw-young-person': 'The same, for the young person',
  withdrawn: 'Withdrawn',
  refused: 'A guardian said no',
  'not-given': 'Another said no',
  child: 'What there is about the child, with the letter of a request',
  'child-young-person': 'The same, for the young person',
  'child-of-a-letter': 'What there is, with the letter of a signal',
  everything: 'Everything about the child, which takes more than a letter',
  'everything-young-person': 'The same, for the young person',
  history: 'What the reader did',
  'history-young-person': 'The same, for the young person',
  'kept-text': 'The text that the reader answered',
  object: 'Objecting, with the letter of a request',
  'object-young-person': 'The same, for the young person',
  'object-to-a-signal': 'Objecting, with the letter of a signal',
  objected: 'How far an objection is',
  rights: 'Asking for access or erasure',
  'rights-young-person': 'The same, for the young person',
  'rights-asked': 'How far a request is',
  'no-file': 'Where the file of a granted request is fetched',
  left: 'After leaving',
  help: 'Help, and whom to call',
  privacy: 'The privacy notice, made from the covenant',
  accessibility: 'The accessibility statement',
  'not-found': 'An address that is none',
};

const browser = await openBrowser();
await mkdir(directory, { recursive: true });
for (const file of await readdir(directory)) {
  if (file.endsWith('.png')) await rm(join(directory, file));
}
const seen = new Set();
await everyPage(browser, async (name, visitor) => {
  if (!(name in SHOWN)) throw new Error(`the gallery does not say what ${name} is`);
  seen.add(name);
  for (const language of Object.keys(LANGUAGES)) {
    await inLanguage(visitor, language);
    for (const width of WIDTHS) {
      await visitor.page.setViewportSize({ width, height: 740 });
      const picture = small(await visitor.page.screenshot({ fullPage: true }));
      await writeFile(join(directory, file(name, language, width)), picture);
    }
  }
  await inLanguage(visitor, 'nl');
  await visitor.page.setViewportSize({ width: WIDTHS[0], height: 740 });
});
await browser.close();
const missing = Object.keys(SHOWN).filter((name) => !seen.has(name));
if (missing.length > 0) throw new Error(`the walk does not come past ${missing}`);
await writeFile(join(directory, 'README.md'), readme());

function file(name, language, width) {
  return `${name}-${language}-${width}.png`;
}

function readme() {
  const pictures = Object.entries(SHOWN).map(([name, title]) => {
    const images = Object.entries(LANGUAGES).flatMap(([code, language]) =>
      WIDTHS.map((width) => `![${title}, in ${language}, ${width} pixels wide](${file(name, code, width)})`),
    );
    return `## ${title}\n\n${images.join('\n')}\n`;
  });
  return `# The family's portal in pictures

Each page in Dutch and in Arabic, on a phone (${WIDTHS[0]} pixels wide) and on a desk (${WIDTHS[1]}), of a demonstration. The portal speaks English,
Turkish, Polish and Ukrainian too. \`tests/browser/run --gallery\` makes this page and its pictures anew; nothing compares them.

${pictures.join('\n')}`;
}
