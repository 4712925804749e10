//! A family objects, asks to see what is kept and to have it erased, in the portal, and follows what becomes of it. It clicks
//! twice, goes back, and has two windows open.

use protocol::consent::{AgeBand, Signatory};
use protocol::disclosure::{PostponementReason, PostponementSubmission};
use protocol::objection::{Advice, ObjectionOutcome, ObjectionReason, ObjectionState, Route};
use protocol::rights_request::{RefusalReason, Right, RightsAnswer, RightsState};
use tests::{
    Broker, Guardian, Municipality, Page, Professional, Region, Sector, Settings, assert_sound, child, events,
};

use crate::Met;

const OBJECTION: &str = "/portal/bezwaar";
const RIGHTS: &str = "/portal/rechten";
const FILE: &str = "/portal/inzage";

fn says(page: &Page, words: &[&str]) {
    let text = page.words();
    for word in words {
        assert!(text.contains(word), "{word:?} is not on the page: {text}");
    }
}

fn is_silent_about(page: &Page, words: &[&str]) {
    for word in words {
        assert!(
            !page.html.contains(word),
            "{word:?} is on the page: {}",
            page.words()
        );
    }
}

async fn logged(region: &Region, event: &str) -> i64 {
    events(region).await.get(event).copied().unwrap_or(0)
}

/// A school and childcare in a match, and a father with the letter of the school's signal, on 11 January 2027.
struct Told {
    region: Region,
    school: Professional,
    municipality: Municipality,
    father: Guardian,
}

impl Told {
    async fn start() -> Self {
        let region = Region::with(Settings {
            beginning: "2027-01-11T09:00:00+01:00".parse().unwrap(),
            ..Settings::default()
        })
        .await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        let childcare = region
            .professional("Kinderopvang De Vlinder", Sector::Childcare)
            .await;
        let signal = school.signals(&child(1)).await;
        childcare.signals(&child(1)).await;
        for party in [&school, &childcare] {
            party.is_told_of_a_match().await;
        }
        let letter = school.makes_letter(signal.id).await;
        let mut father = Guardian::with_code(&region, letter.code.expose());
        father.enters().await;
        Self {
            municipality: region.municipality(),
            region,
            school,
            father,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_father_objects_with_the_letter_of_a_signal_and_follows_it_to_the_way_of_appeal() {
    let mut told = Told::start().await;
    let father = &mut told.father;
    let before = father.visits(OBJECTION).await;
    says(
        &before,
        &[
            "Bezwaar tegen een signaal",
            "Uw bezwaar gaat naar gemeente Voorbeeldstad",
            "Signaal van Basisschool Zonnewijzer, van 11 januari 2027",
        ],
    );
    // The letter is about the school's signal, and about nobody else's.
    is_silent_about(&before, &["Kinderopvang De Vlinder", "een andere instantie"]);

    let made = father.presses(&before, "Bezwaar maken").await;
    assert_eq!(made.path, OBJECTION);
    says(
        &made,
        &[
            "Wordt bekeken",
            "11 januari 2027: u maakte bezwaar.",
            "De instantie kan advies geven tot en met 25 januari 2027.",
            "U krijgt een besluit van gemeente Voorbeeldstad voor het einde van 22 februari 2027.",
        ],
    );
    assert!(
        !made.offers("Bezwaar maken"),
        "there is nothing more to object to"
    );

    // The button again, from the page as it was: a double click, the back button, a second window.
    for _ in 0..2 {
        let again = father.presses(&before, "Bezwaar maken").await;
        assert_eq!(again.words(), made.words());
    }
    let seen = told.municipality.objections().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].made_by, seen[0].route),
        (Signatory::Guardian, Route::Portal)
    );
    assert_eq!(logged(&told.region, "objection.made").await, 1);

