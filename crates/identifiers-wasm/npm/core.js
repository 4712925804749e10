// The names and types around the module: what it takes and gives is in ../src/lib.rs and ../src/operation.rs.

import { SealedExchange } from "./exchange.js";

const CHECK = 1;
const CANONICAL = 2;
const KEY_FILE = 3;
const KEY_CHECK = 4;
const TOKEN = 5;
const BLIND = 6;
const FINISH = 7;
const VERIFY = 8;
const GIVE_UP = 9;
const FIND_BSN = 10;

/** Bytes of chance for one blind. */
const CHANCE = 64;

/** An input that was refused. Carries a stable name and never the input. */
export class RefusedError extends Error {
  constructor(code, message) {
    super(message || code);
    this.name = "RefusedError";
    this.code = code;
  }
}

/** The partner's side of Trefpunt's pseudonyms. */
export class Identifiers {
  #module;
  #abandoned;

  constructor(exports) {
    this.#module = new Module(exports);
    this.exchange = new SealedExchange(this.#module);
    // Who forgets a request leaves its blinds in the module's memory; they are wiped when the object goes.
    this.#abandoned = new FinalizationRegistry((number) => this.#module.ask(GIVE_UP, [number]));
  }

  check(kind, identifier) {
    this.#module.ask(CHECK, [kind, identifier]);
  }

  isBsn(text) {
    try {
      this.check("bsn", text);
      return true;
    } catch (error) {
      if (error instanceof RefusedError) return false;
      throw error;
    }
  }

  containsRawBsn(text) {
    return this.#module.ask(FIND_BSN, [text])[0][0] === 1;
  }

  serviceKey(surname, birthDate, sex) {
    for (const field of [surname, birthDate, sex]) {
      if (String(field).includes("|")) throw new RefusedError("wrong-fields", "a field of a service key has no |");
    }
    return this.canonical("service-key", [surname, birthDate, sex].join("|"));
  }

  canonical(kind, identifier) {
    return text(this.#module.ask(CANONICAL, [kind, identifier])[0]);
  }

  parseKeyFile(contents) {
    return this.#module.ask(KEY_FILE, [contents])[0];
  }

  keyCheck(networkKey, epoch) {
    return text(this.#module.ask(KEY_CHECK, [key(networkKey), number(epoch)])[0]);
  }

  token(networkKey, epoch, kind, identifier) {
    return text(this.#module.ask(TOKEN, [key(networkKey), number(epoch), kind, identifier])[0]);
  }

  blind(tokens, fill = (bytes) => globalThis.crypto.getRandomValues(bytes)) {
    const chance = new Uint8Array(CHANCE * tokens.length);
    let answer;
    try {
      // getRandomValues gives at most 65,536 bytes; a batch that is too large is refused all the same.
      for (let at = 0; at < chance.length; at += CHANCE) fill(chance.subarray(at, at + CHANCE));
      answer = this.#module.ask(BLIND, [chance, ...tokens]);
    } finally {
      chance.fill(0);
    }
    const blinding = new Blinding(this.#module, answer[0], answer.slice(1).map(text), this.#abandoned);
    this.#abandoned.register(blinding, answer[0], blinding);
    return blinding;
  }

  verifyProof(publicKey, blinded, evaluated, proof) {
    if (blinded.length !== evaluated.length) {
      throw new RefusedError(
        "count-mismatch",
        "the number of evaluated elements is not that of the blinded elements",
      );
    }
    this.#module.ask(VERIFY, [publicKey, proof, number(blinded.length), ...blinded, ...evaluated]);
  }
}

/** Elements on their way to the keyholder; the blinds that lead back stay in the module. */
export class Blinding {
  #module;
  #number;
  #abandoned;

  constructor(module, number, elements, abandoned) {
    this.#module = module;
    this.#number = number;
    this.#abandoned = abandoned;
    this.elements = Object.freeze(elements);
  }

  finish(publicKey, evaluated, proof) {
    this.#abandoned.unregister(this);
    return this.#module.ask(FINISH, [this.#number, publicKey, proof, ...evaluated]).map(text);
  }

  forget() {
    this.#abandoned.unregister(this);
    this.#module.ask(GIVE_UP, [this.#number]);
  }

  toJSON() {
    return { elements: this.elements };
  }
}

/** Asks the module and wipes what was asked and answered. */
class Module {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  ask(operation, fields) {
    const { trefpunt_room: room, trefpunt_ask: ask } = this.#exports;
    const question = encode(fields);
    try {
      // The memory may move when room is made, so it is looked up after that.
      const address = room(question.length) >>> 0;
      new Uint8Array(this.#exports.memory.buffer).set(question, address);
      const refused = ask(operation) !== 0;
      const answer = decode(this.#answer());
      if (refused) throw new RefusedError(text(answer[0]), text(answer[1]));
      return answer;
    } finally {
      question.fill(0);
      room(0);
    }
  }

  #answer() {
    const address = this.#exports.trefpunt_answer() >>> 0;
    const length = this.#exports.trefpunt_answer_length() >>> 0;
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }
}

/** Each field after its length in four bytes. Text is UTF-8; a lone surrogate, which has no UTF-8, is refused. */
function encode(fields) {
  const parts = fields.map((field) => (field instanceof Uint8Array ? field : utf8(field)));
  const question = new Uint8Array(parts.reduce((length, part) => length + 4 + part.length, 0));
  const view = new DataView(question.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    question.set(part, at + 4);
    at += 4 + part.length;
  }
  return question;
}

/** The fields, copied out of the module's memory. */
function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at);
    fields.push(bytes.slice(at + 4, end));
    at = end;
  }
  return fields;
}

function utf8(value) {
  if (typeof value !== "string") throw new TypeError("a text is expected");
  if (/[\ud800-\udfff]/u.test(value)) throw new RefusedError("unexpected-character", "the text is not Unicode");
  return new TextEncoder().encode(value);
}

export function text(bytes) {
  return new TextDecoder().decode(bytes);
}

function key(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32) {
    throw new TypeError("a network key is a Uint8Array of 32 bytes: see parseKeyFile");
  }
  return bytes;
}

/** What is no whole number from 0 to 2^32 - 1 becomes 0, which is no epoch. */
export function number(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : 0);
  return bytes;
}
