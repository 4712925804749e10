// A vendor's receiver of webhooks and its OAuth client, tried by `trefpunt conformance`: right ones, and each with a mistake
// that vendors make.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign, timingSafeEqual } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import test from "node:test";

const SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

/** Starts the program; `lines` calls back for each line of either stream. */
function conformance(args, lines = () => {}) {
  const program = spawn(process.env.TREFPUNT_BIN, ["conformance", ...args]);
  let told = "";
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      told += text;
      lines(told);
    });
  }
  return new Promise((resolve) => program.on("close", (status) => resolve({ status, told })));
}

/** A receiver, and what is said of it. */
async function received(name, verified) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      response.statusCode = verified(request.headers, Buffer.concat(chunks)) ? 204 : 401;
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  writeFileSync(`${name}.secret`, SECRET);
  const url = `http://127.0.0.1:${server.address().port}/hooks`;
  const { status, told } = await conformance(["--webhook", url, "--secret-file", `${name}.secret`, "--json"]);
  server.close();
  const { verdicts } = JSON.parse(told.split("\n").find((line) => line.startsWith("{")));
  return { status, wrong: verdicts.filter(({ right }) => !right).map(({ code }) => code) };
}

const key = Buffer.from(SECRET.slice("whsec_".length), "base64");

function verified(headers, body, { tolerance = 300, secret = key } = {}) {
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= tolerance)) return false;
  const right = createHmac("sha256", secret).update(`${id}.${at}.`).update(body).digest();
  return signatures.split(" ").some((signature) => {
    const [version, bytes = ""] = signature.split(",");
    const found = Buffer.from(bytes, "base64");
    return version === "v1" && found.length === right.length && timingSafeEqual(found, right);
  });
}

test("a receiver that verifies as Standard Webhooks says passes", async () => {
  assert.deepEqual(await received("right", (headers, body) => verified(headers, body)), { status: 0, wrong: [] });
});

test("who looks at no clock is told so", async () => {
  const { status, wrong } = await received("clock", (headers, body) => verified(headers, body, { tolerance: Infinity }));
  assert.deepEqual([status, wrong], [1, ["old", "early"]]);
});

test("who writes the JSON anew before verifying is told so", async () => {
  const anew = (body) => Buffer.from(JSON.stringify(JSON.parse(body)));
  const { wrong } = await received("anew", (headers, body) => verified(headers, anew(body)));
  assert.deepEqual(wrong, ["spaced"]);
});

test("who takes the text of the secret for the key is told so", async () => {
  const { wrong } = await received("text", (headers, body) => verified(headers, body, { secret: Buffer.from(SECRET) }));
  assert.ok(wrong.includes("good"), wrong.join());
});

const base64url = (value) => Buffer.from(value).toString("base64url");

/** A client with a key of its own, and what is said of it. `bend` changes header and claims of each request by its number. */
async function asked(name, bend = () => {}, options = {}) {
  const { publicKey, privateKey } = options.pair ?? generateKeyPairSync("ed25519");
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const jwk = kty === "EC" ? { crv, kty, x, y } : { crv, kty, x };
  const kid = createHash("sha256").update(JSON.stringify(jwk)).digest("base64url");
  writeFileSync(`${name}.jwk`, JSON.stringify(jwk));
  const client = "cl_h5Yz0cVbTtqN1rXk2mPvQA";
  let started = false;
  const asks = async (issuer) => {
    for (let number = 1; number <= (options.requests ?? 3); number += 1) {
      const now = Math.floor(Date.now() / 1000);
      const header = { alg: options.alg ?? "EdDSA", typ: "JWT", kid };
      const claims = { iss: client, sub: client, aud: `${issuer}/oauth/token`, jti: randomUUID(), iat: now, exp: now + 60 };
      bend(header, claims, number);
      const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
      const how = { key: privateKey, dsaEncoding: options.encoding ?? "ieee-p1363" };
      const signature = sign(options.alg === "ES256" ? "sha256" : null, Buffer.from(signed), how).toString("base64url");
      const answer = await fetch(`${issuer}/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: `${signed}.${signature}`,
        }),
      });
      await answer.text();
    }
  };
  const args = ["--oauth", "--client-id", client, "--client-key", `${name}.jwk`, "--wait", "2"];
  const { status, told } = await conformance(args, (text) => {
    const issuer = /issuer (http:\S+)/.exec(text)?.[1];
    if (issuer && !started) {
      started = true;
      asks(issuer);
    }
  });
  return { status, codes: [...told.matchAll(/^request \d+: ([a-z0-9-]+):/gm)].map(([, code]) => code), told };
}

test("a client that signs each request anew passes, with Ed25519 and with P-256", async () => {
  const { status, codes, told } = await asked("ed25519");
  assert.deepEqual([status, codes], [0, []], told);
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const p256 = await asked("p256", () => {}, { pair, alg: "ES256" });
  assert.deepEqual([p256.status, p256.codes], [0, []], p256.told);
});

test("who sends one assertion twice is told so", async () => {
  const { status, codes } = await asked("twice", (_, claims) => (claims.jti = "0123456789abcdef"), { requests: 2 });
  assert.deepEqual([status, codes], [1, ["jti-reused"]]);
});

test("milliseconds, a list for aud and a long life are told, all at once", async () => {
  const bend = (_, claims) => Object.assign(claims, { aud: [claims.aud], iat: Date.now(), exp: claims.exp + 3600 });
  const { codes } = await asked("claims", bend, { requests: 1 });
  assert.deepEqual(codes, ["aud", "iat"]);
});

test("an ES256 signature in DER is told", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { codes } = await asked("der", () => {}, { pair, alg: "ES256", encoding: "der", requests: 1 });
  assert.deepEqual(codes, ["signature"]);
});
