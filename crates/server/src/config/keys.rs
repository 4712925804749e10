//! `[keys]`: the service's secrets, each for one thing.

use std::fmt;

use casework::LiftKey;
use protocol::text::{Base64Url, Confidential};
use zeroize::Zeroizing;

use super::Process;
use super::reader::Section;
use crate::environment;

/// The service's secrets. Debug shows nothing.
///
/// In the portal's own process `master`, `token` and `log` are not the network's, nor are `master` and `token` in one that only
/// works: each is a value that is drawn anew at every start, for which that process has no door and no driver.
#[derive(Clone)]
pub struct Keys {
    /// `K_master`: match tags are made under keys derived from it.
    pub master: Confidential<32>,
    /// Encrypts what the database holds of professionals, openings and answers.
    pub storage: Confidential<32>,
    /// `K_id`: the permutation behind public ids.
    pub id: Confidential<16>,
    /// Seed of the key that signs access tokens.
    pub token: Confidential<32>,
    /// Seed of the key that signs consent records; none where another process signs.
    pub consent: Option<Confidential<32>>,
    /// Seed of the key that signs checkpoints of the audit log.
    pub log: Confidential<32>,
    /// `pk_lift`, public: its secret is split between two custodians and not on this machine.
    pub lift: LiftKey,
}

impl Keys {
    /// The key under which invitation codes are hashed: derived, so that there is one secret less to keep.
    pub fn code_hash(&self) -> [u8; 32] {
        blake3::derive_key("trefpunt 2026 invitation code hash key v1", self.storage.expose())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

pub(super) fn read(section: &mut Section<'_>, process: Process) -> Option<Keys> {
    let mut unless_left_out = |key, needed| match needed {
        true => section.required_secret(key),
        false => {
            leave_out(section, key, process);
            Some(Confidential::new(environment::random()))
        }
    };
    let master = unless_left_out("master", process.lets_in());
    let token = unless_left_out("token", process.lets_in());
    let log = unless_left_out("log", process.serves_partners());
    let storage = section.required_secret("storage");
    let id = section.required_secret("id");
    let consent = match process.signs() {
        true => section.required_secret("consent").map(Some),
        false => {
            leave_out(section, "consent", process);
            Some(None)
        }
    };
    let lift: Option<Base64Url<32>> = section.required("lift", "a public key, 43 characters of base64url");
    let lift = lift.and_then(|bytes| {
        let key = LiftKey::from_bytes(&bytes.0).ok();
        if key.is_none() {
            section.refuse("lift", "not a usable X25519 public key");
        }
        key
    });
    let seeds = [master.as_ref(), storage.as_ref(), token.as_ref(), log.as_ref()];
    let given: Vec<Zeroizing<[u8; 32]>> = seeds
        .into_iter()
        .chain([consent.as_ref().and_then(Option::as_ref)])
        .flatten()
        .map(|key| Zeroizing::new(*key.expose()))
        .collect();
    if (1..given.len()).any(|at| given[..at].contains(&given[at])) {
        section.refuse("master", "two keys are the same: each is for one thing");
    }
    Some(Keys {
        master: master?,
        storage: storage?,
        id: id?,
        token: token?,
        consent: consent?,
        log: log?,
        lift: lift?,
    })
}

fn leave_out(section: &mut Section<'_>, key: &str, process: Process) {
    if section.leave_out_secret(key) && matches!(process, Process::Portal | Process::Api | Process::ApiDoors)
    {
        section.warn(
            key,
            "is a secret of another process and should not stand in these settings",
        );
    }
}
