/**
 * The token `t` of an identifier, in one file of TypeScript with Node's standard library alone (Node 18 or newer).
 *
 * A second implementation, written from docs/PSEUDONYMS.md and not from the Rust code, so that an error in one shows in the
 * other. It makes tokens and key-check values; it does not blind, evaluate or store anything. Its types can be erased, so
 * any tool that strips types will do, and Node 22.18 and newer runs it as it stands.
 *
 *     npx --package typescript --package @types/node tsc --target es2022 --module nodenext --types node trefpunt_token.mts
 *     node trefpunt_token.mjs KEYFILE NET_EPOCH KIND < identifier    print one token
 *     node trefpunt_token.mjs --check ../vectors.json                compare with the shared vectors
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

export type Kind = "bsn" | "service-key" | "guardian-bsn";

const KINDS: ReadonlyMap<string, number> = new Map([
  ["bsn", 0x01],
  ["service-key", 0x10],
  ["guardian-bsn", 0x20],
]);

const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: "ss", ẞ: "ss", æ: "ae", Æ: "ae", œ: "oe", Œ: "oe", þ: "th", Þ: "th",
    ø: "o", Ø: "o", đ: "d", Đ: "d", ð: "d", Ð: "d", ł: "l", Ł: "l",
    ħ: "h", Ħ: "h", ŧ: "t", Ŧ: "t", ŋ: "n", Ŋ: "n", ı: "i",
  }),
);
const APOSTROPHES = "'`\u2018\u2019\u201b\u2032\u02b9\u02bc";
const HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212";
const SEXES: ReadonlyMap<string, string> = new Map([
  ["m", "m"], ["v", "v"], ["f", "v"], ["o", "o"], ["x", "o"],
]);

/** Carries the stable name of the rule that failed, never the value. */
export class Refused extends Error {}

/** Nine ASCII digits of a BSN written with spaces, dots and dashes, or without its leading zero. */
export function bsn(raw: string): string {
  const written = raw.replace(/[ .-]/g, "");
  if (/[^0-9]/.test(written)) throw new Refused("unexpected-character");
  if (written === "") throw new Refused("empty");
  if (written.length !== 8 && written.length !== 9) throw new Refused("wrong-length");
  const digits = written.padStart(9, "0");
  if (digits === "000000000") throw new Refused("all-zero");
  const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  if (sum % 11 !== 0) throw new Refused("fails-eleven-test");
  return digits;
}

/** A surname without its prefix, as a-z and single spaces. */
export function surname(raw: string): string {
  if ([...raw].length > 200) throw new Refused("wrong-length");
  let name = "";
  for (const letter of raw.normalize("NFKC").normalize("NFD")) {
    if (/\p{M}/u.test(letter) || APOSTROPHES.includes(letter)) continue;
    if (/[A-Za-z]/.test(letter)) name += letter.toLowerCase();
    else if (LETTERS.has(letter)) name += LETTERS.get(letter);
    else if (letter === " " || HYPHENS.includes(letter)) name += " ";
    else throw new Refused("unexpected-letter");
  }
  name = name.split(" ").filter(Boolean).join(" ");
  if (name === "") throw new Refused("empty");
  if (name.length > 200) throw new Refused("wrong-length");
  return name;
}

/** A date that exists, as YYYYMMDD. */
export function birthDate(raw: string): string {
  const [, year, month, day] =
    /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(raw) ?? /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(raw) ?? [];
  if (year === undefined || month === undefined || day === undefined) throw new Refused("not-a-date");
  // Date would take the 30th of February for the 2nd of March.
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0;
  if (Number(day) < 1 || Number(day) > days || Number(year) < 1900 || Number(year) > 2199) {
    throw new Refused("not-a-date");
  }
  return year + month + day;
}

/** `surname|birth date|sex`, canonical and joined by 0x1F. */
export function serviceKey(raw: string): string {
  const [name, born, sex, ...more] = raw.split("|");
  if (name === undefined || born === undefined || sex === undefined || more.length > 0) {
    throw new Refused("wrong-fields");
  }
  const [canonicalName, canonicalDate] = [surname(name), birthDate(born)];
  const canonicalSex = /^[A-Za-z]$/.test(sex) ? SEXES.get(sex.toLowerCase()) : undefined;
  if (canonicalSex === undefined) throw new Refused("unknown-sex");
  return [canonicalName, canonicalDate, canonicalSex].join("\x1f");
}

/** What is hashed for an identifier of this kind; always ASCII. */
export function canonical(kind: string, raw: string): string {
  if (!KINDS.has(kind)) throw new Refused("unknown-kind");
  return kind === "service-key" ? serviceKey(raw) : bsn(raw);
}

