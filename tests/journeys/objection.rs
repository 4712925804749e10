//! The family says that a signal should not be there.

use casework::{FamilyKey, PortalSecret};
use client::Submitted;
use protocol::consent::{AgeBand, Signatory};
use protocol::disclosure::{PostponementReason, PostponementSubmission};
use protocol::letter::Letter;
use protocol::notice::NoticeKind;
use protocol::objection::{Advice, ObjectionOutcome, ObjectionReason, ObjectionState, Route};
use protocol::problem::ProblemType;
use protocol::rights_request::{Right, RightsAnswer};
use protocol::signal::{EndReason, Signal};
use tests::{
    Client, Guardian, Municipality, Professional, Region, Sector, Settings, child, eventually, refusal,
};

use crate::Met;

/// A school and childcare in a match about one child, the father told of the school's signal on 11 January 2027.
struct Told {
    region: Region,
    school: Professional,
    childcare: Professional,
    municipality: Municipality,
    signal: Signal,
    /// The code in the father's letter.
    letter: String,
    /// The father's session.
    father: PortalSecret,
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
        let letter = school.makes_letter(signal.id).await.code.expose().to_owned();
        Self {
            municipality: region.municipality(),
            father: region.goes_in(&letter).await,
            region,
            school,
            childcare,
            signal,
            letter,
        }
    }

    /// The father objects on 19 February, in the portal.
    async fn objects(&self) -> protocol::Id {
        self.region.at("2027-02-19T15:30:00+01:00").await;
        let key = FamilyKey::Session(&self.father);
        self.region.casework.object_to_signal(&key, None).await.unwrap()
    }
}

