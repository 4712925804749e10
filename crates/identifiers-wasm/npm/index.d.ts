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
  | "malformed-question"
  // sealing
  | "key"
  | "too-large"
  | "length"
  | "failed"
  | "no-chance"
  // opening
  | "envelope"
  | "route"
  | "kind"
  | "empty-share"
  | "share-missing"
  | "size"
  | "header"
  | "unfinished"
  | "broken"
  // consent
  | "record-hash"
  | "record-untrusted"
  | "record-network"
  | "record-purpose"
  | "record-match"
  | "record-party"
  | "record-not-yet-given"
  | "record-expired"
  | "status-untrusted"
  | "status-network"
  | "status-consent"
  | "status-old"
  | "status-future"
  | "ended";

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

  /** Messages and attachments, sealed under consent. */
  readonly exchange: SealedExchange;

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

/** Which message or attachment: as its sender chose it, and as its recipient expects it. */
export interface Route {
  match: string;
  /** Of 16 random bytes, new for each message and attachment: see `generateMessageId`. */
  message: string;
  /** `org_...` */
  sender: string;
  /** `org_...` */
  recipient: string;
  /** The hash of the consent record. */
  consentHash: string;
}

/** A message as it travels, but that `ciphertext` is base64url there. */
export interface SealedMessage {
  enc: string;
  envelope: string;
  ciphertext: Uint8Array;
}

/** The name and type of a file. The sender wrote them: show them, and open nothing because of them. */
export interface AttachmentHeader {
  /** 1 to 200 characters; not `.` or `..`, no `/`, `\`, control character, or one that turns the direction of writing. */
  name: string;
  /** `type/subtype`, without parameters. */
  mediaType: string;
}

/** A consent record with the portal's signature, as the service shows it. */
export interface SignedRecord {
  document: string;
  hash: string;
  signature: string;
  keyId: string;
}

/** Whether it stands, signed by the portal, as its `statusUrl` answers. */
export interface SignedStatus {
  document: string;
  signature: string;
  keyId: string;
}

/** What a consent record says. */
export interface ConsentRecord {
  version: "trefpunt/v1/consent";
  network: string;
  match: string;
  parties: string[];
  purpose: "exchange";
  textVersion: string;
  language: string;
  method: "portal" | "oral" | "written";
  assurance: "letter" | "oidc" | "assisted" | "attested";
  issuer: string;
  requestedAt: string;
  givenAt: string;
  validUntil: string;
}

/**
 * Seals and opens what parties of a match send each other: `identifiers.exchange`.
 *
 * A `share` is the keyholder's, for this very message. `null` says that the network has no keyholder; whoever knows one
 * never says so, and an envelope without a share is then refused with `empty-share`.
 *
 * `fill` fills bytes with chance; `crypto.getRandomValues` unless told. Only a test gives its own.
 */
export class SealedExchange {
  private constructor();

  /** Draws a sealing secret: 32 bytes, to be kept where no one else reads. */
  generateSecret(fill?: (bytes: Uint8Array) => unknown): Uint8Array;

  /** Draws the id of a new message or attachment. */
  generateMessageId(fill?: (bytes: Uint8Array) => unknown): string;

  /** The public key of a secret. */
  publicKey(secret: Uint8Array): string;

  /** What both sides of a telephone read for one organisation's key: six groups of five digits. */
  fingerprint(organisation: string, publicKey: string): string;

  /**
   * Shows the service, whose key `proofKey` is, that the organisation has the secret of a new sealing key.
   *
   * @throws {RefusedError} `key`
   */
  provePossession(
    organisation: string,
    secret: Uint8Array,
    proofKey: string,
    fill?: (bytes: Uint8Array) => unknown,
  ): string;

  /**
   * Verifies a consent record and its status: before sealing, and again before opening. Gives what the record says.
   *
   * @param portal the network's name and the portal's public keys, as you pinned them
   * @param expected your match, sender and recipient; `now` is the clock's unless told
   * @throws {RefusedError} `record-...`, `status-...` or `ended`: seal nothing, open nothing.
   */
  verifyConsent(
    consent: { record: SignedRecord; status: SignedStatus },
    portal: { network: string; keys: readonly string[] },
    expected: { match: string; parties: readonly [string, string]; now?: Date },
  ): ConsentRecord;

  /**
   * Seals a message. Verify the consent behind `route.consentHash` first.
   *
   * @throws {RefusedError} `key`, `invalid-encoding`
   */
  seal(
    route: Route,
    share: string | null,
    secret: Uint8Array,
    recipientKey: string,
    content: Uint8Array,
    fill?: (bytes: Uint8Array) => unknown,
  ): SealedMessage;

  /**
   * Opens the message that must be the one `expected`: all of it, or nothing.
   *
   * @param senderKey the sender's key as you kept it, not as the service shows it
   * @throws {RefusedError} `envelope`, `route`, `kind`, `empty-share`, `share-missing`, `broken`
   */
  open(
    expected: Route,
    share: string | null,
    senderKey: string,
    secret: Uint8Array,
    sealed: SealedMessage,
  ): Uint8Array;

  /**
   * Begins to seal a file of `fileBytes`, at most 25 MiB with its header.
   *
   * @throws {RefusedError} `header`, `too-large`, `key`
   */
  sealAttachment(
    route: Route,
    share: string | null,
    secret: Uint8Array,
    recipientKey: string,
    header: AttachmentHeader,
    fileBytes: number,
    fill?: (bytes: Uint8Array) => unknown,
  ): AttachmentSealing;

  /**
   * Begins to open the attachment that must be the one `expected`.
   *
   * @param senderKey the sender's key as you kept it, not as the service shows it
   * @throws {RefusedError} `envelope`, `route`, `kind`, `empty-share`, `share-missing`, `size`
   */
  openAttachment(
    expected: Route,
    share: string | null,
    senderKey: string,
    secret: Uint8Array,
    sealed: { enc: string; envelope: string; sealedBytes: number },
  ): AttachmentOpening;
}

/** An attachment while it is sealed. Its key stays in the module's memory until the last part, `forget`, or collection. */
export class AttachmentSealing {
  private constructor();
  readonly enc: string;
  readonly envelope: string;
  /** How many sealed bytes there will be in all. */
  readonly sealedBytes: number;
  /** How many bytes of the file go into the next part; undefined when all are sealed. An empty file has one part of 0. */
  readonly wants: number | undefined;
  /** The number of the next part, from 0; undefined when all are sealed. */
  readonly nextPart: number | undefined;

  /**
   * Seals the next part: `wants` bytes of the file. Keep it until it has arrived: it is never sealed again.
   *
   * @throws {RefusedError} `length` for another number of bytes
   */
  part(file: Uint8Array): Uint8Array;

  /** Gives it up and wipes its key. Harmless afterwards. */
  forget(): void;
}

/** An attachment while it is opened. What was opened stays in the module's memory until it is whole. */
export class AttachmentOpening {
  private constructor();

  /**
   * Opens the next part, in order.
   *
   * @throws {RefusedError} `broken`, `header`: this attachment is gone then, and nothing of it is given out.
   */
  part(sealed: Uint8Array): void;

  /**
   * The file, when it is whole. Whatever comes of it, this object has nothing afterwards.
   *
   * @throws {RefusedError} `unfinished` when parts are missing
   */
  finish(): AttachmentHeader & { file: Uint8Array };

  /** Gives it up and wipes what was opened. Harmless afterwards. */
  forget(): void;
}
