// The installed package against vectors.json: everything of the partner's side, wrong inputs included.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { inspect } from "node:util";

import { Identifiers, RefusedError, load } from "trefpunt-identifiers";

const vectors = JSON.parse(readFileSync(process.env.TREFPUNT_VECTORS, "utf8"));
const identifiers = await load();
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const wasm = readFileSync(createRequire(import.meta.url).resolve("trefpunt-identifiers/identifiers.wasm"));

/** Refused with this name, and nothing of the input is repeated. */
function refused(code, act, input = "") {
  assert.throws(act, (error) => {
    assert.ok(error instanceof RefusedError, String(error));
    assert.equal(error.code, code);
    assert.ok(input.length < 4 || !inspect(error).replace(/\n.*/s, "").includes(input), error.message);
    return true;
  });
}

/** Blinds with the blinds of a vector: 32 bytes below the group's order, reduced from 64, stay what they are. */
function blindAs(vector) {
  const blinds = vector.blindsHex.map(bytes);
  return identifiers.blind(vector.tokens, (chance) => chance.set(blinds.shift()));
}

test("every section of the vectors is known here", () => {
  const here = ["keyCheck", "token", "refused", "keyFile", "tokenText", "voprf", "voprfRefused", "rfc9497"];
  // Tags and the change of a key are the service's and the keyholder's side, and not in the package.
  const elsewhere = ["description", "tag", "delta", "deltaRefused"];
  assert.deepEqual(Object.keys(vectors).sort(), [...here, ...elsewhere].sort());
});

test("key-check values", () => {
  for (const vector of vectors.keyCheck) {
    assert.equal(identifiers.keyCheck(bytes(vector.networkSecretHex), vector.netEpoch), vector.keyCheck);
  }
});

test("tokens and canonical values", () => {
  for (const vector of vectors.token) {
    const { kind, raw } = vector;
    identifiers.check(kind, raw);
    assert.equal(Buffer.from(identifiers.canonical(kind, raw)).toString("hex"), vector.valueHex);
    assert.equal(identifiers.token(bytes(vector.networkSecretHex), vector.netEpoch, kind, raw), vector.token);
    if (kind === "service-key") assert.equal(identifiers.serviceKey(...raw.split("|")), identifiers.canonical(kind, raw));
    else assert.ok(identifiers.isBsn(raw));
  }
});

test("wrong identifiers", () => {
  const key = new Uint8Array(32);
  for (const { kind, raw, error } of vectors.refused) {
    refused(error, () => identifiers.check(kind, raw), raw);
    refused(error, () => identifiers.token(key, 1, kind, raw), raw);
    if (kind === "bsn") assert.equal(identifiers.isBsn(raw), false);
  }
  refused("unexpected-character", () => identifiers.check("bsn", "12345678\ud800"));
  refused("wrong-fields", () => identifiers.serviceKey("Jansen|x", "20140203", "v"));
});

test("key files and texts of tokens have one spelling", () => {
  for (const { text, keyHex } of vectors.keyFile.accepted) {
    assert.deepEqual(identifiers.parseKeyFile(text), bytes(keyHex));
  }
  for (const text of vectors.keyFile.refused) refused("invalid-key-file", () => identifiers.parseKeyFile(text), text);
  for (const text of vectors.tokenText.refused) refused("invalid-encoding", () => identifiers.blind([text]), text);
});