/// A municipality may take weeks. What ended meanwhile should not have been given all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_in_a_match_is_told_also_when_the_signal_had_ended_before_the_objection_was_upheld() {
    let told = Told::start().await;
    let id = told.objects().await;
    told.school.is_told(1).await;
    told.region.at("2027-02-26T10:00:00+01:00").await;
    told.school.advises(id, Advice::EndSignal).await.unwrap();
    told.school.ends(told.signal.id, EndReason::Resolved).await;
    told.region.at("2027-03-12T10:00:00+01:00").await;
    for party in [&told.school, &told.childcare] {
        for notice in party.inbox().await {
            party.partner.acknowledge_notice(notice.id, None).await.unwrap();
        }
    }
    told.municipality
        .decides_objection(id, ObjectionOutcome::Upheld, &[ObjectionReason::GroundGone])
        .await
        .unwrap();
    told.region.at("2027-03-12T10:15:00+01:00").await;
    let kinds = async |party: &Professional| -> Vec<NoticeKind> {
        let inbox = party.inbox().await;
        inbox.iter().map(|notice| notice.kind).collect()
    };
    assert_eq!(kinds(&told.childcare).await, [NoticeKind::MatchCorrected]);
    assert_eq!(kinds(&told.school).await, [NoticeKind::SignalDestroyed]);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_that_is_upheld_destroys_the_signal_and_everybody_is_told() {
    let told = Told::start().await;
    let supervisor = told.region.supervisor().await;
    let id = told.objects().await;

    let seen = told.municipality.objections().await;
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].id, seen[0].state), (id, ObjectionState::Open));
    assert_eq!(
        (seen[0].made_by, seen[0].route),
        (Signatory::Guardian, Route::Portal)
    );
    assert_eq!(
        seen[0].organisation.as_ref().unwrap().name,
        "Basisschool Zonnewijzer"
    );
    assert_eq!(seen[0].advice_due, "2027-03-06T00:00:00+01:00".parse().unwrap());
    assert_eq!(seen[0].decision_due, "2027-04-03T00:00:00+02:00".parse().unwrap());

    // The school is asked, and learns nothing of who objected; nobody else is.
    let notice = told.school.is_told(1).await.remove(0);
    assert_eq!(
        (notice.kind, notice.signal_id),
        (NoticeKind::ObjectionAdvice, Some(told.signal.id))
    );
    told.school
        .partner
        .acknowledge_notice(notice.id, None)
        .await
        .unwrap();
    let asked = told.school.is_asked_for_advice().await;
    assert_eq!((asked[0].objection, asked[0].signal), (id, Some(told.signal.id)));
    assert!(told.childcare.is_asked_for_advice().await.is_empty());
    assert!(told.childcare.inbox().await.is_empty());
    let outsider = told.childcare.advises(id, Advice::EndSignal).await;
    assert_eq!(refusal(outsider), ProblemType::NotFound);

    // The organisation is heard first.
    let decide = async || {
        told.municipality
            .decides_objection(id, ObjectionOutcome::Upheld, &[ObjectionReason::GroundGone])
            .await
    };
    assert_eq!(refusal(decide().await), ProblemType::ObjectionAdvicePending);
    told.region.at("2027-02-26T10:00:00+01:00").await;
    let advised = told.school.advises(id, Advice::EndSignal).await.unwrap();
    assert_eq!(advised.advice, Some(Advice::EndSignal));
    let again = told.school.advises(id, Advice::KeepSignal).await;
    assert_eq!(refusal(again), ProblemType::ObjectionClosed);

    told.region.at("2027-03-12T10:00:00+01:00").await;
    let wrong = told
        .municipality
        .decides_objection(id, ObjectionOutcome::Upheld, &[ObjectionReason::GroundStands])
        .await;
    assert_eq!(refusal(wrong), ProblemType::InvalidRequest);
    let decided = decide().await.unwrap();
    assert_eq!(decided.state, ObjectionState::Upheld);
    assert_eq!(decided.reasons, [ObjectionReason::GroundGone]);
    assert_eq!(decided.appeal_by, None);
    assert_eq!(refusal(decide().await), ProblemType::ObjectionClosed);

    // Nothing of the signal is left, the archive included; the case still says what came of it.
    let gone = told.school.partner.signal(told.signal.id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    let of_school = "SELECT count(*) FROM signal g JOIN organisation o ON o.id = g.organisation_id
                      WHERE o.name = 'Basisschool Zonnewijzer'";
    assert_eq!(told.region.count(of_school).await, 0);
    assert_eq!(
        told.municipality.objections().await[0].state,
        ObjectionState::Upheld
    );
    let advice = told.school.is_asked_for_advice().await;
    assert_eq!(
        (advice[0].state, advice[0].signal),
        (ObjectionState::Upheld, None)
    );
    let kinds = |inbox: Vec<protocol::notice::Notice>| inbox.into_iter().map(|notice| notice.kind);
    assert!(kinds(told.school.inbox().await).any(|kind| kind == NoticeKind::SignalDestroyed));
    assert!(kinds(told.childcare.inbox().await).any(|kind| kind == NoticeKind::MatchCorrected));
    // The letter opened that signal and nothing else.
    let letter = told.municipality.reads_letter(&told.letter).await;
    assert_eq!(refusal(letter), ProblemType::CodeOpensNothing);

    // Each step is one leaf; what was advised and decided, and by whom it was asked, can be erased.
    let export = supervisor.verifies().await;
    for name in [
        "letter.issued",
        "objection.made",
        "objection.advised",
        "objection.decided",
    ] {
        let leaves: Vec<_> = export.of(name).collect();
        assert_eq!(leaves.len(), 1, "{name}");
        for secret in ["guardian", "ground_gone", "end_signal"] {
            assert!(!leaves[0].to_string().contains(secret), "{name} says {secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_that_is_rejected_says_why_and_where_to_go_next() {
    let told = Told::start().await;
    let id = told.objects().await;
    told.school.advises(id, Advice::KeepSignal).await.unwrap();
    told.school.is_told(1).await;
    told.region.at("2027-03-12T10:00:00+01:00").await;
    let reasons = [ObjectionReason::GroundStands, ObjectionReason::ChildInterests];
    let decided = told
        .municipality
        .decides_objection(id, ObjectionOutcome::Rejected, &reasons)
        .await
        .unwrap();
    assert_eq!(decided.state, ObjectionState::Rejected);
    assert_eq!(
        decided.appeal_by,
        Some(protocol::text::date("2027-04-23").unwrap())
    );

    // The signal stays and its organisation is told; nobody else is.
    assert!(told.school.partner.signal(told.signal.id).await.is_ok());
    let kinds: Vec<_> = told
        .school
        .is_told(2)
        .await
        .iter()
        .map(|notice| notice.kind)
        .collect();
    assert_eq!(kinds, [NoticeKind::ObjectionAdvice, NoticeKind::ObjectionDecided]);
    assert!(told.childcare.inbox().await.is_empty());

    // The father reads it with his letter, in words; the municipality reads him the same.
    let key = FamilyKey::Session(&told.father);
    let mut father = Guardian::in_session(&told.region, &told.letter, &told.father);
    let page = father.visits("/portal/kind").await;
    assert!(page.says("afgewezen: het signaal blijft"), "{}", page.html);
    let file = told.municipality.reads_letter(&told.letter).await.unwrap();
    let objection = &file.objections[0];
    assert_eq!(objection.state.words, "ongegrond: het signaal blijft bestaan");
    assert_eq!(objection.reasons[0].words, "De grond voor het signaal is er nog.");
    let way = objection.way_to_appeal.as_deref().unwrap();
    assert!(
        way.contains("tot en met 23 april 2027 bezwaar maken bij gemeente Voorbeeldstad"),
        "{way}"
    );
    // He may object again; that is a case of its own.
    let again = told.region.casework.object_to_signal(&key, None).await.unwrap();
    assert_ne!(again, id);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_late_is_flagged_and_nothing_is_decided_by_itself() {
    let told = Told::start().await;
    let id = told.objects().await;
    let flags = async |time: &str| {
        told.region.at(time).await;
        let seen = told.municipality.program().objection(id).await.unwrap();
        assert_eq!(seen.state, ObjectionState::Open);
        (
            seen.attention.advice_late,
            seen.attention.decide_soon,
            seen.attention.decision_late,
        )
    };
    assert_eq!(flags("2027-03-05T23:59:50+01:00").await, (false, false, false));
    assert_eq!(flags("2027-03-06T00:00:00+01:00").await, (true, false, false));
    assert_eq!(flags("2027-03-27T00:00:00+01:00").await, (true, true, false));
    assert_eq!(flags("2027-04-03T00:00:00+02:00").await, (true, true, true));
    assert!(told.school.is_asked_for_advice().await[0].late);
    // Late advice is still taken, a late decision is still one.
    told.school.advises(id, Advice::NoAdvice).await.unwrap();
    let decided = told
        .municipality
        .decides_objection(id, ObjectionOutcome::Rejected, &[ObjectionReason::GroundStands])
        .await
        .unwrap();
    assert_eq!(decided.state, ObjectionState::Rejected);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_at_the_desk_objects_with_the_letter_of_a_request_to_one_of_the_signals_it_names() {
    let met = Met::start().await;
    let (_, letters) = met.ask(AgeBand::Under12, 2).await;
    let municipality = met.region.municipality();
    let file = municipality.reads_letter(&letters[0].code).await.unwrap();
    assert_eq!(file.scope.code, "letter");
    let names: Vec<&str> = file
        .signals
        .iter()
        .map(|signal| signal.organisation.name.as_str())
        .collect();
    assert_eq!(names, ["Kinderopvang De Vlinder", "JGZ Waterland-Noord"]);

    // Which of the two, must be said; one that the letter does not open cannot be meant.
    let unsaid = municipality.objects_for(&letters[0].code, None).await;
    assert_eq!(refusal(unsaid), ProblemType::InvalidRequest);
    let foreign = municipality
        .objects_for(&letters[0].code, Some(met.match_id))
        .await;
    assert_eq!(refusal(foreign), ProblemType::InvalidRequest);
    let meant = Some(file.signals[1].id);
    let made = municipality.objects_for(&letters[0].code, meant).await.unwrap();
    assert_eq!(made.route, Route::Assisted);
    assert_eq!(made.organisation.unwrap().name, "JGZ Waterland-Noord");
    // Twice is once, in whatever spelling of the code.
    let again = municipality
        .objects_for(&letters[0].code.to_lowercase().replace('-', " "), meant)
        .await
        .unwrap();
    assert_eq!(again.id, made.id);

    // The other guardian has an objection of their own, and does not learn of this one.
    let other = municipality.reads_letter(&letters[1].code).await.unwrap();
    assert!(other.objections.is_empty());
    let second = municipality.objects_for(&letters[1].code, meant).await.unwrap();
    assert_ne!(second.id, made.id);

    // When one is upheld there is nothing left to decide about the other.
    met.health.advises(made.id, Advice::EndSignal).await.unwrap();
    municipality
        .decides_objection(made.id, ObjectionOutcome::Upheld, &[ObjectionReason::NoGround])
        .await
        .unwrap();
    let states: Vec<_> = municipality
        .objections()
        .await
        .iter()
        .map(|seen| seen.state)
        .collect();
    assert_eq!(states, [ObjectionState::Upheld, ObjectionState::Upheld]);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_goes_to_the_municipality_that_is_responsible_and_to_no_other() {
    let told = Told::start().await;
    let overdam = told
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    // Any desk may type the code; the case is where the signal is.
    told.region.at("2027-02-19T15:30:00+01:00").await;
    let made = overdam.objects_for(&told.letter, None).await.unwrap();
    assert_eq!(made.municipality, "gemeente Voorbeeldstad");
    assert!(overdam.objections().await.is_empty());
    assert_eq!(
        refusal(overdam.program().objection(made.id).await),
        ProblemType::NotFound
    );
    let decided = overdam
        .decides_objection(made.id, ObjectionOutcome::Upheld, &[ObjectionReason::NoGround])
        .await;
    assert_eq!(refusal(decided), ProblemType::NotFound);
    assert_eq!(told.municipality.objections().await[0].id, made.id);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_made_an_objection_takes_it_back_and_nobody_else_does() {
    let told = Told::start().await;
    let id = told.objects().await;
    let mother = told.school.makes_letter(told.signal.id).await;
    let mother = told.region.goes_in(mother.code.expose()).await;
    let mother = FamilyKey::Session(&mother);
    let casework = &told.region.casework;
    assert!(casework.withdraw_objection(&mother, id).await.is_err());
    let father = FamilyKey::Session(&told.father);
    casework.withdraw_objection(&father, id).await.unwrap();
    assert!(casework.withdraw_objection(&father, id).await.is_err());
    assert_eq!(
        told.municipality.objections().await[0].state,
        ObjectionState::Withdrawn
    );
    let advised = told.school.advises(id, Advice::KeepSignal).await;
    assert_eq!(refusal(advised), ProblemType::ObjectionClosed);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_to_a_signal_that_goes_for_another_reason_has_lapsed() {
    let told = Told::start().await;
    let id = told.objects().await;
    told.school
        .partner
        .end_signal(told.signal.id, EndReason::Unjustified, None)
        .await
        .unwrap();
    assert_eq!(
        told.municipality.objections().await[0].state,
        ObjectionState::Lapsed
    );
    let decided = told
        .municipality
        .decides_objection(id, ObjectionOutcome::Upheld, &[ObjectionReason::NoGround])
        .await;
    assert_eq!(refusal(decided), ProblemType::ObjectionClosed);
    let advised = told.school.advises(id, Advice::KeepSignal).await;
    assert_eq!(refusal(advised), ProblemType::ObjectionClosed);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_ends_with_the_sixteenth_birthday_and_is_not_made_while_telling_is_postponed() {
    let told = Told::start().await;
    let (school, signal) = (&told.school, told.signal.id);
    let past = school
        .tries_to_make_letter(signal, Signatory::Guardian, Some("2027-01-11"))
        .await;
    assert_eq!(refusal(past), ProblemType::InvalidRequest);
    let letter = school
        .tries_to_make_letter(signal, Signatory::Guardian, Some("2027-02-01"))
        .await
        .unwrap();
    let code = letter.code.expose();
    told.region.at("2027-01-31T23:59:50+01:00").await;
    assert!(told.municipality.reads_letter(code).await.is_ok());
    told.region.at("2027-02-01T00:00:00+01:00").await;
    let grown_up = told.municipality.reads_letter(code).await;
    assert_eq!(refusal(grown_up), ProblemType::CodeOpensNothing);

    // While a postponement holds, or waits for a second person, no letter is made and those that are there open nothing.
    let help = told
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    let signal = help.signals_untold(&child(2), "2027-09-01").await.id;
    let letter = help.makes_letter(signal).await;
    let postponement = PostponementSubmission {
        reason: PostponementReason::ChildUnsafe,
        review_on: protocol::text::date("2027-02-10").unwrap(),
        by: help.reference.parse().unwrap(),
    };
    help.partner
        .propose_postponement(signal, &postponement, None)
        .await
        .unwrap();
    let postponed = help.tries_to_make_letter(signal, Signatory::Guardian, None).await;
    assert_eq!(refusal(postponed), ProblemType::DisclosurePostponed);
    let hidden = told.municipality.objects_for(letter.code.expose(), None).await;
    assert_eq!(refusal(hidden), ProblemType::CodeOpensNothing);
    told.region.at("2027-02-11T00:00:00+01:00").await;
    assert!(
        told.municipality
            .objects_for(letter.code.expose(), None)
            .await
            .is_ok()
    );
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guardian_reaches_nothing_after_the_sixteenth_birthday_though_nobody_stated_it() {
    let region = Region::with(Settings {
        beginning: "2027-01-11T09:00:00+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let municipality = region.municipality();
    // The signal ends in February; the child becomes 16 in June, when the signal lies in the archive.
    let mut signal = school.new_signal(&child(1), "2027-02-01");
    signal.destroy_by = "2034-06".parse().unwrap();
    let Submitted::New(signal) = school.partner.submit_signal(&signal, None).await.unwrap() else {
        panic!("the school had a signal");
    };
    let of_guardian = school.makes_letter(signal.id).await;
    let stated = school
        .tries_to_make_letter(signal.id, Signatory::Guardian, Some("2027-06-20"))
        .await
        .unwrap();
    let too_late = school
        .tries_to_make_letter(signal.id, Signatory::Guardian, Some("2029-06-20"))
        .await
        .unwrap();
    let own = school
        .tries_to_make_letter(signal.id, Signatory::YoungPerson, None)
        .await
        .unwrap();
    let opens = async |letter: &Letter| municipality.reads_letter(letter.code.expose()).await.is_ok();

    region.at("2027-05-31T23:59:50+02:00").await;
    assert!(opens(&of_guardian).await);
    let asked = municipality
        .asks_for(of_guardian.code.expose(), Right::Access)
        .await
        .unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    assert!(municipality.fetches_file(asked.id).await.is_ok());
    region.at("2027-06-01T00:00:00+02:00").await;
    assert!(!opens(&of_guardian).await);
    assert_eq!(
        refusal(municipality.fetches_file(asked.id).await),
        ProblemType::NoFile
    );
    let late = school
        .tries_to_make_letter(signal.id, Signatory::Guardian, None)
        .await;
    assert_eq!(refusal(late), ProblemType::InvalidRequest);
    region.at("2027-06-19T23:59:50+02:00").await;
    assert!(opens(&stated).await);
    region.at("2027-06-20T00:00:00+02:00").await;
    assert!(!opens(&stated).await);
    region.at("2027-07-01T00:00:00+02:00").await;
    assert!(!opens(&too_late).await);
    assert!(opens(&own).await);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_codes_are_answered_alike_and_slowed_and_right_ones_cost_nothing() {
    let told = Told::start().await;
    let municipality = &told.municipality;
    for _ in 0..25 {
        assert!(municipality.reads_letter(&told.letter).await.is_ok());
    }
    let wrong = ["", "0000-0000-0000-0000", "nonsense", "0000-0000-0000-000U"];
    for code in &wrong[1..] {
        let answer = municipality.reads_letter(code).await;
        assert_eq!(refusal(answer), ProblemType::CodeOpensNothing, "{code}");
    }
    let slowed = async || {
        let answer = municipality.objects_for(wrong[1], None).await;
        (refusal(answer) == ProblemType::RateLimited).then_some(())
    };
    eventually("wrong codes are slowed", slowed).await;
    // Another desk is not.
    let other = told
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    assert!(other.reads_letter(&told.letter).await.is_ok());
    let guessed = Guardian::with_code(&told.region, wrong[1]).enters().await;
    assert_eq!(guessed.status, 400);
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_level_security_shows_a_case_to_those_it_concerns_and_to_nobody_else() {
    let told = Told::start().await;
    told.objects().await;
    told.municipality
        .asks_for(&told.letter, Right::Access)
        .await
        .unwrap();
    let overdam = told
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    let rows = async |organisation: &str, table: &str| -> i64 {
        let mut client = told.region.database.superuser().await;
        let transaction = client.transaction().await.unwrap();
        transaction
            .execute(
                "SELECT set_config('app.organisation', o.id::text, true), set_config('app.now', now()::text, true)
                   FROM organisation o WHERE o.name = $1",
                &[&organisation],
            )
            .await
            .unwrap();
        transaction
            .batch_execute("SET LOCAL ROLE tp_party")
            .await
            .unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        transaction.query_one(&sql, &[]).await.unwrap().get(0)
    };
    let school = "Basisschool Zonnewijzer";
    let childcare = told.childcare.name.as_str();
    for (organisation, sees) in [
        (
            tests::MUNICIPALITY,
            ["objection", "objection_advice", "rights_request"].as_slice(),
        ),
        (school, &["objection_advice"]),
        (childcare, &[]),
        (overdam.name.as_str(), &[]),
        // Whoever acts for nobody.
        ("", &[]),
    ] {
        for table in ["letter", "objection", "objection_advice", "rights_request"] {
            let expected = i64::from(sees.contains(&table));
            assert_eq!(
                rows(organisation, table).await,
                expected,
                "{organisation:?} {table}"
            );
        }
    }
    // What is asked of the matcher by number is answered only who is asked for advice, or holds the letter.
    for question in [
        "state_of_objection(subject_id, id) FROM objection",
        "signal_of_objection(subject_id, id) FROM objection",
        "tag_of_objection(subject_id, id) FROM objection",
        "municipality_for_signal(subject_id, id) FROM signal",
    ] {
        let (call, table) = question.split_once(" FROM ").unwrap();
        let answers = async |organisation: &str| -> i64 {
            let mut client = told.region.database.superuser().await;
            let transaction = client.transaction().await.unwrap();
            let numbers = format!(
                "CREATE TEMPORARY TABLE numbers ON COMMIT DROP AS SELECT subject_id, id FROM {table}"
            );
            transaction.batch_execute(&numbers).await.unwrap();
            let enter = "SELECT set_config('app.organisation', o.id::text, true), set_config('app.now', now()::text, true)
                           FROM organisation o WHERE o.name = $1";
            transaction.execute(enter, &[&organisation]).await.unwrap();
            let role = "GRANT SELECT ON numbers TO tp_party; SET LOCAL ROLE tp_party";
            transaction.batch_execute(role).await.unwrap();
            let sql = format!("SELECT count({call}) FROM numbers");
            transaction.query_one(&sql, &[]).await.unwrap().get(0)
        };
        let told_to_school = i64::from(table == "objection");
        for (organisation, expected) in [
            (school, told_to_school),
            (childcare, 0),
            (overdam.name.as_str(), 0),
        ] {
            assert_eq!(answers(organisation).await, expected, "{organisation:?} {call}");
        }
    }
    // A municipality reads nothing of the child but in the transaction of a file.
    for table in [
        "signal",
        "match_case",
        "match_party",
        "viewing",
        "disclosure",
        "consent",
    ] {
        assert_eq!(rows(tests::MUNICIPALITY, table).await, 0, "{table}");
    }
    told.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_log_could_tell_of_a_case_is_erased_with_the_child() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&child(1)).await.id;
    let letter = school.makes_letter(signal).await;
    let municipality = region.municipality();
    let code = letter.code.expose();
    let asked = municipality.asks_for(code, Right::Access).await.unwrap();
    municipality
        .answers(asked.id, RightsAnswer::Given, None)
        .await
        .unwrap();
    municipality.fetches_file(asked.id).await.unwrap();
    let objection = municipality.objects_for(code, None).await.unwrap().id;
    school.advises(objection, Advice::EndSignal).await.unwrap();
    let tags = region
        .texts(
            "SELECT log_tag::text FROM objection UNION SELECT log_tag::text FROM rights_request
              UNION SELECT log_tag::text FROM signal",
        )
        .await;
    let openings = format!(
        "SELECT count(*) FROM audit.opening WHERE about IN ('{}')",
        tags.join("', '")
    );
    assert!(region.count(&openings).await > 0);
    let reasons = [ObjectionReason::NoGround];
    let decided = municipality.decides_objection(objection, ObjectionOutcome::Upheld, &reasons);
    // Nothing is left of the child, and the answer still says what was decided.
    assert_eq!(decided.await.unwrap().state, ObjectionState::Upheld);
    assert!(municipality.objections().await.is_empty());
    assert!(municipality.rights_requests().await.is_empty());
    assert!(school.is_asked_for_advice().await.is_empty());
    while region.casework.retire_once().await.unwrap() > 0 {}
    eventually("the openings are erased", async || {
        (region.count(&openings).await == 0).then_some(())
    })
    .await;
    for table in [
        "subject",
        "letter",
        "objection",
        "objection_advice",
        "rights_request",
    ] {
        assert_eq!(
            region.count(&format!("SELECT count(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_goes_on_when_two_children_turn_out_to_be_one() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let municipality = region.municipality();
    let sofie = |reference| Client {
        surname: "Bakker-de Boer",
        born: "2019-03-08",
        sex: "v",
        reference,
    };
    let mut letters = Vec::new();
    for (party, reference) in [(&school, "dossier-1"), (&help, "klant-77")] {
        let signal = party.signals_about(&sofie(reference)).await.id;
        let letter = party.makes_letter(signal).await.code.expose().to_owned();
        municipality.objects_for(&letter, None).await.unwrap();
        let asked = municipality.asks_for(&letter, Right::Access).await.unwrap();
        municipality
            .answers(asked.id, RightsAnswer::Given, None)
            .await
            .unwrap();
        letters.push(letter);
    }
    for party in [&school, &help] {
        let asked = party.is_asked(1).await.remove(0);
        party.says_same_child(asked.id, true).await;
    }
    eventually("one child", async || {
        (!school.matches().await.is_empty()).then_some(())
    })
    .await;

    // Each letter still opens its signal, and each file shows both.
    for letter in &letters {
        assert_eq!(municipality.reads_letter(letter).await.unwrap().signals.len(), 1);
    }
    for request in municipality.rights_requests().await {
        let file = municipality.fetches_file(request.id).await.unwrap();
        assert_eq!((file.signals.len(), file.matches.len()), (2, 1));
    }
    // The organisations are asked about the same cases that the municipality decides.
    let cases = municipality.objections().await;
    assert_eq!(cases.len(), 2);
    for party in [&school, &help] {
        let asked = party.is_asked_for_advice().await.remove(0);
        party.advises(asked.objection, Advice::EndSignal).await.unwrap();
        let decided = municipality
            .decides_objection(
                asked.objection,
                ObjectionOutcome::Upheld,
                &[ObjectionReason::NoGround],
            )
            .await
            .unwrap();
        assert_eq!(decided.state, ObjectionState::Upheld);
    }
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 0);
    region.log_holds().await;
}
