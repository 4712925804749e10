// A letter as it is printed: what can be read on it, the code in it, and where its square leads.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The letter that holds this code, asked of the service by its issuer. */
export async function letter(issuer, code, language) {
  const pdf = await issuer.document('/v1/letter-documents', { code, language });
  const text = execFileSync('pdftotext', ['-enc', 'UTF-8', '-layout', '-', '-'], { input: pdf, encoding: 'utf8' });
  // Four groups of four; on paper they may stand apart and on two lines.
  const groups = text.replaceAll(/[\u200e\u200f\u2066-\u2069]/g, '').match(/(?:[0-9A-Z]{4}[ -]+){3}[0-9A-Z]{4}/);
  if (!groups) throw new Error(`no code stands in the letter:\n${text}`);
  return { pdf, text, code: groups[0].replaceAll(/[ -]+/g, '-'), squares: squares(pdf) };
}

/** Where the squares on the pages lead, read as a phone reads them. */
function squares(pdf) {
  const directory = mkdtempSync(join(tmpdir(), 'letter-'));
  try {
    writeFileSync(join(directory, 'letter.pdf'), pdf);
    execFileSync('pdftoppm', ['-r', '150', '-png', 'letter.pdf', 'page'], { cwd: directory });
    const pages = readdirSync(directory).filter((name) => name.endsWith('.png'));
    return pages.flatMap((page) => scanned(join(directory, page)));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function scanned(page) {
  try {
    return execFileSync('zbarimg', ['--quiet', '--raw', page], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');
  } catch (error) {
    // It ends with 4 when there is no square on the page.
    if (error.status === 4) return [];
    throw error;
  }
}
