// What a vendor writes, for the compiler: `tsc --noEmit` has to accept this program and refuse what it marks.

import {
  type AttachmentHeader,
  type Blinding,
  type ConsentRecord,
  Identifiers,
  type Kind,
  RefusedError,
  type RefusalCode,
  type Route,
  type SealedMessage,
  type SignedRecord,
  type SignedStatus,
  load,
} from "trefpunt-identifiers";

interface KeyholdersAnswer {
  elements: string[];
  proof: string;
}

interface SignalToken {
  suite: 1 | 2;
  netEpoch: number;
  oprfEpoch?: number;
  kind: Kind;
  keyCheck: string;
  token: string;
}

export async function levelA(keyFile: string, netEpoch: number, number: string): Promise<SignalToken> {
  const identifiers: Identifiers = await load();
  const key: Uint8Array = identifiers.parseKeyFile(keyFile);
  const keyCheck = identifiers.keyCheck(key, netEpoch);
  return { suite: 1, netEpoch, kind: "bsn", keyCheck, token: identifiers.token(key, netEpoch, "bsn", number) };
}

export async function levelB(
  identifiers: Identifiers,
  token: string,
  publicKey: string,
  ask: (elements: readonly string[]) => Promise<KeyholdersAnswer>,
): Promise<string | undefined> {
  const blinding: Blinding = identifiers.blind([token]);
  try {
    const { elements, proof } = await ask(blinding.elements);
    return blinding.finish(publicKey, elements, proof)[0];
  } finally {
    blinding.forget();
  }
}

export function explain(identifiers: Identifiers, typed: string): RefusalCode | "right" {
  try {
    identifiers.check("bsn", typed);
    return "right";
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

interface Sealing {
  route: Route;
  share: string | null;
  secret: Uint8Array;
  theirKey: string;
}

export function sealUnderConsent(
  identifiers: Identifiers,
  { route, share, secret, theirKey }: Sealing,
  consent: { record: SignedRecord; status: SignedStatus },
  portal: { network: string; keys: string[] },
): SealedMessage {
  const { exchange } = identifiers;
  const { match, sender, recipient } = route;
  const record: ConsentRecord = exchange.verifyConsent(consent, portal, { match, parties: [sender, recipient] });
  return exchange.seal(route, share, secret, theirKey, new TextEncoder().encode(`until ${record.validUntil}`));
}

export async function sendFile(
  identifiers: Identifiers,
  { route, share, secret, theirKey }: Sealing,
  header: AttachmentHeader,
  file: Uint8Array,
  put: (number: number, part: Uint8Array) => Promise<void>,
): Promise<void> {
  const sealing = identifiers.exchange.sealAttachment(route, share, secret, theirKey, header, file.length);
  for (let at = 0; sealing.wants !== undefined && sealing.nextPart !== undefined; ) {
    const [number, wants] = [sealing.nextPart, sealing.wants];
    await put(number, sealing.part(file.subarray(at, at + wants)));
    at += wants;
  }
}

export function openFile(identifiers: Identifiers, { route, share, secret, theirKey }: Sealing, parts: Uint8Array[]): string {
  const sealed = { enc: "enc", envelope: "envelope", sealedBytes: 17 };
  const opening = identifiers.exchange.openAttachment(route, share, theirKey, secret, sealed);
  for (const part of parts) opening.part(part);
  const { name, file } = opening.finish();
  return `${name}: ${file.length}`;
}

export async function mistakes(identifiers: Identifiers): Promise<void> {
  // @ts-expect-error a kind that does not exist
  identifiers.check("passport", "123456782");
  // @ts-expect-error a key is bytes, not the text of its file
  identifiers.keyCheck("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", 1);
  // @ts-expect-error an answer without its proof
  identifiers.blind(["token"]).finish("public key", ["element"]);
  // @ts-expect-error what is sent is not changed
  identifiers.blind(["token"]).elements.push("element");
  // @ts-expect-error the package makes it ready, not `new`
  new Identifiers();
  const { exchange } = identifiers;
  const route: Route = { match: "m", message: "m", sender: "s", recipient: "r", consentHash: "c" };
  // @ts-expect-error a share is not forgotten: without a keyholder it is null
  exchange.seal(route, undefined, new Uint8Array(32), "key", new Uint8Array());
  // @ts-expect-error content is bytes
  exchange.seal(route, null, new Uint8Array(32), "key", "text");
  // @ts-expect-error nothing of a file is to be had before it is whole
  exchange.openAttachment(route, null, "key", new Uint8Array(32), { enc: "", envelope: "", sealedBytes: 1 }).file;
  // @ts-expect-error a refusal has a known name
  const code: RefusalCode = "some-other-name";
  await load(code);
}
