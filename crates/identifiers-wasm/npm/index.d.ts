/** The sort of an identifier. */
export type Kind = "bsn" | "service-key" | "guardian-bsn";

/** The stable name of why something was refused; the same names stand in `vectors.json`. */
export type RefusalCode =
  // identifiers
  | "empty"
  | "unexpected-character"
  | "wrong-length"
  | "all-zero"
  | "fails-eleven-test"
  | "unknown-kind"
  | "wrong-fields"
  | "unexpected-letter"
  | "not-a-date"
  | "unknown-sex"
  // keys
  | "invalid-key-file"
  | "wrong-epoch"
  // level B
  | "empty-batch"
  | "too-many-elements"
  | "count-mismatch"
  | "invalid-encoding"
  | "identity-element"
  | "non-canonical-element"
  | "zero-scalar"
  | "non-canonical-scalar"
  | "invalid-proof"
  | "already-finished"
  | "malformed-question";

/** An input was refused. Neither the name nor the message repeats any of the input, so both may be logged. */
export class RefusedError extends Error {
  private constructor();
  readonly code: RefusalCode;
}

/**
 * Makes the module ready; once per process is enough.
 *
 * @param source the module, for a host that keeps it elsewhere: its bytes, a response of `fetch`, or the compiled
 *   module. Without it `identifiers.wasm` of this package is taken.
 */
export function load(
  source?: BufferSource | Response | WebAssembly.Module | PromiseLike<BufferSource | Response | WebAssembly.Module>,
): Promise<Identifiers>;

/** The partner's side of Trefpunt's pseudonyms. */
export class Identifiers {
  private constructor();

  /**
   * Checks an identifier as people and systems write it.
   *
   * @throws {RefusedError} naming the rule that failed.
   */
  check(kind: Kind, identifier: string): void;

  /** Whether a text is a BSN: 8 or 9 digits that pass the 11-test, with spaces, dots and dashes between them. */
  isBsn(text: string): boolean;

  /**
   * Whether a text such as a reference or an e-mail address holds a BSN. The service refuses such a text with
   * `raw-identifier-forbidden`; asking here first keeps it from travelling.
   */
  containsRawBsn(text: string): boolean;

  /**
   * The canonical service key of a child without a BSN: surname, birth date and sex, joined by U+001F.
   *
   * @param surname without its prefix (tussenvoegsel)
   * @param birthDate `YYYYMMDD` or `YYYY-MM-DD`
   * @param sex `m`, `v` (or `f`), `o` (or `x`)
   * @throws {RefusedError}
   */
  serviceKey(surname: string, birthDate: string, sex: string): string;

  /**
   * The canonical value that is hashed, of an identifier of any kind (a service key as `surname|birth date|sex`). For
   * comparing step by step: it is the identifier itself.
   *
   * @throws {RefusedError}
   */
  canonical(kind: Kind, identifier: string): string;

  /**
   * The 32 bytes of a key file: 43 characters of unpadded base64url, then at most one line feed.
   *
   * @throws {RefusedError} `invalid-key-file`
   */
  parseKeyFile(contents: string): Uint8Array;

  /**
   * The key-check value that goes with each submission and tells a wrong or old key.
   *
   * @param networkKey 32 bytes
   * @param epoch from 1 to 65535
   * @throws {RefusedError} `wrong-epoch`
   */
  keyCheck(networkKey: Uint8Array, epoch: number): string;

  /**
   * The token `t` of an identifier: 43 characters. A secret: never log it, never keep it.
   *
   * @param networkKey 32 bytes
   * @param epoch from 1 to 65535
   * @throws {RefusedError}
   */
  token(networkKey: Uint8Array, epoch: number, kind: Kind, identifier: string): string;

  /**
   * Blinds 1 to 100 tokens `t` for the keyholder.
   *
   * @param fill fills bytes with chance; `crypto.getRandomValues` unless told. Only a test gives its own: whoever knows
   *   these bytes can take the blinding off.
   * @throws {RefusedError} `empty-batch`, `too-many-elements`, `invalid-encoding`
   */
  blind(tokens: readonly string[], fill?: (bytes: Uint8Array) => unknown): Blinding;

  /**
   * Verifies the keyholder's proof for a batch. `Blinding.finish` does it by itself; this is for looking at a batch that
   * was recorded.
   *
   * @param publicKey the keyholder's public key of the epoch, pinned or from its signed list
   * @throws {RefusedError} `invalid-proof`, and what is wrong with an element
   */
  verifyProof(publicKey: string, blinded: readonly string[], evaluated: readonly string[], proof: string): void;
}

/**
 * A batch on its way to the keyholder. Its blinds stay in the module's memory; they are wiped by `finish`, by `forget`,
 * and when this object is collected. There is no way to unblind without verifying.
 */
export class Blinding {
  private constructor();

  /** What is sent to the keyholder, in the order of the tokens. */
  readonly elements: readonly string[];

  /**
   * Verifies the keyholder's answer and takes the blinding off: the tokens `N`, in the order of the tokens. Whatever comes
   * of it, this batch is gone afterwards; another try begins with `blind`.
   *
   * @param publicKey the keyholder's public key of the epoch, pinned or from its signed list
   * @throws {RefusedError} `invalid-proof`: the keyholder or somebody in between lies. Send nothing and raise an alarm.
   */
  finish(publicKey: string, evaluated: readonly string[], proof: string): string[];

  /** Gives the batch up and wipes its blinds. Harmless afterwards. */
  forget(): void;
}
