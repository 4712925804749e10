//! The family asks to see what is kept about the child, or to have it erased.

use casework::FamilyKey;
use domain::rights_request::Right as RightUsed;
use protocol::consent::{AgeBand, ConsentState};
use protocol::disclosure::{PostponementReason, PostponementSubmission};
use protocol::family_file::FamilyFile;
use protocol::problem::ProblemType;
use protocol::rights_request::{RefusalReason, Right, RightsAnswer, RightsState};
use protocol::signal::EndReason;
use tests::{Guardian, Municipality, Professional, Region, Sector, child, refusal};

use crate::Met;

/// Where the file shows the rows of each table that hangs on a child; `None` where it says nothing of them, and why not.
type Shown = Option<fn(&FamilyFile) -> usize>;

const SHOWN: &[(&str, Shown, &str)] = &[
    ("signal", Some(|file| file.signals.len()), ""),
    ("match_case", Some(|file| file.matches.len()), ""),
    (
        "match_party",
        Some(|file| file.matches.iter().map(|one| one.parties.len()).sum()),
        "",
    ),
    (
        "message",
        Some(|file| file.matches.iter().map(|one| one.messages.len()).sum()),
        "",
    ),
    (
        "viewing",
        Some(|file| file.matches.iter().map(|one| one.viewings.len()).sum()),
        "",
    ),
    ("consent", Some(|file| file.consents.len()), ""),
    (
        "consent_party",
        Some(|file| file.consents.iter().map(|one| one.parties.len()).sum()),
        "",
    ),
    (
        "disclosure",
        Some(|file| file.signals.iter().filter(|one| one.informed.is_some()).count()),
        "",
    ),
    ("objection", Some(|file| file.objections.len()), ""),
    (
        "objection_advice",
        Some(|file| file.objections.iter().filter(|one| one.advice.is_some()).count()),
        "",
    ),
    ("rights_request", Some(|file| file.requests.len()), ""),
    (
        "signatory_decision",
        Some(|file| {
            let decided = |act: &str| ["agreed", "refused", "withdrawn"].contains(&act);
            let acts = file.history.iter();
            acts.filter(|act| decided(&act.act.code)).count()
        }),
        "",
    ),
    (
        "subject_tag",
        None,
        "a keyed hash of a token: nobody can read anything from it",
    ),
    (
        "subject_pair",
        None,
        "that tokens of one organisation disagree; says nothing of the child",
    ),
    (
        "moved_signal",
        None,
        "where a signal went when two children turned out to be one; it is shown there",
    ),
    (
        "match_task",
        None,
        "that the matcher is to look again; gone within a second",
    ),
    (
        "notice",
        None,
        "tells a party what the match tells, at the times the match shows",
    ),
    (
        "signatory",
        None,
        "what others decided; the reader's own answer stands with the consent",
    ),
    (
        "message_part",
        None,
        "sealed bytes of a document that nobody here can open; that it passed stands with the match",
    ),
    ("portal_session", None, "that somebody is reading at this moment"),
    (
        "family_access",
        None,
        "how somebody comes in: hashes of a return key, which only they have",
    ),
    ("letter", None, "who else got a letter"),
    (
        "postponement",
        None,
        "why telling the family was postponed: kept from whom it protects against",
    ),
    (
        "disclosure_watch",
        None,
        "when the organisation is reminded of telling the family; whether it told stands with the signal",
    ),
    (
        "follow_up",
        None,
        "how far the parties are with making contact; the match shows what came of it",
    ),
    (
        "follow_up_mark",
        None,
        "what the follow-up officer did to make the parties call",
    ),
    (
        "soft_match",
        None,
        "a question whether two children are one; answered, it is a match or nothing",
    ),
    ("soft_match_party", None, "who was asked that question"),
    ("family_match_party", None, "says something about another child"),
    (
        "signal_circle",
        None,
        "a number for the token of a guardian or of a name; says something about other children",
    ),
    (
        "client_reference",
        None,
        "a keyed hash: nobody can read anything from it",
    ),
    (
        "webhook_delivery",
        None,
        "that a party's program is told of a notice: an address of the interface and its id, nothing of the child",
    ),
];

