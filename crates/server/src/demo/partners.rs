//! Who plays: two partners, their municipality and a supervisor, with their keys.

use casework::Casework;
use domain::actor::Sector;
use protocol::{OrganisationId, match_case};

use super::keyholder::PartnerClient;
use crate::cast::{self, CastError, Casting};
use crate::credentials::{Municipality, Organisation, Supervisor};
use crate::data_directory::DataDirectory;

const COVENANT: &str = "Convenant Waterland";

/// A partner of the story.
pub(super) struct Part {
    /// The organisation.
    pub(super) of: cast::Part,
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
        of: cast::Part {
            name: "Kinderopvang De Vlinder",
            directory: "partners/de-vlinder",
            sector: Sector::Childcare,
            sector_in_api: match_case::Sector::Childcare,
        },
        reference: "a.devries",
        email: "a.devries@devlinder.example",
        message: "Dag, zullen we donderdag om 10 uur bellen?",
    },
    Part {
        of: cast::Part {
            name: "JGZ Waterland-Noord",
            directory: "partners/jgz-waterland-noord",
            sector: Sector::YouthHealthCare,
            sector_in_api: match_case::Sector::YouthHealthCare,
        },
        reference: "m.bakker",
        email: "m.bakker@jgz-waterland.example",
        message: "Dat is goed. Ik bel je donderdag om 10 uur.",
    },
];

const SUPERVISOR: &str = "Toezicht Jeugd Noord-Holland";

/// As the covenant names it.
const MUNICIPALITY: &str = "gemeente Waterland";

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
pub(super) async fn register(directory: &DataDirectory, casework: &Casework) -> Result<Cast, CastError> {
    let casting = Casting {
        casework,
        covenant: COVENANT,
        directory: directory.path(),
    };
    let mut organisations = Vec::new();
    let mut ids = [OrganisationId([0; 16]); 2];
    let mut clients = Vec::new();
    for (part, id) in PARTS.iter().zip(&mut ids) {
        let partner = casting.partner(&part.of).await?;
        *id = partner.id;
        clients.push(PartnerClient {
            organisation: partner.id,
            client: partner.organisation.client_id.clone(),
            key: partner.keys.client,
        });
        organisations.push(partner.organisation);
    }
    Ok(Cast {
        organisations,
        ids,
        municipality: casting.municipality(MUNICIPALITY).await?,
        supervisor: casting.supervisor(SUPERVISOR).await?,
        clients,
    })
}
