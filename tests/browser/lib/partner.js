// The two organisations, as far as the portal needs them: they lead a case to where a family is asked, which gives the
// codes of the letters, and afterwards see what has become of it. Everything goes through the partner API.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { demonstration } from './service.js';

/** How long the matcher may take before a test gives up, in milliseconds. */
const MATCHED_WITHIN = 15_000;

/** A client of one organisation: a partner or a municipality. */
class Partner {
  constructor(service, organisation) {
    this.service = service;
    this.name = organisation.name;
    this.clientId = organisation.clientId;
    this.key = createPrivateKey(readFileSync(organisation.privateKeyFile));
  }

  async get(path) {
    return (await this.call('GET', path)).body;
  }

  post(path, body) {
    return this.call('POST', path, body);
  }

  async call(method, path, body) {
    const headers = { authorization: `Bearer ${await this.accessToken()}` };
    if (body) {
      headers['content-type'] = 'application/json';
      headers['idempotency-key'] = randomBytes(16).toString('hex');
    }
    const answer = await this.ask(method, path, headers, body && JSON.stringify(body));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${this.name}: ${method} ${path} answered ${answer.status} ${text}`);
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  }

  ask(method, path, headers, body) {
    return fetch(this.service.apiUrl + path, { method, headers, body });
  }

  /** A document that is made of what is posted. */
  async document(path, body) {
    const headers = { authorization: `Bearer ${await this.accessToken()}`, 'content-type': 'application/json' };
    const answer = await this.ask('POST', path, headers, JSON.stringify(body));
    if (!answer.ok) throw new Error(`${this.name}: POST ${path} answered ${answer.status} ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async accessToken() {
    if (this.token && Date.now() < this.renewAt) return this.token;
    const answer = await fetch(this.service.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: this.assertion(),
      }),
    });
    if (!answer.ok) throw new Error(`${this.name} gets no token: ${answer.status} ${await answer.text()}`);
    const token = await answer.json();
    this.token = token.access_token;
    this.renewAt = Date.now() + (token.expires_in - 60) * 1000;
    return this.token;
  }

  /** RFC 7523 section 2.2, signed with the client's Ed25519 key, which is named as in RFC 7638. */
  assertion() {
    const { crv, kty, x } = createPublicKey(this.key).export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.clientId,
      sub: this.clientId,
      aud: this.service.tokenUrl,
      jti: randomBytes(16).toString('base64url'),
      iat,
      exp: iat + 60,
    };
    const signed = [{ alg: 'EdDSA', typ: 'JWT', kid }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${sign(null, Buffer.from(signed), this.key).toString('base64url')}`;
  }

  /** Gives a signal; its id, and whether this organisation had none for this child. */
  async signal(token) {
    const inYears = (years) => {
      const day = new Date();
      day.setUTCFullYear(day.getUTCFullYear() + years);
      return day.toISOString();
    };
    const { status, body } = await this.post('/v1/signals', {
      tokens: [{ suite: 1, netEpoch: 1, kind: 'bsn', keyCheck: await this.service.keyCheck(), token }],
      professional: { reference: 'browser-test' },
      plannedEnd: inYears(1).slice(0, 10),
      destroyBy: inYears(12).slice(0, 7),
      ground: 'development-at-risk',
    });
    return { isNew: status === 201, id: body.id };
  }

  async matches() {
    const ids = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = await this.get(`/v1/matches?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      ids.push(...page.items.map((item) => item.id));
      cursor = page.next;
    }
    return ids;
  }
}

/** The two organisations and the municipality of a service. */
export class Network {
  constructor(service) {
    this.service = service;
    [this.asker, this.other] = service.organisations.map((organisation) => new Partner(service, organisation));
    this.municipality = new Partner(service, service.municipality);
  }

  /**
   * Leads a case about another child to where its family is asked.
   * @returns the codes of the letters, and `seen()`: what the organisations see of it now.
   */
  async askFamily({ ageBand = 'under12', guardians = 1, nextBoundaryOn = null, language = 'nl' } = {}) {
    const { asker, other } = this;
    const { match, signals } = await this.match();
    for (const partner of [asker, other]) await partner.post(`/v1/matches/${match}/contact-confirmations`, {});
    const asked = { ageBand, guardians, nextBoundaryOn, language };
    const { body } = await asker.post(`/v1/matches/${match}/consent-requests`, asked);
    const codesFor = (signatory) =>
      body.invitations.filter((invitation) => invitation.signatory === signatory).map((invitation) => invitation.code);
    /** The request as it stands, or what took its place on a birthday. */
    const request = async () => {
      const read = (id) => other.get(`/v1/matches/${match}/consent-requests/${id}`);
      let found = await read(body.id);
      while (found.supersededBy) found = await read(found.supersededBy);
      return found;
    };
    return {
      guardians: codesFor('guardian'),
      youngPerson: codesFor('youngPerson')[0],
      match,
      signals,
      async seen() {
        const { state } = await request();
        const { exchange } = await other.get(`/v1/matches/${match}`);
        return { state, open: exchange.open };
      },
      /** What was signed. */
      record: async () => JSON.parse((await request()).record.document),
    };
  }

  /** A match about another child, with the signals of the asker and of the other. */
  async match() {
    const { asker, other } = this;
    const before = new Set(await asker.matches());
    const signals = [];
    await this.anotherChild(async (token) => {
      signals.length = 0;
      for (const partner of [asker, other]) {
        const { isNew, id } = await partner.signal(token);
        if (!isNew) return false;
        signals.push(id);
      }
      return true;
    });
    return { match: await theNewMatch(asker, before), signals };
  }

  /** Tells the family of a signal of the asker and makes the letter that opens it; its code. */
  async letterOf(signal, signatory = 'guardian') {
    const on = new Date().toISOString().slice(0, 10);
    const told = { on, channel: 'letter', language: 'nl', by: 'browser-test' };
    await this.asker.post(`/v1/signals/${signal}/disclosures`, told);
    const { body } = await this.asker.post(`/v1/signals/${signal}/letters`, { signatory, number: 1, sixteenOn: null });
    return body.code;
  }

  /** Tries numbers of the range for tests until one is a child that nobody gave a signal about. */
  async anotherChild(isNew) {
    for (;;) {
      lastNumber += 1;
      const digits = String(lastNumber);
      // The eleven test: 9, 8, ... 2 and -1 as weights.
      const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at < 8 ? 9 - at : -1), 0);
      if (sum % 11 === 0 && (await isNew(this.service.tokenOf(digits)))) return;
    }
  }
}

const demonstrated = new Network(demonstration);

/** Who asks, as the letter names them. */
export const askedBy = demonstrated.asker.name;

/** Everyone in the case. */
export const parties = [demonstrated.asker.name, demonstrated.other.name];

/** The municipality of the demonstration. */
export const { municipality } = demonstrated;

/** In the demonstration; see `Network`. */
export const askFamily = (asked) => demonstrated.askFamily(asked);

/** In the demonstration: a signal of which the family was told, and the code of the letter that opens it. */
export async function letterOfSignal(signatory) {
  const { signals, match } = await demonstrated.match();
  return { code: await demonstrated.letterOf(signals[0], signatory), signal: signals[0], match };
}

let lastNumber = 999_950_000;

async function theNewMatch(asker, before) {
  const latest = Date.now() + MATCHED_WITHIN;
  for (;;) {
    const found = (await asker.matches()).filter((id) => !before.has(id));
    if (found.length > 0) return found[0];
    if (Date.now() > latest) throw new Error('no match was made');
    await sleep(50);
  }
}
