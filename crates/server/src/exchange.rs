//! Exchange for an organisation without a system: what it keeps in a directory of its own, between one command and the next.
//!
//! The directory has its secrets (`private-key.pem`, `sealing-key`), where the service is (`partner.json`), and what it
//! learns: other organisations' keys (`known-keys.json`), the portal's (`portal-keys.json`), and what was sealed and is not
//! known to have arrived (`outbox`). What is fetched goes elsewhere, where the person who asks for it says.

pub mod known_keys;
pub mod outbox;
pub mod partner_file;
pub mod saved;

pub use known_keys::{KeyStanding, KnownKeysFile};
pub use outbox::{Outbox, Unsent};
pub use partner_file::PartnerFile;
