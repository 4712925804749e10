// A vendor's OAuth client, a library that knows nothing of this service, gets tokens from a live one with a key of each
// algorithm, and a coordinator's program goes over from one key to the next.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { after, before } from "node:test";

import * as oauth from "oauth4webapi";

// The program takes each variable of this prefix for a setting.
const { TREFPUNT_BIN: BIN, ...environment } = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name === "TREFPUNT_BIN" || !name.startsWith("TREFPUNT_")),
);
const COVENANT = "Convenant Voorbeeldstad";
const insecure = { [oauth.allowInsecureRequests]: true };

const kinds = {
  Ed25519: { make: { name: "Ed25519" }, members: ["crv", "kty", "x"] },
  ES256: { make: { name: "ECDSA", namedCurve: "P-256" }, members: ["crv", "kty", "x", "y"] },
  PS256: {
    make: { name: "RSA-PSS", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    members: ["e", "kty", "n"],
  },
};

let dir;
let service;
let base;
let clientId;
let first;

const trefpunt = (...args) => {
  const done = spawnSync(BIN, args, { encoding: "utf8", env: environment });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
};
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

/** RFC 7638. */
async function thumbprint(jwk, members) {
  const canonical = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical)));
}

async function newKey(alg) {
  const { make, members } = kinds[alg];
  const pair = await crypto.subtle.generateKey(make, true, ["sign", "verify"]);
  // As WebCrypto exports it, with `key_ops` and `ext`.
  const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { alg, key: pair.privateKey, jwk, kid: await thumbprint(jwk, members) };
}

/** The proof that comes with a new key, written by hand as docs/QUICKSTART.md writes an assertion. */
async function proof({ alg, key, kid }) {
  const iat = Math.floor(Date.now() / 1000);
  const header = { alg: alg === "Ed25519" ? "EdDSA" : alg, typ: "key-proof+jwt", kid };
  const claims = { iss: clientId, sub: clientId, aud: base, jti: crypto.randomUUID(), iat, exp: iat + 60 };
  const signed = [header, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const algorithm = { Ed25519: "Ed25519", ES256: { name: "ECDSA", hash: "SHA-256" }, PS256: { name: "RSA-PSS", saltLength: 32 } };
  const signature = await crypto.subtle.sign(algorithm[alg], key, new TextEncoder().encode(signed));
  return `${signed}.${base64url(signature)}`;
}

async function server() {
  const issuer = new URL(base);
  const response = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  return oauth.processDiscoveryResponse(issuer, response);
}

/** The answer of the token endpoint, read by the library. */
async function token({ key, kid }, scope) {
  const as = await server();
  const client = { client_id: clientId };
  const auth = oauth.PrivateKeyJwt({ key, kid });
  const asked = new URLSearchParams(scope ? { scope } : {});
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, asked, insecure);
  return oauth.processClientCredentialsResponse(as, client, response);
}

/** Insists that the library is told that this is no client. A 401 has a challenge (RFC 9110), which it looks at first. */
async function refused(asked, what) {
  const error = await asked.then(() => assert.fail(`${what}: a token was given`), (thrown) => thrown);
  assert.ok(error instanceof oauth.WWWAuthenticateChallengeError, `${what}: ${error}`);
  const problem = await error.response.json();
  assert.deepEqual([problem.status, problem.error], [401, "invalid_client"], what);
}

async function call(path, bearer, body) {
  const headers = { authorization: `Bearer ${bearer}` };
  if (body) Object.assign(headers, { "content-type": "application/json", "idempotency-key": crypto.randomUUID() });
  const response = await fetch(base + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

before(async () => {
  dir = mkdtempSync(join(tmpdir(), "trefpunt-oauth-"));
  // PostgreSQL does not run as root, and its own user has to pass.
  chmodSync(dir, 0o755);
  const data = join(dir, "service");
  const config = ["--config", join(data, "trefpunt.toml")];
  trefpunt("init", data, "--kind", "test", "--name", "test", "--log-origin", "trefpunt.test/log", "--listen", "127.0.0.1:0");
  trefpunt("covenant", "apply", ...config, join(data, "covenant.toml"));
  const keys = join(dir, "keys");
  const add = ["organisation", "add", ...config, "--covenant", COVENANT, "--name", "Basisschool De Wilg"];
  const added = trefpunt(...add, "--sector", "education", "--generate", keys, "--json");
  clientId = JSON.parse(added).clientId;
  const jwk = createPrivateKey(readFileSync(join(keys, "private-key.pem"))).export({ format: "jwk" });
  const key = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  first = { alg: "Ed25519", key, kid: await thumbprint(jwk, kinds.Ed25519.members) };

  service = spawn(BIN, ["serve", ...config], { stdio: ["ignore", "pipe", "pipe"], env: environment });
  for (const stream of [service.stdout, service.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      const said = /"base":"([^"]+)"/.exec(line);
      if (said) service.emit("ready", said[1]);
    });
  }
  base = await new Promise((resolve, reject) => {
    service.once("ready", resolve);
    service.once("exit", (code) => reject(new Error(`the service ended with ${code}`)));
  });
});

after(async () => {
  if (service && service.exitCode === null) {
    service.removeAllListeners("exit");
    const ended = new Promise((resolve) => service.once("exit", resolve));
    service.kill("SIGTERM");
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

test("the metadata is what the library asks of an authorization server", async () => {
  const as = await server();
  assert.deepEqual(as.token_endpoint_auth_methods_supported, ["private_key_jwt"]);
  for (const alg of ["EdDSA", "ES256", "PS256"]) {
    assert.ok(as.token_endpoint_auth_signing_alg_values_supported.includes(alg), alg);
  }
  const { keys } = await (await fetch(as.jwks_uri)).json();
  assert.equal(keys[0].kid, await thumbprint(keys[0], kinds.Ed25519.members));
});

// rule: D3, D8, D11
test("a key of each algorithm is registered, proves itself and is retired", async () => {
  const coordinator = (await token(first)).access_token;
  for (const alg of Object.keys(kinds)) {
    const key = await newKey(alg);
    await refused(token(key), `${alg}, not registered`);
    const added = await call(`/v1/clients/${clientId}/keys`, coordinator, { key: key.jwk, proof: await proof(key) });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    assert.equal(added.body.kid, key.kid);

    const given = await token(key, "signal");
    assert.deepEqual([given.token_type, given.scope, given.expires_in], ["bearer", "signal", 600]);
    assert.equal((await call("/v1/signals", given.access_token)).status, 200);
    assert.equal((await call("/v1/clients", given.access_token)).status, 403, "a narrower token");

    const retired = await call(`/v1/clients/${clientId}/keys/${key.kid}/retirements`, coordinator, {});
    assert.equal(retired.status, 201);
    await refused(token(key), `${alg}, retired`);
  }
  const { body } = await call(`/v1/clients/${clientId}`, coordinator);
  assert.deepEqual(body.keys.map((key) => "retiredAt" in key), [false, true, true, true]);
});

// rule: D11
test("a disabled client is nobody at once, with the token it has", async () => {
  const own = (await token(first)).access_token;
  assert.equal((await call(`/v1/clients/${clientId}/disablings`, own, {})).status, 201);
  assert.equal((await call("/v1/signals", own)).status, 401);
  await refused(token(first), "disabled");
});
