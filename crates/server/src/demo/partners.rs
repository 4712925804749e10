//! Who plays: two partners, their municipality and a supervisor, with their keys.

use std::collections::BTreeSet;

use casework::{Casework, NewParty, RegisterError};
use domain::actor::{OrganisationKind, Sector};
use domain::client::ClientState;
use protocol::{ClientId, Jwk, OrganisationId, match_case};

use super::DemoError;
use super::keyholder::PartnerClient;
use crate::credentials::{Municipality, Organisation, Supervisor};
use crate::data_directory::DataDirectory;
use crate::key_files::{PRIVATE_KEY, PublicKeys, SEALING_KEY, client_keys};

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

/// As the covenant names it.
const MUNICIPALITY: &str = "gemeente Waterland";

/// What somebody is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Gives signals.
    Partner(Sector),
    /// Answers for the family's rights.
    Municipality,
    /// Inspects the service.
    Supervisor,
}

/// Everyone, registered.
pub(super) struct Cast {
    pub(super) organisations: Vec<Organisation>,
    pub(super) ids: [OrganisationId; 2],
    pub(super) municipality: Municipality,
    pub(super) supervisor: Supervisor,
    /// The partners' clients, as a keyholder is to know them.
    pub(super) clients: Vec<PartnerClient>,
}

/// Registers everyone who is not registered yet.
pub(super) async fn register(directory: &DataDirectory, casework: &Casework) -> Result<Cast, DemoError> {
    let mut organisations = Vec::new();
    let mut ids = [OrganisationId([0; 16]); 2];
    let mut clients = Vec::new();
    for (part, id) in PARTS.iter().zip(&mut ids) {
        let dir = directory.path().join("partners").join(part.directory);
        let keys = client_keys(&dir, true)?;
        let client_id;
        (*id, client_id) =
            registered(casework, COVENANT, part.name, Kind::Partner(part.sector), &keys).await?;
        clients.push(PartnerClient {
            organisation: *id,
            client: client_id.clone(),
            key: keys.client,
        });
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
    let (_, client_id) = registered(casework, COVENANT, SUPERVISOR, Kind::Supervisor, &keys).await?;
    let supervisor = Supervisor {
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
    };
    let dir = directory.path().join("municipality");
    let keys = client_keys(&dir, false)?;
    let (_, client_id) = registered(casework, COVENANT, MUNICIPALITY, Kind::Municipality, &keys).await?;
    let municipality = Municipality {
        name: MUNICIPALITY.to_owned(),
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
    };
    Ok(Cast {
        organisations,
        ids,
        municipality,
        supervisor,
        clients,
    })
}

/// Registers an organisation, or finds it: a crash may have come between registering and writing down the ids.
pub(crate) async fn registered(
    casework: &Casework,
    covenant: &str,
    name: &str,
    kind: Kind,
    keys: &PublicKeys,
) -> Result<(OrganisationId, ClientId), DemoError> {
    let organisations = casework.organisations().await.map_err(RegisterError::from)?;
    let Some(organisation) = organisations.iter().find(|row| row.name == name) else {
        let (kind, sector) = match kind {
            Kind::Partner(sector) => (OrganisationKind::Partner, Some(sector)),
            Kind::Municipality => (OrganisationKind::Municipality, None),
            Kind::Supervisor => (OrganisationKind::Supervisor, None),
        };
        let registered = casework
            .register(NewParty {
                covenant: covenant.to_owned(),
                name: name.to_owned(),
                kind,
                sector,
                roles: BTreeSet::new(),
                sealing_key: keys.sealing,
                client_key: keys.client.into(),
            })
            .await?;
        return Ok((registered.organisation, registered.client));
    };
    let clients = casework.clients().await.map_err(RegisterError::from)?;
    let own = clients.iter().find(|client| {
        client.organisation == organisation.key
            && client.keys.contains(&Jwk::from(keys.client).thumbprint())
            && client.state == ClientState::Enabled
    });
    let client = own.and_then(|client| client.id.parse().ok());
    match client {
        Some(client) => Ok((OrganisationId(organisation.public_id), client)),
        None => Err(DemoError::OtherKey(name.to_owned())),
    }
}
