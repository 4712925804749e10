// Sealed exchange: messages and attachments, the consent behind them, and sealing keys. What the module takes and gives is in
// ../src/exchange.rs.

import { RefusedError, number, text } from "./core.js";

const GIVE_UP = 9;
const PUBLIC_KEY = 11;
const FINGERPRINT = 12;
const PROVE_POSSESSION = 13;
const VERIFY_CONSENT = 14;
const SEAL = 15;
const OPEN = 16;
const BEGIN_SEALING = 17;
const SEAL_PART = 18;
const BEGIN_OPENING = 19;
const OPEN_PART = 20;
const FINISH_OPENING = 21;

const SECRET = 32;
const CHANCE = 32;
const ID = 16;

const getRandomValues = (bytes) => globalThis.crypto.getRandomValues(bytes);

/** Seals and opens what parties of a match send each other. */
export class SealedExchange {
  #module;
  #abandoned;

  constructor(module) {
    this.#module = module;
    // Who forgets an attachment half-way leaves its key in the module's memory; it is wiped when the object goes.
    this.#abandoned = new FinalizationRegistry((of) => module.ask(GIVE_UP, [of]));
  }

  generateSecret(fill = getRandomValues) {
    const bytes = new Uint8Array(SECRET);
    fill(bytes);
    if (bytes.every((byte) => byte === 0)) throw new RefusedError("no-chance", "the generator of chance gives nothing but zeros");
    return bytes;
  }

  generateMessageId(fill = getRandomValues) {
    const bytes = new Uint8Array(ID);
    fill(bytes);
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  publicKey(secret) {
    return text(this.#module.ask(PUBLIC_KEY, [secretBytes(secret)])[0]);
  }

  fingerprint(organisation, publicKey) {
    return text(this.#module.ask(FINGERPRINT, [organisation, publicKey])[0]);
  }

  provePossession(organisation, secret, proofKey, fill = getRandomValues) {
    return this.#withChance(fill, (chance) =>
      text(this.#module.ask(PROVE_POSSESSION, [chance, organisation, secretBytes(secret), proofKey])[0]),
    );
  }

  verifyConsent({ record, status }, { network, keys }, { match, parties, now = new Date() }) {
    if (!Array.isArray(parties) || parties.length !== 2) throw new TypeError("two parties are expected");
    const signedRecord = [record.document, record.hash, record.signature, record.keyId];
    const signedStatus = [status.document, status.signature, status.keyId];
    const expected = [network, match, ...parties, now.toISOString()];
    this.#module.ask(VERIFY_CONSENT, [...signedRecord, ...signedStatus, ...expected, ...keys]);
    return JSON.parse(record.document);
  }

  seal(route, share, secret, recipientKey, content, fill = getRandomValues) {
    const keys = [shareText(share), secretBytes(secret), recipientKey];
    const [enc, envelope, ciphertext] = this.#withChance(fill, (chance) =>
      this.#module.ask(SEAL, [chance, ...routeFields(route), ...keys, bytes(content)]),
    );
    return { enc: text(enc), envelope: text(envelope), ciphertext };
  }

  open(expected, share, senderKey, secret, { enc, envelope, ciphertext }) {
    const keys = [shareText(share), senderKey, secretBytes(secret)];
    return this.#module.ask(OPEN, [...routeFields(expected), ...keys, enc, envelope, bytes(ciphertext)])[0];
  }

  sealAttachment(route, share, secret, recipientKey, { name, mediaType }, fileBytes, fill = getRandomValues) {
    const file = [name, mediaType, size(fileBytes)];
    const keys = [shareText(share), secretBytes(secret), recipientKey];
    const answer = this.#withChance(fill, (chance) =>
      this.#module.ask(BEGIN_SEALING, [chance, ...routeFields(route), ...keys, ...file]),
    );
    return this.#underWay(new AttachmentSealing(this.#module, answer, this.#abandoned), answer[0]);
  }

  openAttachment(expected, share, senderKey, secret, { enc, envelope, sealedBytes }) {
    const keys = [shareText(share), senderKey, secretBytes(secret)];
    const sealed = [enc, envelope, size(sealedBytes)];
    const [of] = this.#module.ask(BEGIN_OPENING, [...routeFields(expected), ...keys, ...sealed]);
    return this.#underWay(new AttachmentOpening(this.#module, of, this.#abandoned), of);
  }

  #underWay(attachment, of) {
    this.#abandoned.register(attachment, of, attachment);
    return attachment;
  }

  #withChance(fill, act) {
    const chance = new Uint8Array(CHANCE);
    try {
      fill(chance);
      return act(chance);
    } finally {
      chance.fill(0);
    }
  }
}

/** An attachment while it is sealed; its key stays in the module. */
export class AttachmentSealing {
  #module;
  #of;
  #abandoned;
  #wants;
  #next = 0;

  constructor(module, [of, enc, envelope, sealedBytes, wants], abandoned) {
    this.#module = module;
    this.#of = of;
    this.#abandoned = abandoned;
    this.#wants = whole(wants);
    this.enc = text(enc);
    this.envelope = text(envelope);
    this.sealedBytes = whole(sealedBytes);
  }

  get wants() {
    return this.#wants;
  }

  get nextPart() {
    return this.#wants === undefined ? undefined : this.#next;
  }

  part(file) {
    const [sealed, wants] = this.#module.ask(SEAL_PART, [this.#of, bytes(file)]);
    this.#next += 1;
    this.#wants = wants && whole(wants);
    return sealed;
  }

  forget() {
    this.#abandoned.unregister(this);
    this.#wants = undefined;
    this.#module.ask(GIVE_UP, [this.#of]);
  }
}

/** An attachment while it is opened; nothing of it is given out before it is whole. */
export class AttachmentOpening {
  #module;
  #of;
  #abandoned;

  constructor(module, of, abandoned) {
    this.#module = module;
    this.#of = of;
    this.#abandoned = abandoned;
  }

  part(sealed) {
    this.#module.ask(OPEN_PART, [this.#of, bytes(sealed)]);
  }

  finish() {
    this.#abandoned.unregister(this);
    const [name, mediaType, file] = this.#module.ask(FINISH_OPENING, [this.#of]);
    return { name: text(name), mediaType: text(mediaType), file };
  }

  forget() {
    this.#abandoned.unregister(this);
    this.#module.ask(GIVE_UP, [this.#of]);
  }
}

function routeFields({ match, message, sender, recipient, consentHash }) {
  return [match, message, sender, recipient, consentHash];
}

/** Whoever knows a keyholder has a share; null says that the network has none, and is never meant by forgetting it. */
function shareText(share) {
  if (share === null) return "";
  if (typeof share !== "string" || share === "") throw new TypeError("a share is a text, or null in a network without a keyholder");
  return share;
}

function secretBytes(value) {
  if (!(value instanceof Uint8Array) || value.length !== SECRET) {
    throw new TypeError("a sealing secret is a Uint8Array of 32 bytes: see parseKeyFile");
  }
  return value;
}

function bytes(value) {
  if (!(value instanceof Uint8Array)) throw new TypeError("a Uint8Array is expected");
  return value;
}

function size(value) {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new RefusedError("too-large", "an attachment has at most 25 MiB");
  return number(value);
}

function whole(field) {
  return new DataView(field.buffer, field.byteOffset).getUint32(0);
}
