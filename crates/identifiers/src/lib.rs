//! Who is meant, without saying who: identifiers, tokens and tags.
//!
//! Partners, the keyholder and the matcher run this same code. It turns an identifier (a citizen service number,
//! BSN, or a service key) into a token `t` under the network's secret, with a keyholder's help into a token `N`, and
//! on the matcher's side a token into the tag that is stored.
//!
//! What this crate does **not** do: it reads no file, no clock and no entropy (chance is an argument), it opens no
//! connection, it keeps nothing, it logs nothing, and it cannot turn a tag or a token back into an identifier. It
//! does not decide who may hold which key or have how much evaluated; it only makes keys hard to print.
//!
//! What it does not protect against: someone who holds the network's secret and a level A token (suite 1) can try
//! every BSN. There are 90,909,090 strings that pass the 11-test, which is about a minute of work on one core. That
//! limit is in the nature of a keyed hash of a small set. For a token of level B (suite 2) the network's secret does
//! not suffice: each try needs an evaluation by the keyholder, who counts them.
//!
//! | file | what |
//! |---|---|
//! | [`bsn`] | a BSN, parsed; the rule that finds one in text where it must not be |
//! | [`identifier`] | an identifier of any kind, in its one canonical form |
//! | [`service_key`] | surname, birth date and sex of a child without a BSN, in canonical form |
//! | [`kind`] | which sort of identifier a token stands for |
//! | [`key`] | the network's secret, the matcher's master key, key files, key-check values |
//! | [`token`] | from identifier to token `t`, with the `openssl` command that does the same |
//! | [`voprf`] | level B: from token `t` to token `N` with the help of a keyholder who learns neither |
//! | [`tag`] | from token to the stored tag |
//!
//! `vectors.json` beside this crate freezes every step, wrong inputs included. `reference/` has second implementations
//! with nothing but a standard library: tokens in Python and TypeScript, level B and tags in Python. They are held
//! against the same vectors. `crates/identifiers-wasm` makes an npm package of the partner's side.

#![forbid(unsafe_code)]

pub mod bsn;
pub mod identifier;
pub mod key;
pub mod kind;
mod opaque;
mod raw_bsn;
pub mod service_key;
pub mod tag;
pub mod token;
pub mod voprf;

pub use bsn::{Bsn, contains_raw_bsn};
pub use identifier::{Identifier, InvalidIdentifier};
pub use key::{KeyCheck, MasterKey, NetworkSecret, key_check};
pub use kind::Kind;
pub use service_key::ServiceKey;
pub use tag::{Suite, Tag, TagKey};
pub use token::Token;
