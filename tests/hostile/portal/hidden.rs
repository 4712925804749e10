//! While telling the family of a signal is postponed nothing of it shows: in no page, no count and no download, in no
//! language, to nobody of the family, however sure it is who they are.

use protocol::Id;
use protocol::consent::AgeBand;
use tests::{Child, Guardian, Professional, Region, Sector, child};

use super::walk::{LANGUAGES, Shown};

/// No other word of the pages begins like this.
const CANARY: &str = "Kanarie";

/// A family that was told of a signal, and has its letter.
struct Family {
    region: Region,
    school: Professional,
    canary: Professional,
    child: Child,
    guardian: Guardian,
}

impl Family {
    async fn start() -> Self {
        let region = Region::start().await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        let canary = region
            .professional("Kanarie Wijkteam", Sector::SocialSupport)
            .await;
        let child = child(1);
        let signal = school.signals(&child).await.id;
        let letter = school.makes_letter(signal).await;
        let mut guardian = Guardian::with_code(&region, letter.code.expose());
        guardian.enters().await;
        Self {
            region,
            school,
            canary,
            child,
            guardian,
        }
    }

    /// The canary is involved too and may wait with telling the family; both look at the match.
    async fn is_joined(&self) -> Id {
        let signal = self.canary.signals_untold(&self.child, "2027-09-01").await.id;
        self.canary.postpones(signal, "2027-03-20").await;
        let match_id = self.canary.is_told_of_a_match().await;
        for party in [&self.canary, &self.school] {
            party.sees(match_id).await;
            party.confirms_contact(match_id).await;
        }
        signal
    }

    /// As if the guardian had logged in: with that everything about the child is shown.
    async fn logs_in(&self) {
        let sql = "SET session_replication_role = replica; UPDATE portal_session SET assurance = 'oidc'";
        self.region
            .database
            .superuser()
            .await
            .batch_execute(sql)
            .await
            .unwrap();
    }

    async fn shown(&self, languages: &[&'static str]) -> Shown {
        Shown::to(&self.region, self.guardian.cookie().unwrap(), languages).await
    }
}

// rule: G12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_family_is_shown_the_same_as_if_the_hidden_signal_and_its_match_were_not_there() {
    let (with, without) = (Family::start().await, Family::start().await);
    let signal = with.is_joined().await;
    for logged_in in [false, true] {
        if logged_in {
            with.logs_in().await;
            without.logs_in().await;
        }
        // Reading leaves traces of its own the first time.
        with.shown(&["nl"]).await;
        without.shown(&["nl"]).await;
        let shown = with.shown(&["nl", "ar"]).await;
        shown.assert_silent_about(&[CANARY], "while it is postponed");
        shown.assert_same_as(&without.shown(&["nl", "ar"]).await, "hidden, or not there");
    }
    // The walk would have seen it: once the family is told, it is there.
    with.canary.tells_the_family(signal).await;
    let told = with.shown(&["nl"]).await;
    assert!(
        told.that_say(CANARY).contains("/portal/alles"),
        "{:?}",
        told.that_say(CANARY)
    );
}

// rule: G12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_named_in_a_consent_and_hidden_later_shows_nowhere_until_the_family_is_told() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let canary = region
        .professional("Kanarie Wijkteam", Sector::SocialSupport)
        .await;
    let child = child(1);
    school.signals(&child).await;
    let untold = canary.signals_untold(&child, "2027-09-01").await.id;
    let match_id = school.is_told_of_a_match().await;
    canary.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    canary.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &request).remove(0);
    guardian.agrees().await;
    let cookie = guardian.cookie().unwrap().to_owned();
    let shown = async || Shown::to(&region, &cookie, &["nl", "ar"]).await;
    assert!(
        !shown().await.that_say(CANARY).is_empty(),
        "so the walk sees it where it is"
    );

    canary.proposes_to_postpone(untold, "2027-03-20").await.unwrap();
    shown()
        .await
        .assert_silent_about(&[CANARY], "while it is proposed");
    canary
        .decides_to_postpone(
            untold,
            protocol::disclosure::PostponementDecision::Approved,
            "a-colleague",
        )
        .await
        .unwrap();
    let all = Shown::to(&region, &cookie, &LANGUAGES).await;
    all.assert_silent_about(&[CANARY], "while it is postponed");
    canary.tells_the_family(untold).await;
    assert!(!shown().await.that_say(CANARY).is_empty());
}
