//! Who is in a sandbox: two organisations for the vendor, their municipality, a supervisor, and the robot's two.

use casework::Casework;
use domain::actor::Sector;
use protocol::match_case;
use protocol::sandbox::Behaviour;

use super::SandboxError;
use crate::credentials::{Municipality, Organisation, Supervisor};
use crate::data_directory::DataDirectory;
use crate::demo::partners::{Kind, registered};
use crate::key_files::{PRIVATE_KEY, SEALING_KEY, client_keys};

/// The name of the covenant in `covenant.toml`.
const COVENANT: &str = "Convenant Zandbak";
const MUNICIPALITY: &str = "gemeente Zandbak";
const SUPERVISOR: &str = "Toezicht Zandbak";

/// An organisation before it is registered.
struct Part {
    name: &'static str,
    directory: &'static str,
    sector: Sector,
    sector_in_api: match_case::Sector,
}

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
pub(super) async fn register(directory: &DataDirectory, casework: &Casework) -> Result<Cast, SandboxError> {
    let mut vendors = Vec::new();
    for part in &VENDORS {
        vendors.push(partner(directory, casework, part).await?);
    }
    let mut neighbours = Vec::new();
    for (part, behaviours) in &NEIGHBOURS {
        neighbours.push((partner(directory, casework, part).await?, *behaviours));
    }
    let dir = directory.path().join("municipality");
    let keys = client_keys(&dir, false)?;
    let (_, client_id) = registered(casework, COVENANT, MUNICIPALITY, Kind::Municipality, &keys).await?;
    let municipality = Municipality {
        name: MUNICIPALITY.to_owned(),
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
    };
    let dir = directory.path().join("supervisor");
    let keys = client_keys(&dir, false)?;
    let (_, client_id) = registered(casework, COVENANT, SUPERVISOR, Kind::Supervisor, &keys).await?;
    let supervisor = Supervisor {
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
    };
    Ok(Cast {
        vendors,
        neighbours,
        municipality,
        supervisor,
    })
}

async fn partner(
    directory: &DataDirectory,
    casework: &Casework,
    part: &Part,
) -> Result<Organisation, SandboxError> {
    let dir = directory.path().join(part.directory);
    let keys = client_keys(&dir, true)?;
    let kind = Kind::Partner(part.sector);
    let (_, client_id) = registered(casework, COVENANT, part.name, kind, &keys).await?;
    Ok(Organisation {
        name: part.name.to_owned(),
        sector: part.sector_in_api,
        client_id,
        private_key_file: dir.join(PRIVATE_KEY),
        sealing_key_file: dir.join(SEALING_KEY),
    })
}
