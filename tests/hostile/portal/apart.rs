//! No guardian learns what another decided, when, or who they are.

use protocol::consent::AgeBand;
use tests::{Guardian, Region, Sector, child};

use super::walk::Shown;

/// Three guardians who were asked, of whom the first agreed.
async fn three() -> (Region, Vec<Guardian>) {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 3).await;
    let mut guardians = Guardian::of(&region, &request);
    guardians[0].agrees().await;
    (region, guardians)
}

async fn shown(region: &Region, who: &Guardian) -> Shown {
    Shown::to(region, who.cookie().unwrap(), &["nl", "ar"]).await
}

// rule: G11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_another_came_in_and_agreed_changes_nothing_on_any_page() {
    let (region, mut guardians) = three().await;
    shown(&region, &guardians[0]).await;
    let before = shown(&region, &guardians[0]).await;
    guardians[1].agrees().await;
    shown(&region, &guardians[0])
        .await
        .assert_same_as(&before, "another agreed");
    let page = guardians[1].visits("/portal/intrekken").await;
    guardians[1].presses(&page, "Ja terugnemen").await;
    // Now it is known that consent was not given, and no more.
    let refused = shown(&region, &guardians[0]).await;
    assert!(!refused.that_say("De toestemming is niet gegeven").is_empty());
}

// rule: G11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_of_the_others_said_no_cannot_be_told_from_any_page() {
    let mut seen = Vec::new();
    for refuses in [1, 2] {
        let (region, mut guardians) = three().await;
        guardians[refuses].refuses().await;
        shown(&region, &guardians[0]).await;
        seen.push(shown(&region, &guardians[0]).await);
    }
    seen[0].assert_same_as(&seen[1], "the second or the third said no");
}
