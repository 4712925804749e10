//! Who is in a sandbox: two organisations for the vendor, their municipality, a supervisor, and the robot's two.

use casework::Casework;
use domain::actor::Sector;
use protocol::match_case;
use protocol::sandbox::Behaviour;

use crate::cast::{CastError, Casting, Part};
use crate::credentials::{Municipality, Organisation, Supervisor};
use crate::data_directory::DataDirectory;

/// The name of the covenant in `covenant.toml`.
const COVENANT: &str = "Convenant Zandbak";
const MUNICIPALITY: &str = "gemeente Zandbak";
const SUPERVISOR: &str = "Toezicht Zandbak";

/// With their credentials a vendor tries both sides of a match.
const VENDORS: [Part; 2] = [
    Part {
        name: "Basisschool De Proef",
        directory: "vendor/basisschool-de-proef",
        sector: Sector::Education,
        sector_in_api: match_case::Sector::Education,
    },
    Part {
        name: "Kinderopvang De Proef",
        directory: "vendor/kinderopvang-de-proef",
        sector: Sector::Childcare,
        sector_in_api: match_case::Sector::Childcare,
    },
];

/// Who is involved with the children of the sandbox too.
const NEIGHBOURS: [(Part, &[Behaviour]); 2] = [
    (
        Part {
            name: "Jeugdhulp De Robot",
            directory: "robot/jeugdhulp-de-robot",
            sector: Sector::YouthHelp,
            sector_in_api: match_case::Sector::YouthHelp,
        },
        &[
            Behaviour::AlwaysMatches,
            Behaviour::FamilyAgrees,
            Behaviour::FamilyWithdraws,
            Behaviour::FamilyRefuses,
            Behaviour::InArchive,
        ],
    ),
    (
        Part {
            name: "Verslavingszorg De Robot",
            directory: "robot/verslavingszorg-de-robot",
            sector: Sector::HealthCare,
            sector_in_api: match_case::Sector::HealthCare,
        },
        &[Behaviour::Masked],
    ),
];

/// Everyone, registered.
pub(super) struct Cast {
    pub(super) vendors: Vec<Organisation>,
    pub(super) neighbours: Vec<(Organisation, &'static [Behaviour])>,
    pub(super) municipality: Municipality,
    pub(super) supervisor: Supervisor,
}

/// Registers everyone who is not registered yet.
pub(super) async fn register(directory: &DataDirectory, casework: &Casework) -> Result<Cast, CastError> {
    let casting = Casting {
        casework,
        covenant: COVENANT,
        directory: directory.path(),
    };
    let mut vendors = Vec::new();
    for part in &VENDORS {
        vendors.push(casting.partner(part).await?.organisation);
    }
    let mut neighbours = Vec::new();
    for (part, behaviours) in &NEIGHBOURS {
        neighbours.push((casting.partner(part).await?.organisation, *behaviours));
    }
    Ok(Cast {
        vendors,
        neighbours,
        municipality: casting.municipality(MUNICIPALITY).await?,
        supervisor: casting.supervisor(SUPERVISOR).await?,
    })
}