    // Nobody advises in time, and nobody decides in time.
    told.region.at("2027-02-23T09:00:00+01:00").await;
    let father = &mut told.father;
    father.enters().await;
    let late = father.visits(OBJECTION).await;
    says(
        &late,
        &[
            "De instantie had tot en met 25 januari 2027, maar gaf geen advies.",
            "Voor het einde van 22 februari 2027 had gemeente Voorbeeldstad moeten beslissen.",
        ],
    );
    told.school.advises(seen[0].id, Advice::KeepSignal).await.unwrap();
    told.municipality
        .decides_objection(
            seen[0].id,
            ObjectionOutcome::Rejected,
            &[ObjectionReason::GroundStands],
        )
        .await
        .unwrap();
    let rejected = father.visits(OBJECTION).await;
    says(
        &rejected,
        &[
            "U kreeg geen gelijk",
            "23 februari 2027: de instantie vindt dat het signaal moet blijven.",
            "23 februari 2027: gemeente Voorbeeldstad gaf u geen gelijk. Het signaal blijft staan.",
            "De reden voor het signaal is er nog.",
            "Bent u het er niet mee eens?",
            "Tot en met 6 april 2027 kunt u bezwaar maken bij gemeente Voorbeeldstad.",
            "naar de rechter",
            "Autoriteit Persoonsgegevens",
        ],
    );
    // From the page of before nothing can be taken back any more, and what is so is shown.
    assert!(!rejected.offers("Bezwaar intrekken"));
    let too_late = father.presses(&late, "Bezwaar intrekken").await;
    assert_eq!((too_late.status, too_late.words()), (200, rejected.words()));
    // Something can have changed: one may object anew.
    assert!(rejected.offers("Bezwaar maken"));
    assert_sound(&told.region).await;
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_is_taken_back_once_and_can_be_made_again() {
    let mut told = Told::start().await;
    let father = &mut told.father;
    let before = father.visits(OBJECTION).await;
    let open = father.presses(&before, "Bezwaar maken").await;
    let withdrawn = father.presses(&open, "Bezwaar intrekken").await;
    says(
        &withdrawn,
        &["Ingetrokken", "11 januari 2027: u trok uw bezwaar in."],
    );
    let again = father.presses(&open, "Bezwaar intrekken").await;
    assert_eq!(again.words(), withdrawn.words());
    assert_eq!(logged(&told.region, "objection.withdrawn").await, 1);

    let father = &mut told.father;
    let anew = father.presses(&withdrawn, "Bezwaar maken").await;
    says(&anew, &["Wordt bekeken", "Ingetrokken"]);
    let seen = told.municipality.objections().await;
    assert_eq!(
        seen.iter().map(|one| one.state).collect::<Vec<_>>(),
        [ObjectionState::Open, ObjectionState::Withdrawn]
    );
    told.region.log_holds().await;
}

/// The letter went with the signal: so the page says before, and the decision comes by letter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_an_objection_is_upheld_the_signal_goes_and_with_it_what_its_letter_opened() {
    let mut told = Told::start().await;
    let before = told.father.visits(OBJECTION).await;
    says(&before, &["Uw brief over dat signaal werkt dan niet meer."]);
    told.father.presses(&before, "Bezwaar maken").await;
    let id = told.municipality.objections().await[0].id;
    told.school.advises(id, Advice::EndSignal).await.unwrap();
    told.municipality
        .decides_objection(id, ObjectionOutcome::Upheld, &[ObjectionReason::GroundGone])
        .await
        .unwrap();
    let after = told.father.visits(OBJECTION).await;
    assert_eq!(after.path, "/portal");
    is_silent_about(&after, &["Basisschool Zonnewijzer"]);
    told.region.log_holds().await;
    // The other organisation's signal is no part of it.
    assert_eq!(told.region.count("SELECT count(*) FROM signal").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_signals_one_is_chosen_and_no_guardian_sees_what_another_objects_to() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let [mother, father] = letters.as_mut_slice() else {
        panic!("two letters");
    };
    mother.enters().await;
    father.enters().await;
    let page = mother.visits(OBJECTION).await;
    let none = mother.presses(&page, "Bezwaar maken").await;
    assert_eq!(none.status, 400);
    says(&none, &["Dit lukt niet", "Kies een signaal"]);
    assert_eq!(logged(&met.region, "objection.made").await, 0);

    let chosen = none.choosing("Signaal van JGZ Waterland-Noord, van 1 maart 2027");
    let made = mother.presses(&chosen, "Bezwaar maken").await;
    says(&made, &["Bezwaar tegen het signaal van JGZ Waterland-Noord"]);
    assert!(made.offers("Bezwaar maken"), "one signal is left");
    let municipality = met.region.municipality();
    let seen = municipality.objections().await;
    assert_eq!(
        seen[0].organisation.as_ref().map(|one| one.name.as_str()),
        Some("JGZ Waterland-Noord")
    );
    // The father objects to the same by himself, and sees nothing of hers.
    let his = father.visits(OBJECTION).await;
    is_silent_about(&his, &["Uw bezwaren", "Wordt bekeken"]);
    for path in [RIGHTS, "/portal/kind", "/portal/geschiedenis"] {
        let page = father.visits(path).await;
        is_silent_about(&page, &["Wordt bekeken", "in behandeling"]);
    }
    let chosen = his.choosing("Signaal van JGZ Waterland-Noord, van 1 maart 2027");
    father.presses(&chosen, "Bezwaar maken").await;
    assert_eq!(municipality.objections().await.len(), 2);

    // Upheld for one, it is for both; with the other letter they still read what came of it.
    met.health.advises(seen[0].id, Advice::EndSignal).await.unwrap();
    municipality
        .decides_objection(
            seen[0].id,
            ObjectionOutcome::Upheld,
            &[ObjectionReason::FamilyInterests],
        )
        .await
        .unwrap();
    for guardian in [mother, father] {
        let upheld = guardian.visits(OBJECTION).await;
        says(
            &upheld,
            &[
                "U kreeg gelijk",
                "Het signaal is weg.",
                "Wat u wilt, is belangrijker",
            ],
        );
        is_silent_about(&upheld, &["Bent u het er niet mee eens?"]);
    }
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_is_asked_once_extended_given_and_fetched_by_whom_it_is_sure_enough() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let municipality = met.region.municipality();
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    mother.enters().await;
    let before = mother.visits(RIGHTS).await;
    says(
        &before,
        &[
            "U krijgt binnen een maand antwoord van gemeente Voorbeeldstad",
            "hoogstens 2 maanden extra",
        ],
    );
    let asked = mother.presses(&before, "Inzage vragen").await;
    for _ in 0..2 {
        let again = mother.presses(&before, "Inzage vragen").await;
        assert_eq!(again.words(), asked.words());
    }
    says(
        &asked,
        &[
            "1 maart 2027: u vroeg het.",
            "U krijgt antwoord van gemeente Voorbeeldstad voor het einde van 1 april 2027.",
            "U heeft dit gevraagd.",
        ],
    );
    assert!(asked.offers("Vragen om te wissen") && !asked.offers("Inzage vragen"));
    let requests = municipality.rights_requests().await;
    assert_eq!((requests.len(), requests[0].route), (1, Route::Portal));
    let none = mother.visits(FILE).await;
    assert_eq!(none.status, 404);
    says(&none, &["Vraag eerst om inzage."]);

    municipality
        .answers(requests[0].id, RightsAnswer::Extended, None)
        .await
        .unwrap();
    let extended = mother.visits(RIGHTS).await;
    says(
        &extended,
        &[
            "1 maart 2027: de gemeente heeft meer tijd nodig.",
            "voor het einde van 1 juni 2027.",
        ],
    );
    municipality
        .answers(requests[0].id, RightsAnswer::Given, None)
        .await
        .unwrap();

    // A third organisation, which her letter does not name: a letter alone does not open everything.
    let help = met
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    help.signals(&met.child).await;
    help.is_told_of_a_match().await;
    let given = mother.visits(RIGHTS).await;
    says(
        &given,
        &[
            "De gemeente zei ja",
            "U kunt het overzicht zien tot en met 31 maart 2027.",
            "Daarom moet zeker zijn wie u bent.",
        ],
    );
    let refused = mother.visits(FILE).await;
    assert_eq!(refused.status, 403);
    is_silent_about(&refused, &["Jeugdhulp Anker", "Kinderopvang De Vlinder"]);
    for download in ["/portal/inzage.html", "/portal/inzage.json"] {
        let page = mother.visits(download).await;
        assert_eq!((page.status, page.path.as_str()), (403, FILE));
    }
    assert_eq!(logged(&met.region, "access.viewed").await, 0);

    // After logging in it is sure enough.
    mother.logs_in(&broker, "pairwise-els").await;
    let file = mother.visits(FILE).await;
    assert_eq!(file.status, 200);
    says(
        &file,
        &[
            "Jeugdhulp Anker",
            "Kinderopvang De Vlinder",
            "JGZ Waterland-Noord",
        ],
    );
    for download in ["/portal/inzage.html", "/portal/inzage.json"] {
        let page = mother.visits(download).await;
        assert!(page.says("Jeugdhulp Anker"), "{download}");
    }
    assert_eq!(logged(&met.region, "access.viewed").await, 3);
    met.region.log_holds().await;

    // For thirty days.
    met.region.at("2027-04-01T00:00:00+02:00").await;
    mother.enters().await;
    let over = mother.visits(RIGHTS).await;
    says(&over, &["U kon het overzicht zien tot en met 31 maart 2027."]);
    assert_eq!(mother.visits(FILE).await.status, 404);
}

/// Who was at the desk is who has the key, when the key was there before: an official saw them with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_at_the_desk_fetches_the_file_at_home_if_the_pin_was_chosen_before() {
    let met = Met::start().await;
    let municipality = met.region.municipality();
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let [mother, father] = letters.as_mut_slice() else {
        panic!("two letters");
    };
    // She chose a PIN, and went with her key. He went with his code, which somebody may have read before him.
    mother.enters().await;
    let key = mother.key.clone().unwrap();
    for credential in [key.as_str(), father.code.as_str()] {
        let asked = municipality.asks_for(credential, Right::Access).await.unwrap();
        municipality
            .answers(asked.id, RightsAnswer::Given, None)
            .await
            .unwrap();
    }
    met.region.at("2027-03-02T10:00:00+01:00").await;
    mother.enters().await;
    father.enters().await;
    let hers = mother.visits(RIGHTS).await;
    says(&hers, &["1 maart 2027: u vroeg het bij de gemeente."]);
    assert_eq!(mother.follows(&hers, "Naar het overzicht").await.status, 200);
    assert_eq!(father.visits(FILE).await.status, 403);
    assert_eq!(logged(&met.region, "access.viewed").await, 1);
    met.region.log_holds().await;
}

