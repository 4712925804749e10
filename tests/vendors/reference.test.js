// The one-file reference in TypeScript, compiled, against vectors.json.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import test from "node:test";

const program = new URL("./reference/trefpunt_token.mjs", import.meta.url).pathname;
const path = process.env.TREFPUNT_VECTORS;
const vectors = JSON.parse(readFileSync(path, "utf8"));

test("every vector it can make agrees", () => {
  const { keyCheck, token, refused, keyFile } = vectors;
  const all = keyCheck.length + token.length + refused.length + keyFile.accepted.length + keyFile.refused.length;
  assert.equal(execFileSync(process.execPath, [program, "--check", path], { encoding: "utf8" }), `${all} vectors agree\n`);
});

test("a vector that is changed is noticed", () => {
  const changed = structuredClone(vectors);
  changed.token[0].token = changed.token[1 + changed.token.findIndex(({ netEpoch }) => netEpoch === 2)].token;
  writeFileSync("changed.json", JSON.stringify(changed));
  assert.notEqual(spawnSync(process.execPath, [program, "--check", "changed.json"]).status, 0);
});

test("it makes one token from a key file and standard input", () => {
  writeFileSync("key", `${vectors.keyFile.accepted[0].text}\n`);
  const run = (input, ...args) => spawnSync(process.execPath, [program, ...args], { input, encoding: "utf8" });
  assert.equal(run("1234.56.782\n", "key", "1", "bsn").stdout, `${vectors.token[0].token}\n`);
  const refused = run("123456789\n", "key", "1", "bsn");
  assert.equal(refused.status, 2);
  assert.equal(refused.stderr, "refused: fails-eleven-test\n");
  assert.equal(run("123456782\n", "key", "0", "bsn").stderr, "refused: wrong-epoch\n");
});
