// A vendor's three steps: the test set, tokens made by the installed package and by the compiled reference, the verdict.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import test from "node:test";

import { RefusedError, load } from "trefpunt-identifiers";

import { Refused, parseKeyFile, token } from "./reference/trefpunt_token.mjs";

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n";
const identifiers = await load();
const trefpunt = (...args) => spawnSync(process.env.TREFPUNT_BIN, ["conformance", ...args], { encoding: "utf8" });

/** What is said of tokens made like this. */
function judged(name, make) {
  const set = trefpunt("--test-set").stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(set.length > 30);
  writeFileSync(`${name}.jsonl`, set.map((line) => `${JSON.stringify({ ...line, token: make(line) })}\n`).join(""));
  writeFileSync(`${name}.key`, KEY);
  const verdict = trefpunt("--tokens", `${name}.jsonl`, "--network-key-file", `${name}.key`, "--epoch", "1", "--json");
  return { status: verdict.status, ...JSON.parse(verdict.stdout) };
}

function orNull(kind, make) {
  try {
    return make();
  } catch (error) {
    if (error instanceof kind) return null;
    throw error;
  }
}

test("the package passes", () => {
  const key = identifiers.parseKeyFile(KEY);
  const verdict = judged("package", ({ kind, identifier }) =>
    orNull(RefusedError, () => identifiers.token(key, 1, kind, identifier)),
  );
  assert.deepEqual([verdict.status, verdict.differ], [0, 0], JSON.stringify(verdict.reasons));
});

test("the reference passes", () => {
  const key = parseKeyFile(KEY);
  const verdict = judged("reference", ({ kind, identifier }) => orNull(Refused, () => token(key, 1, kind, identifier)));
  assert.deepEqual([verdict.status, verdict.differ], [0, 0], JSON.stringify(verdict.reasons));
});

test("who takes the key file's text for the key is told so", () => {
  const key = Buffer.from(KEY.trimEnd(), "ascii");
  const verdict = judged("mistaken", ({ kind, identifier }) => orNull(Refused, () => token(key, 1, kind, identifier)));
  assert.deepEqual([verdict.status, verdict.reasons], [1, { "key-as-text": verdict.lines - 11 }]);
});
