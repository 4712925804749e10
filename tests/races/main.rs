//! What happens at once happens as if one after the other, and nothing happens twice.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it stands"
)]

mod acts;
mod attachments;
mod consent;
mod fairness;
mod keys;
mod log;
mod overload;
mod processes;
mod rotation;
mod rotation_with_keyholder;
mod sealing_keys;
mod signals;
mod stale_ceremony;

use protocol::Id;
use tests::{Professional, Region, Sector, child};

/// Two organisations in one match that confirmed contact.
pub(crate) async fn two_in_contact(region: &Region) -> (Professional, Professional, Id) {
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    youth_help.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    youth_help.confirms_contact(match_id).await;
    (school, youth_help, match_id)
}
