// What `run` started: a demonstration with the codes it printed, and a sandbox.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A service that is running: where it is, and whose keys it gave out. */
export class Service {
  constructor(directory) {
    this.directory = directory;
    const credentials = JSON.parse(readFileSync(join(directory, 'credentials.json'), 'utf8'));
    const { apiUrl, portalUrl, tokenUrl, organisations, municipality, networkKeyFile } = credentials;
    Object.assign(this, { apiUrl, portalUrl, tokenUrl, organisations, municipality, networkKeyFile });
    /** The origin that every page and everything on it comes from. */
    this.origin = new URL(portalUrl).origin;
  }

  /** Shows a partner that its network key is the right one; every signal carries it. */
  async keyCheck() {
    const answer = await fetch(`${this.apiUrl}/v1/key-epochs`);
    return (await answer.json()).netEpochs[0].keyCheck;
  }

  /** The token of a citizen service number, made by the program itself. The number goes in through standard input. */
  tokenOf(bsn) {
    const options = ['token', '--network-key-file', this.networkKeyFile, '--epoch', '1', '--kind', 'bsn', '-'];
    return execFileSync(told('TREFPUNT_BIN'), options, { input: bsn, encoding: 'utf8' }).trim();
  }
}

/** The demonstration that `run` started. */
export const demonstration = new Service(told('TREFPUNT_DEMO_DIR'));

/** The sandbox that `run` started: a network of its own, whose clock the tests move. */
export const sandbox = () => new Service(told('TREFPUNT_SANDBOX_DIR'));

export const { origin, portalUrl } = demonstration;

/** The codes that the demonstration prints for whoever wants to try the portal. */
export function printedCodes() {
  const output = readFileSync(told('TREFPUNT_DEMO_OUTPUT'), 'utf8');
  return [...output.matchAll(/^\s+((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})$/gm)].map((found) => found[1]);
}

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: start the tests with tests/browser/run`);
  return value;
}
