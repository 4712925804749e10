// Sealed exchange in the installed package, against the vectors of messages and consents: what is sealed, opened and refused.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import test from "node:test";
import { inspect } from "node:util";

import { Identifiers, RefusedError, load } from "trefpunt-identifiers";

const read = (name) => JSON.parse(readFileSync(join(process.env.TREFPUNT_SEALED_VECTORS, name), "utf8"));
const vectors = read("sealed-message.json");
const consent = read("consent-record.json");
const { exchange } = await load();
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64url"));
const text = (data) => Buffer.from(data).toString("base64url");
const chanceOf = (vector) => (chance) => chance.set(bytes(vector.ephemeralIkm));
const CHUNK = 65536 + 16;

function refused(code, act) {
  assert.throws(act, (error) => {
    assert.ok(error instanceof RefusedError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

/** SHA-256 of the seed and a counter, one after the other. */
function bytesOfSeed(seed, length) {
  const blocks = [];
  for (let counter = 0; counter * 32 < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    blocks.push(createHash("sha256").update(seed).update(number).digest());
  }
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
}

function sealAttachment(vector) {
  const file = bytesOfSeed(bytes(vector.fileSeed), vector.fileBytes);
  const keys = [vector.gateShare, bytes(vector.senderSecret), vector.recipientKey];
  const sealing = exchange.sealAttachment(vector, ...keys, vector.header, file.length, chanceOf(vector));
  const parts = [];
  for (let at = 0; sealing.wants !== undefined; ) {
    assert.equal(sealing.nextPart, parts.length);
    const wants = sealing.wants;
    parts.push(sealing.part(file.subarray(at, at + wants)));
    at += wants;
  }
  assert.equal(sealing.nextPart, undefined);
  return { file, sealing, parts };
}

function openAttachment(vector, sealedBytes, parts) {
  const keys = [vector.gateShare, vector.senderKey, bytes(vector.recipientSecret)];
  const opening = exchange.openAttachment(vector, ...keys, { enc: vector.enc, envelope: vector.envelope, sealedBytes });
  for (const part of parts) opening.part(part);
  return opening.finish();
}

test("every section of the vectors is known here", () => {
  const here = ["messages", "attachments", "fingerprints", "possessionProofs", "refusals", "attachmentRefusals"];
  // Deriving shares is the keyholder's side, and not in the package.
  assert.deepEqual(Object.keys(vectors).sort(), [...here, "about", "gateShares"].sort());
});

test("messages", () => {
  for (const vector of vectors.messages) {
    const content = new TextEncoder().encode(vector.content ?? "x".repeat(vector.contentLength));
    const keys = [vector.gateShare, bytes(vector.senderSecret), vector.recipientKey];
    const sealed = exchange.seal(vector, ...keys, content, chanceOf(vector));
    assert.equal(sealed.enc, vector.enc);
    assert.equal(sealed.envelope, vector.envelope);
    if (vector.ciphertext) assert.equal(text(sealed.ciphertext), vector.ciphertext);
    else assert.equal(createHash("sha256").update(sealed.ciphertext).digest("base64url"), vector.ciphertextSha256);
    const opened = exchange.open(vector, vector.gateShare, vector.senderKey, bytes(vector.recipientSecret), sealed);
    assert.deepEqual(opened, content);
  }
});

test("attachments", () => {
  for (const vector of vectors.attachments) {
    const { file, sealing, parts } = sealAttachment(vector);
    assert.equal(sealing.enc, vector.enc);
    assert.equal(sealing.envelope, vector.envelope);
    assert.equal(sealing.sealedBytes, vector.sealedBytes);
    assert.deepEqual(parts.map((part) => createHash("sha256").update(part).digest("base64url")), vector.partsSha256);
    const opened = openAttachment(vector, vector.sealedBytes, parts);
    assert.deepEqual({ name: opened.name, mediaType: opened.mediaType }, vector.header);
    assert.ok(Buffer.from(opened.file).equals(Buffer.from(file)));
  }
});

test("refused messages", () => {
  for (const vector of vectors.refusals) {
    const { enc, envelope } = vector;
    const keys = [vector.gateShare, vector.senderKey, bytes(vector.recipientSecret)];
    refused(vector.refused, () => exchange.open(vector, ...keys, { enc, envelope, ciphertext: bytes(vector.ciphertext) }));
  }
});

test("refused attachments", () => {
  const vector = vectors.attachments[2];
  const { parts } = sealAttachment(vector);
  for (const refusal of vectors.attachmentRefusals) {
    const given = refusal.parts.map((number) => parts[number].slice());
    const last = given.length - 1;
    given[last] = given[last].subarray(0, given[last].length - refusal.cutBytes);
    if (refusal.chunksSwapped) {
      given[0].set(parts[0].subarray(CHUNK, 2 * CHUNK));
      given[0].set(parts[0].subarray(0, CHUNK), CHUNK);
    }
    refused(refusal.refused, () => openAttachment(vector, refusal.sealedBytes, given));
  }
});

test("what was refused or given up is gone", () => {
  const vector = vectors.attachments[0];
  const { parts } = sealAttachment(vector);
  const begin = () =>
    exchange.openAttachment(vector, vector.gateShare, vector.senderKey, bytes(vector.recipientSecret), vector);
  const broken = begin();
  refused("broken", () => broken.part(parts[0].map((byte) => byte ^ 1)));
  refused("already-finished", () => broken.part(parts[0]));
  refused("already-finished", () => broken.finish());
  const early = begin();
  refused("unfinished", () => early.finish());
  refused("already-finished", () => early.part(parts[0]));
  const left = begin();
  left.forget();
  left.forget();
  refused("already-finished", () => left.finish());
  const { sealing } = sealAttachment(vector);
  refused("already-finished", () => sealing.part(new Uint8Array()));
});

test("a file of another length, a wrong header and too much are refused", () => {
  const vector = vectors.attachments[0];
  const keys = [vector.gateShare, bytes(vector.senderSecret), vector.recipientKey];
  const begin = (header, length) => exchange.sealAttachment(vector, ...keys, header, length);
  const sealing = begin(vector.header, 10);
  refused("length", () => sealing.part(new Uint8Array(9)));
  assert.equal(sealing.part(new Uint8Array(10)).length, sealing.sealedBytes);
  refused("header", () => begin({ name: "../x", mediaType: "text/plain" }, 10));
  refused("header", () => begin({ name: "x", mediaType: "text" }, 10));
  for (const length of [25 * 1024 * 1024, 2 ** 32, -1, 0.5]) refused("too-large", () => begin(vector.header, length));
});

test("a share is left out on purpose only", () => {
  const vector = vectors.messages[0];
  const content = new Uint8Array(3);
  for (const share of [undefined, "", 0]) {
    assert.throws(() => exchange.seal(vector, share, bytes(vector.senderSecret), vector.recipientKey, content), TypeError);
  }
  refused("invalid-encoding", () =>
    exchange.seal(vector, "not a share", bytes(vector.senderSecret), vector.recipientKey, content),
  );
});

test("fingerprints and proofs of possession", () => {
  for (const vector of vectors.fingerprints) {
    assert.equal(exchange.fingerprint(vector.organisation, vector.key), vector.fingerprint);
  }
  for (const vector of vectors.possessionProofs) {
    const { organisation, secret, proofKey, proof } = vector;
    assert.equal(exchange.provePossession(organisation, bytes(secret), proofKey, chanceOf(vector)), proof);
  }
  const [message] = vectors.messages;
  assert.equal(exchange.publicKey(bytes(message.senderSecret)), message.senderKey);
});

test("a consent is verified by record and status", () => {
  const { record, status, endedStatus, signalRecord, publicKey } = consent;
  const terms = JSON.parse(record.document);
  const portal = { network: "demo", keys: [publicKey] };
  const at = (seconds) => new Date(Date.parse("2026-12-01T12:00:00Z") + 1000 * seconds);
  const expected = { match: terms.match, parties: terms.parties, now: at(0) };
  const verify = (change = {}) =>
    exchange.verifyConsent(
      { record, status, ...change.consent },
      { ...portal, ...change.portal },
      { ...expected, ...change.expected },
    );
  assert.deepEqual(verify(), terms);
  assert.deepEqual(verify({ expected: { now: at(60) } }), terms);
  const zeros = text(new Uint8Array(64));
  const stranger = `org_${text(new Uint8Array(16))}`;
  for (const [code, change] of [
    ["record-hash", { consent: { record: { ...record, hash: text(new Uint8Array(32)) } } }],
    ["record-untrusted", { consent: { record: { ...record, signature: zeros } } }],
    ["record-untrusted", { portal: { keys: [vectors.messages[0].ciphertext.slice(0, 42) + "A"].slice(1) } }],
    ["record-network", { portal: { network: "live" } }],
    ["record-purpose", { consent: { record: signalRecord } }],
    ["record-match", { expected: { match: text(new Uint8Array(16)) } }],
    ["record-party", { expected: { parties: [terms.parties[0], stranger] } }],
    ["record-party", { expected: { parties: [stranger, terms.parties[0]] } }],
    ["record-party", { expected: { parties: [terms.parties[0], terms.parties[0]] } }],
    ["record-expired", { expected: { now: new Date(terms.validUntil) } }],
    ["record-not-yet-given", { expected: { now: new Date(Date.parse(terms.givenAt) - 31_000) } }],
    ["status-untrusted", { consent: { status: { ...status, signature: zeros } } }],
    ["status-old", { expected: { now: at(61) } }],
    ["status-future", { expected: { now: at(-31) } }],
    ["ended", { consent: { status: endedStatus } }],
  ]) {
    refused(code, () => verify(change));
  }
});

test("chance is the host's, fresh each time, and a broken generator is noticed", () => {
  const vector = vectors.messages[0];
  const seal = (fill) =>
    exchange.seal(vector, null, bytes(vector.senderSecret), vector.recipientKey, new Uint8Array(3), fill);
  assert.equal(new Set(Array.from({ length: 20 }, () => seal().enc)).size, 20);
  refused("no-chance", () => seal(() => {}));
  refused("no-chance", () => exchange.generateSecret(() => {}));
  assert.equal(exchange.generateSecret().length, 32);
  assert.match(exchange.generateMessageId(), /^[A-Za-z0-9_-]{21}[AQgw]$/);
  assert.notEqual(exchange.generateMessageId(), exchange.generateMessageId());
});

test("nothing that was sealed or opened stays in the module's memory, or shows", async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve("trefpunt-identifiers/identifiers.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm);
  const own = new Identifiers(instance.exports).exchange;
  const memory = () => Buffer.from(instance.exports.memory.buffer);
  const vector = vectors.attachments[0];
  const [sender, recipient] = [0xa0, 0xc0].map((from) => Uint8Array.from({ length: 32 }, (_, at) => from + at));
  const [senderKey, recipientKey] = [sender, recipient].map((secret) => own.publicKey(secret));
  const canary = "Een kanarie in een brief";
  const content = new TextEncoder().encode(canary.repeat(5000));
  const sealed = own.seal(vector, vector.gateShare, sender, recipientKey, content);
  own.open(vector, vector.gateShare, senderKey, recipient, sealed);
  const header = { name: "Kanarienaam.txt", mediaType: "text/plain" };
  const sealing = own.sealAttachment(vector, vector.gateShare, sender, recipientKey, header, content.length);
  const part = sealing.part(content);
  const opening = own.openAttachment(vector, vector.gateShare, senderKey, recipient, sealing);
  opening.part(part);
  assert.ok(memory().includes(canary), "what is half opened is there");
  const shown = inspect([sealing, opening, own], { showHidden: true, depth: 9 }) + JSON.stringify([sealing, opening]);
  for (const secret of [canary, "Kanarienaam", text(sender)]) assert.ok(!shown.includes(secret));
  assert.deepEqual(opening.finish(), { ...header, file: content });
  const secrets = { canary, name: "Kanarienaam", sender, recipient, share: vector.gateShare, shareBytes: bytes(vector.gateShare) };
  const found = Object.entries(secrets).filter(([, secret]) => memory().includes(Buffer.from(secret)));
  assert.deepEqual(found.map(([name]) => name), []);
});