/** What the MAC is taken over. */
export function ident(netEpoch: number, kind: string, value: string): Buffer {
  const numbers = Buffer.alloc(5);
  numbers.writeUInt16BE(netEpoch, 0);
  numbers.writeUInt8(KINDS.get(kind) ?? 0, 2);
  numbers.writeUInt16BE(value.length, 3);
  return Buffer.concat([Buffer.from("trefpunt/v1/ident\0", "ascii"), numbers, Buffer.from(value, "ascii")]);
}

/** `t`, 43 characters. */
export function token(secret: Uint8Array, netEpoch: number, kind: Kind, raw: string): string {
  return createHmac("sha256", secret).update(ident(netEpoch, kind, canonical(kind, raw))).digest("base64url");
}

/** What an epoch publishes so that a client can tell a wrong secret, 22 characters. */
export function keyCheck(secret: Uint8Array, netEpoch: number): string {
  const epoch = Buffer.alloc(2);
  epoch.writeUInt16BE(netEpoch);
  const mac = createHmac("sha256", secret).update("trefpunt/v1/key-check\0", "ascii").update(epoch).digest();
  return mac.subarray(0, 16).toString("base64url");
}

/** 32 bytes as 43 characters of unpadded base64url, then at most one line feed. */
export function parseKeyFile(contents: string): Buffer {
  const text = contents.endsWith("\n") ? contents.slice(0, -1) : contents;
  const secret = Buffer.from(text, "base64url");
  // Buffer skips what it does not know; only a key's one spelling comes back the same.
  const again = Buffer.from(secret.toString("base64url"));
  const given = Buffer.from(text);
  if (secret.length !== 32 || again.length !== given.length || !timingSafeEqual(again, given)) {
    throw new Refused("invalid-key-file");
  }
  return secret;
}

// --- comparing -----------------------------------------------------------------------------------------------------------

interface Vectors {
  keyCheck: { networkSecretHex: string; netEpoch: number; keyCheck: string }[];
  token: {
    networkSecretHex: string; netEpoch: number; kind: Kind; raw: string;
    valueHex: string; identHex: string; token: string;
  }[];
  refused: { kind: string; raw: string; error: string }[];
  keyFile: { accepted: { text: string; keyHex: string }[]; refused: string[] };
}

/** Compares every vector this program can make; returns how many it compared. */
export function check(path: string): number {
  const vectors: Vectors = JSON.parse(readFileSync(path, "utf8"));
  for (const vector of vectors.keyCheck) {
    same(keyCheck(Buffer.from(vector.networkSecretHex, "hex"), vector.netEpoch), vector.keyCheck, vector);
  }
  for (const vector of vectors.token) {
    const value = canonical(vector.kind, vector.raw);
    same(Buffer.from(value, "ascii").toString("hex"), vector.valueHex, vector);
    same(ident(vector.netEpoch, vector.kind, value).toString("hex"), vector.identHex, vector);
    const secret = Buffer.from(vector.networkSecretHex, "hex");
    same(token(secret, vector.netEpoch, vector.kind, vector.raw), vector.token, vector);
  }
  for (const vector of vectors.refused) {
    same(refusal(() => canonical(vector.kind, vector.raw)), vector.error, vector);
  }
  for (const vector of vectors.keyFile.accepted) {
    same(parseKeyFile(vector.text).toString("hex"), vector.keyHex, vector);
  }
  for (const text of vectors.keyFile.refused) {
    same(refusal(() => parseKeyFile(text)), "invalid-key-file", text);
  }
  const { accepted, refused } = vectors.keyFile;
  return (
    vectors.keyCheck.length + vectors.token.length + vectors.refused.length + accepted.length + refused.length
  );
}

function refusal(act: () => unknown): string {
  try {
    act();
    return "accepted";
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function same(made: string, expected: string, vector: unknown): void {
  if (made !== expected) throw new Error(`${made} instead of ${expected}: ${JSON.stringify(vector)}`);
}

function main([first, second, third]: string[]): void {
  if (first === "--check" && second !== undefined) {
    console.log(`${check(second)} vectors agree`);
  } else if (first !== undefined && second !== undefined && third !== undefined) {
    const [raw = ""] = readFileSync(0, "utf8").split("\n");
    const epoch = Number(second);
    if (!Number.isInteger(epoch) || epoch < 1 || epoch > 65535) throw new Refused("wrong-epoch");
    console.log(token(parseKeyFile(readFileSync(first, "utf8")), epoch, third as Kind, raw));
  } else {
    throw new Refused("usage: trefpunt_token KEYFILE NET_EPOCH KIND < identifier");
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? "").href) {
  try {
    main(argv.slice(2));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(`refused: ${error.message}`);
    process.exitCode = 2;
  }
}
