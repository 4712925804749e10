//! Who plays: two partners and a supervisor, with their keys.

use std::path::Path;

use casework::{Casework, NewParty, RegisterError};
use domain::actor::Sector;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use protocol::sealed_message::SealingSecret;
use protocol::{ClientId, OrganisationId, match_case};
use zeroize::Zeroizing;

use super::DemoError;
use crate::credentials::{Organisation, Supervisor};
use crate::data_directory::{DataDirectory, MakeError};
use crate::environment;
use crate::files::{self, Readers};

const PRIVATE_KEY: &str = "private-key.pem";
const SEALING_KEY: &str = "sealing-key";
const COVENANT: &str = "Convenant Waterland";

/// A partner of the story.
pub(super) struct Part {
    /// Its name.
    pub(super) name: &'static str,
    directory: &'static str,
    sector: Sector,
    sector_in_api: match_case::Sector,
    /// Its professional, as its own systems call them.
    pub(super) reference: &'static str,
    /// Where they can be reached at work.
    pub(super) email: &'static str,
    /// What they tell the other about the child once they may. Nothing that could be anybody's.
    pub(super) message: &'static str,
}

/// The partners, in the order in which they appear.
pub(super) const PARTS: [Part; 2] = [
    Part {
        name: "Kinderopvang De Vlinder",
        directory: "de-vlinder",
        sector: Sector::Childcare,
        sector_in_api: match_case::Sector::Childcare,
        reference: "a.devries",
        email: "a.devries@devlinder.example",
        message: "Dag, zullen we donderdag om 10 uur bellen?",
    },
    Part {
        name: "JGZ Waterland-Noord",
        directory: "jgz-waterland-noord",
        sector: Sector::YouthHealthCare,
        sector_in_api: match_case::Sector::YouthHealthCare,
        reference: "m.bakker",
        email: "m.bakker@jgz-waterland.example",
        message: "Dat is goed. Ik bel je donderdag om 10 uur.",
    },
];

const SUPERVISOR: &str = "Toezicht Jeugd Noord-Holland";

/// Everyone, registered.
pub(super) struct Cast {
    pub(super) organisations: Vec<Organisation>,
    pub(super) ids: [OrganisationId; 2],
    pub(super) supervisor: Supervisor,
}

/// Registers everyone who is not registered yet.
pub(super) async fn register(directory: &DataDirectory, casework: &Casework) -> Result<Cast, DemoError> {
    let mut organisations = Vec::new();
    let mut ids = [OrganisationId([0; 16]); 2];
    for (part, id) in PARTS.iter().zip(&mut ids) {
        let dir = directory.path().join("partners").join(part.directory);
        let keys = client_keys(&dir, true)?;
        let client_id;
        (*id, client_id) = registered(casework, part.name, Some(part.sector), &keys).await?;
        organisations.push(Organisation {
            name: part.name.to_owned(),
            sector: part.sector_in_api,
            client_id,
            private_key_file: dir.join(PRIVATE_KEY),
            sealing_key_file: dir.join(SEALING_KEY),
        });
    }
    let dir = directory.path().join("supervisor");
    let keys = client_keys(&dir, false)?;
    let (_, client_id) = registered(casework, SUPERVISOR, None, &keys).await?;
    let supervisor = Supervisor {
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
    };
    Ok(Cast {
        organisations,
        ids,
        supervisor,
    })
}

/// Registers an organisation, or finds it: a crash may have come between registering and writing down the ids.
async fn registered(
    casework: &Casework,
    name: &str,
    sector: Option<Sector>,
    keys: &PublicKeys,
) -> Result<(OrganisationId, ClientId), DemoError> {
    let organisations = casework.organisations().await.map_err(RegisterError::from)?;
    let Some(organisation) = organisations.iter().find(|row| row.name == name) else {
        let registered = casework
            .register(NewParty {
                covenant: COVENANT.to_owned(),
                name: name.to_owned(),
                sector,
                sealing_key: keys.sealing,
                client_key: keys.client,
            })
            .await?;
        return Ok((registered.organisation, registered.client));
    };
    let clients = casework.clients().await.map_err(RegisterError::from)?;
    let own = clients.iter().find(|client| {
        client.organisation == organisation.key
            && client.public_key == keys.client
            && client.disabled_at.is_none()
    });
    let client = own.and_then(|client| client.id.parse().ok());
    match client {
        Some(client) => Ok((OrganisationId(organisation.public_id), client)),
        None => Err(DemoError::OtherKey(name.to_owned())),
    }
}

/// The public halves of an organisation's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKeys {
    /// Ed25519, of its client.
    pub client: [u8; 32],
    /// X25519, to which exchange is sealed.
    pub sealing: Option<[u8; 32]>,
}

/// Reads an organisation's keys from `dir`, or makes them there: `private-key.pem` and `sealing-key`, mode 0600.
///
/// # Errors
/// [`MakeError`].
pub fn client_keys(dir: &Path, with_sealing: bool) -> Result<PublicKeys, MakeError> {
    files::make_dir(dir, Readers::Owner)?;
    let private = dir.join(PRIVATE_KEY);
    let not_a_key = |path: &Path| MakeError::NotAKey(path.to_owned());
    let pem = files::read_or_make(&private, || {
        let key = SigningKey::from_bytes(&Zeroizing::new(environment::random()));
        // Without the public key, which would make it the second version of the format (RFC 5958): OpenSSL reads the first.
        let key = KeypairBytes {
            secret_key: key.to_bytes(),
            public_key: None,
        };
        // Writing a key that was just made does not fail; an empty file would be told below.
        key.to_pkcs8_pem(LineEnding::LF).unwrap_or_default()
    })?;
    let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| not_a_key(&private))?;
    let mut sealing = None;
    if with_sealing {
        let path = dir.join(SEALING_KEY);
        let text = files::read_or_make(&path, || {
            SealingSecret::generate(&mut environment::Machine).to_key_file()
        })?;
        let secret = SealingSecret::parse_key_file(&text).map_err(|_| not_a_key(&path))?;
        sealing = Some(*secret.public().map_err(|_| not_a_key(&path))?.as_bytes());
    }
    Ok(PublicKeys {
        client: key.verifying_key().to_bytes(),
        sealing,
    })
}