/// Somebody of a family in a match where everything happened that can be seen.
async fn everything() -> (Met, Municipality, Guardian) {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut guardian = letters.remove(0);
    guardian.agrees().await;
    for (party, other) in [(&met.childcare, &met.health), (&met.health, &met.childcare)] {
        let message = party.writes(met.match_id, other, "Bel me even.").await;
        other.reads(met.match_id, message).await;
    }
    let municipality = met.region.municipality();
    let file = municipality.reads_letter(&guardian.code).await.unwrap();
    let objection = municipality
        .objects_for(&guardian.code, Some(file.signals[0].id))
        .await
        .unwrap();
    let advice = protocol::objection::Advice::KeepSignal;
    met.childcare.advises(objection.id, advice).await.unwrap();
    assert_eq!(request.state, ConsentState::Requested);
    (met, municipality, guardian)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_holds_everything_that_is_kept_about_the_child() {
    let (met, municipality, guardian) = everything().await;
    let supervisor = met.region.supervisor().await;
    let asked = municipality
        .asks_for(&guardian.code, Right::Access)
        .await
        .unwrap();
    assert_eq!((asked.state, asked.late), (RightsState::Requested, false));
    assert_eq!(asked.due, "2027-04-02T00:00:00+02:00".parse().unwrap());
    // Nothing is shown before it is decided.
    assert_eq!(
        refusal(municipality.fetches_file(asked.id).await),
        ProblemType::NoFile
    );
    let given = municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    assert_eq!(given.state, RightsState::Given);
    assert_eq!(
        given.file_until,
        Some("2027-04-01T00:00:00+02:00".parse().unwrap())
    );
    let file = municipality.fetches_file(asked.id).await.unwrap();
    assert_eq!(file.scope.code, "everything");

    // Row for row: a table that nobody thought of stops this test.
    met.region.quiet().await;
    let tables = met
        .region
        .texts(
            "SELECT table_name::text FROM information_schema.columns
                 WHERE column_name = 'subject_id' AND table_schema = 'public' ORDER BY 1",
        )
        .await;
    for table in tables {
        let (_, shown, why_not) = SHOWN
            .iter()
            .find(|(name, ..)| *name == table)
            .unwrap_or_else(|| panic!("say where the file shows {table}, or why it does not"));
        let rows = met.region.count(&format!("SELECT count(*) FROM {table}")).await;
        match shown {
            Some(shown) => {
                assert_eq!(i64::try_from(shown(&file)).unwrap(), rows, "{table}");
                assert!(rows > 0, "the test has no row of {table}");
            }
            None => assert!(!why_not.is_empty(), "{table}"),
        }
    }
    // In words, with names, and nobody's work contact.
    let text = serde_json::to_string(&file).unwrap();
    for said in [
        "Kinderopvang De Vlinder",
        "JGZ Waterland-Noord",
        "jeugdgezondheidszorg",
        "telt mee",
        "u gaf toestemming",
        "in een gesprek",
        "Autoriteit Persoonsgegevens",
    ] {
        assert!(text.contains(said), "{said}");
    }
    for kept in [&met.childcare.email, &met.childcare.reference, &met.health.email] {
        assert!(!text.contains(kept.as_str()), "{kept}");
    }

    // Each reading is a leaf. After thirty days there is no file.
    municipality.fetches_file(asked.id).await.unwrap();
    let export = supervisor.verifies().await;
    assert_eq!(export.of("access.given").count(), 1);
    assert_eq!(export.of("access.viewed").count(), 2);
    met.region.at("2027-04-01T00:00:00+02:00").await;
    assert_eq!(
        refusal(municipality.fetches_file(asked.id).await),
        ProblemType::NoFile
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_postponement_hides_is_not_in_the_file_and_not_counted() {
    let (met, municipality, guardian) = everything().await;
    let asked = municipality
        .asks_for(&guardian.code, Right::Access)
        .await
        .unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    let before = municipality.fetches_file(asked.id).await.unwrap();
    let police = met
        .region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    let signal = police.signals_untold(&met.child, "2027-09-01").await.id;
    police.is_told_of_a_match().await;
    let postponement = PostponementSubmission {
        reason: PostponementReason::ChildUnsafe,
        review_on: protocol::text::date("2027-03-10").unwrap(),
        by: police.reference.parse().unwrap(),
    };
    police
        .partner
        .propose_postponement(signal, &postponement, None)
        .await
        .unwrap();

    let hidden = municipality.fetches_file(asked.id).await.unwrap();
    assert!(!serde_json::to_string(&hidden).unwrap().contains("Politie"));
    assert_eq!(hidden.signals, before.signals);
    // The match it is in goes with it, and with that who looked; what others asked stays.
    assert!(hidden.matches.is_empty());
    assert_eq!(hidden.consents.len(), before.consents.len());
    // The letter shows no more than the file.
    let letter = municipality.reads_letter(&guardian.code).await.unwrap();
    assert!(!serde_json::to_string(&letter).unwrap().contains("Politie"));
    assert!(letter.matches.iter().all(|one| one.viewings.is_empty()));

    met.region.at("2027-03-11T00:00:00+01:00").await;
    let shown = municipality.fetches_file(asked.id).await.unwrap();
    assert_eq!(shown.signals.len(), 3);
    assert_eq!(shown.matches.len(), 1);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_shows_its_own_match_and_the_parties_it_names_and_no_more() {
    let (met, municipality, mut guardian) = everything().await;
    let help = met
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    help.signals(&met.child).await;
    help.is_told_of_a_match().await;
    let letter = municipality.reads_letter(&guardian.code).await.unwrap();
    assert!(
        !serde_json::to_string(&letter)
            .unwrap()
            .contains("Jeugdhulp Anker")
    );
    assert_eq!(letter.signals.len(), 2);
    assert_eq!(letter.matches[0].parties.len(), 2);
    assert_eq!(letter.matches[0].messages.len(), 2);
    // The same through the family's own door.
    let own = guardian.visits("/portal/gegevens.json").await;
    let own: FamilyFile = serde_json::from_str(&own.html).unwrap();
    assert_eq!(own.signals.len(), letter.signals.len());
    assert_eq!(own.matches[0].parties, letter.matches[0].parties);
    assert_eq!(own.matches[0].viewings.len(), letter.matches[0].viewings.len());
    // Access shows the third too.
    let asked = municipality
        .asks_for(&guardian.code, Right::Access)
        .await
        .unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    let file = municipality.fetches_file(asked.id).await.unwrap();
    assert_eq!((file.signals.len(), file.matches[0].parties.len()), (3, 3));
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_refused_with_a_reason_extended_once_and_taken_back() {
    let (met, municipality, guardian) = everything().await;
    let code = guardian.code.as_str();
    let asked = municipality.asks_for(code, Right::Access).await.unwrap();
    assert_eq!(
        municipality.asks_for(code, Right::Access).await.unwrap().id,
        asked.id
    );
    let extended = municipality
        .answers(asked.id, RightsAnswer::Extended, None)
        .await
        .unwrap();
    assert_eq!(extended.state, RightsState::Requested);
    assert_eq!(extended.due, "2027-06-02T00:00:00+02:00".parse().unwrap());
    let twice = municipality.answers(asked.id, RightsAnswer::Extended, None).await;
    assert_eq!(refusal(twice), ProblemType::InvalidRequest);
    let unfit = municipality
        .answers(asked.id, RightsAnswer::Refused, Some(RefusalReason::PublicTask))
        .await;
    assert_eq!(refusal(unfit), ProblemType::InvalidRequest);
    let refused = municipality
        .answers(asked.id, RightsAnswer::Refused, Some(RefusalReason::NotEntitled))
        .await
        .unwrap();
    assert_eq!(refused.state, RightsState::Refused);
    assert_eq!(refused.reason, Some(RefusalReason::NotEntitled));
    let again = municipality.answers(asked.id, RightsAnswer::Given, None).await;
    assert_eq!(refusal(again), ProblemType::RightsRequestClosed);
    assert_eq!(
        refusal(municipality.fetches_file(asked.id).await),
        ProblemType::NoFile
    );

    // Another municipality knows of nothing.
    let overdam = met
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    assert!(overdam.rights_requests().await.is_empty());
    let foreign = overdam.answers(asked.id, RightsAnswer::Given, None).await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    assert_eq!(
        refusal(overdam.fetches_file(asked.id).await),
        ProblemType::NotFound
    );

    // In the portal, and taken back there.
    let secret = guardian.secret();
    let key = FamilyKey::Session(&secret);
    let casework = &met.region.casework;
    let id = casework.request_right(&key, RightUsed::Erasure).await.unwrap();
    assert_ne!(id, asked.id);
    casework.withdraw_rights_request(&key, id).await.unwrap();
    assert!(casework.withdraw_rights_request(&key, id).await.is_err());
    assert_eq!(
        municipality.rights_requests().await[0].state,
        RightsState::Withdrawn
    );
    // Somebody else's child: a code that opens nothing asks for nothing, and leaves nothing.
    let wrong = municipality.asks_for("0000-0000-0000-0000", Right::Access).await;
    assert_eq!(refusal(wrong), ProblemType::CodeOpensNothing);
    assert_eq!(municipality.rights_requests().await.len(), 2);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasure_reaches_what_rests_on_consent_and_leaves_what_serves_a_public_task() {
    let (met, municipality, guardian) = everything().await;
    let unread = met
        .childcare
        .writes(met.match_id, &met.health, "Nog niet gelezen.")
        .await;
    let erase = async || {
        let asked = municipality
            .asks_for(&guardian.code, Right::Erasure)
            .await
            .unwrap();
        municipality
            .answers(asked.id, RightsAnswer::Given, None)
            .await
            .unwrap()
    };
    let erased = erase().await;
    assert_eq!(erased.state, RightsState::Partly);
    // Consent is withdrawn and what waited is destroyed; the match stays open.
    let seen = met.health.sees(met.match_id).await;
    assert!(!seen.exchange.open && seen.exchange.withdrawn_at.is_some());
    let destroyed = "SELECT count(*) FROM message WHERE ciphertext IS NULL AND fetched_at IS NULL";
    assert_eq!(met.region.count(destroyed).await, 1);
    assert!(met.health.fetches(met.match_id, unread).await.is_err());
    let signals = "SELECT count(*) FROM signal WHERE state = 'active'";
    assert_eq!(met.region.count(signals).await, 2);
    // Once more changes nothing.
    assert_eq!(erase().await.state, RightsState::Partly);
    assert_eq!(met.region.count(signals).await, 2);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_consent_first_region_erasure_leaves_nothing() {
    let region = Region::with_covenant("legal_mode = \"consent_first\"\nnotice_interval_minutes = 0").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&child(1)).await.id;
    let letter = school.makes_letter(signal).await;
    let municipality = region.municipality();
    let asked = municipality
        .asks_for(letter.code.expose(), Right::Erasure)
        .await
        .unwrap();
    let erased = municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    assert_eq!(erased.state, RightsState::Given);
    assert_eq!(
        refusal(school.partner.signal(signal).await),
        ProblemType::NotFound
    );
    for table in ["subject", "signal", "subject_tag", "letter", "rights_request"] {
        assert_eq!(
            region.count(&format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    assert!(municipality.rights_requests().await.is_empty());
    region.log_holds().await;
}

async fn proposes_postponement(party: &Professional, signal: protocol::Id, review_on: &str) {
    let postponement = PostponementSubmission {
        reason: PostponementReason::ChildUnsafe,
        review_on: protocol::text::date(review_on).unwrap(),
        by: party.reference.parse().unwrap(),
    };
    party
        .partner
        .propose_postponement(signal, &postponement, None)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_municipality_sees_as_follow_up_officer_is_in_no_file_that_it_makes_for_a_family() {
    let region = Region::with_covenant("notice_interval_minutes = 0").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    region.at("2027-03-26T10:00:00+01:00").await;
    let letter = school.makes_letter(school.signals(&child(1)).await.id).await;
    let hidden = help.signals_untold(&child(1), "2027-09-01").await.id;
    help.is_told_of_a_match().await;
    proposes_postponement(&help, hidden, "2027-04-20").await;

    // Nobody called: the same municipality has a task about the match, with both names in it.
    region.at("2027-04-06T00:00:00+02:00").await;
    let municipality = region.municipality();
    let named = |file: &FamilyFile| serde_json::to_string(file).unwrap().contains("Jeugdhulp Anker");
    let code = letter.code.expose();
    assert_eq!(municipality.task().await.parties.len(), 2);
    let of_letter = municipality.reads_letter(code).await.unwrap();
    assert!(!named(&of_letter) && of_letter.matches.is_empty() && of_letter.signals.len() == 1);
    let asked = municipality.asks_for(code, Right::Access).await.unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    let file = municipality.fetches_file(asked.id).await.unwrap();
    assert!(!named(&file) && file.matches.is_empty() && file.signals.len() == 1);

    // What is not hidden is there, and that the officer looked with it.
    region.at("2027-04-10T00:00:00+02:00").await;
    let file = municipality.fetches_file(asked.id).await.unwrap();
    let looked = &file.matches[0].viewings;
    assert!(
        looked
            .iter()
            .any(|one| one.organisation.name == municipality.name)
    );
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_an_archived_signal_was_told_of_does_not_tell_of_the_hidden_one_it_was_told_to() {
    let region = Region::with_covenant("notice_interval_minutes = 0").await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let police = region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    region.at("2027-03-01T10:00:00+01:00").await;
    let signal = help.signals(&child(1)).await.id;
    let letter = help.makes_letter(signal).await;
    help.ends(signal, EndReason::Resolved).await;
    region.at("2027-03-03T10:00:00+01:00").await;
    while region.casework.retire_once().await.unwrap() > 0 {}
    let municipality = region.municipality();
    let archived = async || {
        let file = municipality.reads_letter(letter.code.expose()).await.unwrap();
        let seen = &file.signals[0];
        (seen.archived_until, seen.archive_noticed_at)
    };
    let before = archived().await;
    assert!(before.0.is_some() && before.1.is_none());

    let hidden = police.signals_untold(&child(1), "2027-09-01").await.id;
    region.quiet().await;
    assert_eq!(police.inbox().await.len(), 1);
    assert_ne!(archived().await, before, "what was told is shown");
    proposes_postponement(&police, hidden, "2027-03-20").await;
    assert_eq!(archived().await, before);
    region.log_holds().await;
}
