// The demonstration that `run` started: where it is, whose keys it gave out, and the codes it printed.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = told('TREFPUNT_DEMO_DIR');

const credentials = JSON.parse(readFileSync(join(directory, 'credentials.json'), 'utf8'));

export const { apiUrl, portalUrl, tokenUrl, organisations } = credentials;

/** The origin that every page and everything on it comes from. */
export const origin = new URL(portalUrl).origin;

/** Shows a partner that its network key is the right one; every signal carries it. */
export const keyCheck = setting('key_check');

/** The codes that the demonstration prints for whoever wants to try the portal. */
export function printedCodes() {
  const output = readFileSync(told('TREFPUNT_DEMO_OUTPUT'), 'utf8');
  return [...output.matchAll(/^\s+((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$/gm)].map((found) => found[1]);
}

/** The token of a citizen service number, made by the program itself. The number goes in through standard input. */
export function tokenOf(bsn) {
  const options = ['token', '--network-key-file', credentials.networkKeyFile, '--epoch', '1', '--kind', 'bsn', '-'];
  return execFileSync(told('TREFPUNT_BIN'), options, { input: bsn, encoding: 'utf8' }).trim();
}

function setting(name) {
  const found = readFileSync(join(directory, 'trefpunt.toml'), 'utf8').match(new RegExp(`^${name} = "(.*)"$`, 'm'));
  if (!found) throw new Error(`trefpunt.toml has no ${name}`);
  return found[1];
}

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: start the tests with tests/browser/run`);
  return value;
}
