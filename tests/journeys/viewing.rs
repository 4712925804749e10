//! Looking is an event: in the log before anything is shown, and on the family's page.

use protocol::consent::AgeBand;
use protocol::page::PageQuery;
use tests::{Guardian, Http, Method, Sector, events};

use crate::Met;

const ALL: PageQuery = PageQuery {
    limit: 100,
    cursor: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_family_sees_who_looked_and_when() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    met.health.sees(met.match_id).await;
    met.health.matches().await;
    let guardian = &mut letters[0];
    guardian.enters().await;
    let page = guardian.visits("/portal/verzoek").await;
    assert!(page.words().contains("Wie heeft gekeken?"), "{}", page.words());
    assert!(
        page.words()
            .contains("1 maart 2027: JGZ Waterland-Noord keek wie er betrokken zijn (2 keer)"),
        "{}",
        page.words()
    );
    assert!(!page.words().contains("haalde een bericht of document op"));

    guardian.agrees().await;
    met.region.at("2027-03-02T11:00:00+01:00").await;
    let message = met.childcare.writes(met.match_id, &met.health, "x").await;
    met.health.reads(met.match_id, message).await;
    let page = guardian.visits("/portal/verzoek").await;
    assert!(
        page.words()
            .contains("2 maart 2027: JGZ Waterland-Noord haalde een bericht of document op"),
        "{}",
        page.words()
    );
}

/// A letter shows the organisations it names; who came later is not told by their looking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_tells_of_no_organisation_that_the_letter_does_not_name() {
    let met = Met::start().await;
    let (_, mut guardian) = met.open().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    let match_id = school.is_told_of_a_match().await;
    school.sees(match_id).await;
    let page = guardian.visits("/portal/verzoek").await;
    assert!(!page.words().contains("Zonnewijzer"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_of_a_match_or_message_is_in_the_log() {
    let met = Met::start().await;
    met.open().await;
    let message = met.childcare.writes(met.match_id, &met.health, "x").await;
    let count = async |event: &str| events(&met.region).await.get(event).copied().unwrap_or(0);
    let viewed = async || count("match.viewed").await;

    let before = viewed().await;
    met.health.partner.messages(met.match_id, &ALL).await.unwrap();
    assert_eq!(
        viewed().await,
        before + 1,
        "a list of messages tells about the match"
    );
    met.health.matches().await;
    assert_eq!(viewed().await, before + 2);

    // HEAD wants no content: the message stays unread and unfetched, and that it was looked for is noted.
    let http = Http::new(&met.region.url);
    let path = format!("/v1/matches/{}/messages/{message}", met.match_id);
    let bearer = met.health.bearer().await;
    let head = async |path: &str| {
        let headers = [("authorization", bearer.as_str())];
        http.send(Method::HEAD, path, &headers, None).await
    };
    let answer = head(&path).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(count("content.read").await, 0);
    assert_eq!(
        met.region
            .count("SELECT count(*) FROM message WHERE fetched_at IS NOT NULL")
            .await,
        0
    );
    assert_eq!(viewed().await, before + 3);
    let nothing = format!("/v1/matches/{}/messages/AAAAAAAAAAAAAAAAAAAAAA", met.match_id);
    assert_eq!(head(&nothing).await.status, 404);
    assert_eq!(viewed().await, before + 3, "nothing was seen");

    met.health.reads(met.match_id, message).await;
    assert_eq!(count("content.read").await, 1);
}

/// Guardians of a child from 12 to 15 see organisations of a sensitive sector as another organisation, in this list too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn masking_holds_for_who_looked() {
    let region = tests::Region::with_covenant(
        "notice_interval_minutes = 0\nsensitive_sectors = [\"youth-health-care\"]",
    )
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let clinic = region
        .professional("Kliniek De Linde", Sector::YouthHealthCare)
        .await;
    let child = tests::child(1);
    school.signals(&child).await;
    clinic.signals(&child).await;
    let match_id = clinic.is_told_of_a_match().await;
    clinic.sees(match_id).await;
    school.is_told_of_a_match().await;
    let request = school.asks_consent(match_id, AgeBand::From12To15, 1).await;
    let mut letters = Guardian::of(&region, &request);
    for letter in &mut letters {
        letter.enters().await;
        let page = letter.visits("/portal/verzoek").await;
        let named = page.words().contains("Kliniek De Linde keek");
        let masked = page.words().contains("een andere instantie keek");
        assert_ne!(named, masked, "{}", page.words());
    }
}