/// The code opens at the desk also when somebody else has exchanged it: that somebody brings it there shows nothing of who has
/// the key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_used_up_anothers_code_fetches_nothing_by_what_that_other_asks_at_the_desk() {
    let met = Met::start().await;
    let municipality = met.region.municipality();
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    // Whoever issued the letter kept its code, and was first.
    let mut issuer = letters.remove(0);
    issuer.enters().await;
    // The mother goes to the desk with her letter, and is known there.
    let asked = municipality.asks_for(&issuer.code, Right::Access).await.unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    assert_eq!(issuer.visits(FILE).await.status, 403);
    assert_eq!(logged(&met.region, "access.viewed").await, 0);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_that_is_fetched_hides_what_a_postponement_hides() {
    let met = Met::start().await;
    let municipality = met.region.municipality();
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    mother.enters().await;
    let asked = municipality
        .asks_for(&mother.key.clone().unwrap(), Right::Access)
        .await
        .unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
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
    for path in [
        FILE,
        "/portal/inzage.html",
        "/portal/inzage.json",
        OBJECTION,
        RIGHTS,
        "/portal/privacy",
    ] {
        let page = mother.visits(path).await;
        assert_eq!(page.status, 200, "{path}");
        is_silent_about(&page, &["Politie eenheid"]);
    }
    met.region.at("2027-03-11T00:00:00+01:00").await;
    mother.enters().await;
    let shown = mother.visits(FILE).await;
    says(&shown, &["Politie eenheid Testland"]);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasure_is_asked_taken_back_refused_with_a_way_of_appeal_and_granted() {
    let met = Met::start().await;
    let municipality = met.region.municipality();
    let (_, mut mother) = met.open().await;
    let before = mother.visits(RIGHTS).await;
    let asked = mother.presses(&before, "Vragen om te wissen").await;
    let back = mother.presses(&asked, "Vraag intrekken").await;
    says(&back, &["Ingetrokken", "1 maart 2027: u trok uw vraag in."]);
    let again = mother.presses(&asked, "Vraag intrekken").await;
    assert_eq!(again.words(), back.words());
    assert_eq!(logged(&met.region, "rights_request.withdrawn").await, 1);

    mother.presses(&back, "Vragen om te wissen").await;
    let open = municipality.rights_requests().await.remove(0);
    assert_eq!(open.state, RightsState::Requested);
    municipality
        .answers(open.id, RightsAnswer::Refused, Some(RefusalReason::PublicTask))
        .await
        .unwrap();
    let refused = mother.visits(RIGHTS).await;
    says(
        &refused,
        &[
            "De gemeente zei nee",
            "Alles wat er staat, moet er staan door de wet.",
            "Tot en met 12 april 2027 kunt u bezwaar maken bij gemeente Voorbeeldstad.",
        ],
    );
    mother.presses(&refused, "Vragen om te wissen").await;
    let open = municipality.rights_requests().await.remove(0);
    municipality
        .answers(open.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    let partly = mother.visits(RIGHTS).await;
    says(
        &partly,
        &["De gemeente zei deels ja", "Andere signalen blijven staan."],
    );
    assert!(!met.childcare.sees(met.match_id).await.exchange.open);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_privacy_notice_follows_the_covenant_and_shows_a_family_its_own() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    let mut stranger = Guardian::with_code(&met.region, "");
    let before = stranger.visits("/portal/privacy").await;
    says(
        &before,
        &[
            "gemeente Voorbeeldstad",
            "Een signaal telt hoogstens",
            "2 jaar (730 dagen)",
        ],
    );
    is_silent_about(&before, &["Convenant Elders"]);

    met.region
        .apply_covenant("Convenant Elders", "signal_max_days = 300\narchive_years = 2")
        .await;
    let both = stranger.visits("/portal/privacy").await;
    says(&both, &["Convenant Elders", "300 dagen", "2 jaar"]);
    mother.enters().await;
    let own = mother.visits("/portal/privacy").await;
    says(&own, &["Wat er voor u is afgesproken"]);
    is_silent_about(&own, &["Convenant Elders", "300 dagen"]);
}