test("wrong epochs and keys", () => {
  const key = new Uint8Array(32);
  for (const epoch of [0, -1, 1.5, 65536, Number.NaN, "1"]) {
    refused("wrong-epoch", () => identifiers.keyCheck(key, epoch));
  }
  for (const wrong of [new Uint8Array(31), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", undefined]) {
    assert.throws(() => identifiers.keyCheck(wrong, 1), TypeError);
  }
});

test("blind, verify and finish", () => {
  for (const vector of vectors.voprf) {
    const { publicKey, evaluated, proof } = vector;
    const blinding = blindAs(vector);
    assert.deepEqual(blinding.elements, vector.blinded);
    identifiers.verifyProof(publicKey, vector.blinded, evaluated, proof);
    assert.deepEqual(blinding.finish(publicKey, evaluated, proof), vector.unblinded);
    refused("already-finished", () => blinding.finish(publicKey, evaluated, proof));
  }
});

test("the proofs of RFC 9497 A.1.2, the batch too", () => {
  for (const vector of vectors.rfc9497.voprf) {
    const list = (name) => vector[name].split(",").map((hex) => Buffer.from(hex, "hex").toString("base64url"));
    const [publicKey] = list("pkSm");
    const [proof] = list("Proof");
    identifiers.verifyProof(publicKey, list("BlindedElement"), list("EvaluationElement"), proof);
    refused("invalid-proof", () =>
      identifiers.verifyProof(publicKey, list("EvaluationElement"), list("BlindedElement"), proof),
    );
  }
});

test("wrong elements, sizes and answers", () => {
  const base = vectors.voprf.at(-1);
  const { element, batchSize, answer, ...rest } = vectors.voprfRefused;
  assert.deepEqual(Object.keys(rest), ["secretKey"]); // the keyholder's
  for (const { text, error } of element) {
    refused(error, () => blindAs(base).finish(text, base.evaluated, base.proof), text);
    refused(error, () => blindAs(base).finish(base.publicKey, [text, ...base.evaluated.slice(1)], base.proof), text);
    refused(error, () => identifiers.verifyProof(base.publicKey, [text], [base.evaluated[0]], base.proof), text);
  }
  for (const { size, error } of batchSize) {
    refused(error, () => identifiers.blind(Array(size).fill(base.tokens[0])));
    const elements = Array(size).fill(base.blinded[0]);
    refused(error, () => identifiers.verifyProof(base.publicKey, elements, elements, base.proof));
  }
  for (const vector of answer) {
    const { publicKey, evaluated, proof, blinded } = { ...base, ...vector };
    const blinding = blindAs(base);
    refused(vector.error, () => blinding.finish(publicKey, evaluated, proof));
    // Nothing can be unblinded after a wrong answer, not even with the right one.
    refused("already-finished", () => blinding.finish(base.publicKey, base.evaluated, base.proof));
    refused(vector.error, () => identifiers.verifyProof(publicKey, blinded, evaluated, proof));
  }
});

test("chance is the host's, fresh each time, and a broken generator is noticed", () => {
  const [token] = vectors.voprf[0].tokens;
  const seen = new Set(Array.from({ length: 20 }, () => identifiers.blind([token]).elements[0]));
  assert.equal(seen.size, 20);
  refused("zero-scalar", () => identifiers.blind([token], () => {}));
  const full = identifiers.blind(Array(100).fill(token));
  assert.equal(new Set(full.elements).size, 100);
});

test("a raw BSN in a text is found", () => {
  assert.equal(identifiers.containsRawBsn("ref 123456782"), true);
  assert.equal(identifiers.containsRawBsn("case 2026-0017"), false);
});

test("what is shown of a blinding are the elements that are sent", () => {
  const vector = vectors.voprf[0];
  const shown = `${inspect(blindAs(vector), { showHidden: true, depth: 9 })} ${JSON.stringify(blindAs(vector))}`;
  assert.ok(shown.includes(vector.blinded[0]));
  for (const secret of [vector.tokens[0], vector.blindsHex[0], vector.unblinded[0]]) assert.ok(!shown.includes(secret));
});

test("nothing that was asked or answered stays in the module's memory", async () => {
  const { instance } = await WebAssembly.instantiate(wasm);
  const own = new Identifiers(instance.exports);
  const memory = () => Buffer.from(instance.exports.memory.buffer);
  const key = Uint8Array.from({ length: 32 }, (_, at) => 0xa0 + at);
  const vector = vectors.voprf[0];
  const blind = bytes(vector.blindsHex[0]);
  const token = own.token(key, 1, "bsn", "999990019");
  own.canonical("service-key", "Canarysurname|20140203|v");
  const kept = own.blind(vector.tokens, (chance) => chance.set(blind));
  assert.ok(memory().includes(Buffer.from(blind)), "the blind of a request under way is there");
  const forgotten = own.blind(vector.tokens, (chance) => chance.set(blind));
  forgotten.forget();
  forgotten.forget();
  const [n] = kept.finish(vector.publicKey, vector.evaluated, vector.proof);
  const secrets = {
    key,
    identifier: "999990019",
    surname: "Canarysurname",
    canonical: "canarysurname",
    token,
    tokenBytes: Buffer.from(token, "base64url"),
    blind,
    blindedToken: vector.tokens[0],
    n,
    nBytes: Buffer.from(n, "base64url"),
  };
  const found = Object.entries(secrets).filter(([, secret]) => memory().includes(Buffer.from(secret)));
  assert.deepEqual(found.map(([name]) => name), []);
});

test("a blinding that is let go of is wiped", async () => {
  const { instance } = await WebAssembly.instantiate(wasm);
  const own = new Identifiers(instance.exports);
  const blind = Buffer.from(bytes(vectors.voprf[0].blindsHex[0]));
  (() => own.blind(vectors.voprf[0].tokens, (chance) => chance.set(blind)))();
  const there = () => Buffer.from(instance.exports.memory.buffer).includes(blind);
  assert.ok(there());
  for (let round = 0; there() && round < 50; round++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(!there());
});

test("the module can be given as bytes, as a response and compiled", async () => {
  const response = new Response(wasm, { headers: { "content-type": "application/wasm" } });
  for (const source of [wasm, response, await WebAssembly.compile(wasm), Promise.resolve(wasm)]) {
    assert.ok((await load(source)).isBsn("123456782"));
  }
});
