// What a vendor writes, for the compiler: `tsc --noEmit` has to accept this program and refuse what it marks.

import { type Blinding, Identifiers, type Kind, RefusedError, type RefusalCode, load } from "trefpunt-identifiers";

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
  // @ts-expect-error a refusal has a known name
  const code: RefusalCode = "some-other-name";
  await load(code);
}
