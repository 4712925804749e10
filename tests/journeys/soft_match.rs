//! Children without a BSN: two organisations may mean one child or two, and only they can say.

use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::soft_match::{SoftMatch, SoftMatchState};
use tests::{
    Client, Http, Method, Professional, Region, Sector, Settings, assert_sound, child, events, eventually,
    refusal,
};

const SOFIE: Client = Client {
    surname: "Bakker-de Boer",
    born: "2019-03-08",
    sex: "v",
    reference: "dossier-1",
};

/// The same key, however it was typed.
const SOFIE_ELSEWHERE: Client = Client {
    surname: "BAKKER  DE BÖER",
    born: "20190308",
    sex: "F",
    reference: "klant-77",
};

async fn school_and_help(region: &Region) -> (Professional, Professional) {
    (
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    )
}

async fn states(who: &Professional) -> Vec<SoftMatchState> {
    who.soft_matches().await.iter().map(|asked| asked.state).collect()
}

async fn settled(who: &Professional, asked: &SoftMatch, state: SoftMatchState) {
    eventually("the answers come to something", async || {
        let seen = who.partner.soft_match(asked.id).await.unwrap();
        (seen.state == state).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_joined_before_both_say_that_it_is_one_child() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, help) = school_and_help(&region).await;
    let signal = school.signals_about(&SOFIE).await;
    region.quiet().await;
    assert_eq!(school.inbox().await, [], "alone there is nothing to ask");
    help.signals_about(&SOFIE_ELSEWHERE).await;

    let asked = school.is_asked(1).await.remove(0);
    let asked_too = help.is_asked(1).await.remove(0);
    assert_eq!((asked.signal, asked.same_child), (signal.id, None));
    assert_ne!(asked.id, asked_too.id, "nothing that two could compare");
    assert_eq!(school.inbox_kinds().await, [NoticeKind::SoftMatch]);
    assert_eq!(help.inbox_kinds().await, [NoticeKind::SoftMatch]);

    school.says_same_child(asked.id, true).await;
    region.casework.settle_soft_matches_once().await.unwrap();
    region.quiet().await;
    assert_eq!(
        states(&help).await,
        [SoftMatchState::Asked],
        "the other's answer does not show"
    );
    assert_eq!((school.matches().await.len(), help.matches().await.len()), (0, 0));

    help.says_same_child(asked_too.id, true).await;
    settled(&school, &asked, SoftMatchState::Confirmed).await;
    settled(&help, &asked_too, SoftMatchState::Confirmed).await;
    let met = eventually("a match", async || school.matches().await.into_iter().next()).await;
    assert_eq!(met.parties.len(), 2);
    assert_eq!(help.sees(met.id).await.parties.len(), 2);
    assert_eq!(
        refusal(school.tries_to_say_same_child(asked.id, false).await),
        ProblemType::SoftMatchClosed
    );

    // The signal keeps its id, and the client its signal.
    assert_eq!(school.partner.signal(signal.id).await.unwrap().id, signal.id);
    for (who, client) in [(&school, SOFIE), (&help, SOFIE_ELSEWHERE)] {
        let again = who
            .partner
            .submit_signal(&who.new_signal_about(&client), None)
            .await
            .unwrap();
        assert!(matches!(again, client::Submitted::Known(_)));
    }
    region.quiet().await;
    assert_eq!(school.soft_matches().await.len(), 1);
    let log = events(&region).await;
    let of = |name: &str| log.get(name).copied().unwrap_or_default();
    assert_eq!(
        [
            "soft_match.found",
            "soft_match.confirmed",
            "soft_match.denied",
            "subject.merged",
            "match.opened"
        ]
        .map(of),
        [1, 2, 0, 1, 1]
    );
    assert_sound(&region).await;
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spelling_variants_and_neighbours_are_no_match() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    school.signals_about(&SOFIE).await;
    for (number, other) in [
        Client {
            surname: "Backer-de Boer",
            ..SOFIE
        },
        Client {
            surname: "Bakker",
            ..SOFIE
        },
        Client {
            born: "2019-03-09",
            ..SOFIE
        },
        Client {
            born: "2019-08-03",
            ..SOFIE
        },
        Client { sex: "m", ..SOFIE },
    ]
    .into_iter()
    .enumerate()
    {
        let references = ["klant-1", "klant-2", "klant-3", "klant-4", "klant-5"];
        let other = Client {
            reference: references[number],
            ..other
        };
        help.signals_about(&other).await;
    }
    // A number is another kind of identifier.
    help.signals(&child(1)).await;
    region.quiet().await;
    assert_eq!(school.soft_matches().await, []);
    assert_eq!(help.soft_matches().await, []);
    assert_eq!((school.inbox().await, help.inbox().await), (vec![], vec![]));
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_are_told_apart_by_who_knows_them() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    let twin = Client {
        reference: "dossier-2",
        ..SOFIE
    };
    let first = school.signals_about(&SOFIE).await;
    let second = school.signals_about(&twin).await;
    assert_ne!(first.id, second.id, "two clients, two signals");
    region.quiet().await;
    assert_eq!(school.inbox().await, [], "it tells them apart itself");

    help.signals_about(&SOFIE_ELSEWHERE).await;
    let of_help = help.is_asked(2).await;
    let of_school = school.is_asked(2).await;
    let about = |signal| *of_school.iter().find(|asked| asked.signal == signal).unwrap();
    // The school knows which of its twins goes to youth help: not the first.
    school.says_same_child(about(first.id).id, false).await;
    school.says_same_child(about(second.id).id, true).await;
    // The one that was denied is over; which of both that was, nobody but the school knew.
    let mut taken = 0;
    for asked in &of_help {
        match help.tries_to_say_same_child(asked.id, true).await {
            Ok(_) => taken += 1,
            refused => assert_eq!(refusal(refused), ProblemType::SoftMatchClosed),
        }
    }
    assert!(taken >= 1);
    settled(&school, &about(second.id), SoftMatchState::Confirmed).await;
    settled(&school, &about(first.id), SoftMatchState::Denied).await;
    region.quiet().await;
    assert_eq!(school.matches().await.len(), 1);
    assert_eq!(help.matches().await.len(), 1);
    assert_eq!(
        region
            .count("SELECT count(*) FROM soft_match WHERE state = 'asked'")
            .await,
        0
    );
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_no_is_the_end_of_it_for_good() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    let signal = school.signals_about(&SOFIE).await;
    help.signals_about(&SOFIE_ELSEWHERE).await;
    let (ours, theirs) = (
        school.is_asked(1).await.remove(0),
        help.is_asked(1).await.remove(0),
    );
    // A yes can be taken back as long as it stands alone.
    school.says_same_child(ours.id, true).await;
    school.says_same_child(ours.id, true).await;
    let no = school.says_same_child(ours.id, false).await;
    assert!(!no.same_child);
    assert_eq!(
        refusal(school.tries_to_say_same_child(ours.id, true).await),
        ProblemType::SoftMatchClosed
    );
    settled(&help, &theirs, SoftMatchState::Denied).await;
    assert_eq!(
        refusal(help.tries_to_say_same_child(theirs.id, true).await),
        ProblemType::SoftMatchClosed
    );
    // Given anew, it is not asked anew.
    school
        .ends(signal.id, protocol::signal::EndReason::Resolved)
        .await;
    school.signals_about(&SOFIE).await;
    region.quiet().await;
    assert_eq!(school.soft_matches().await.len(), 1);
    assert_eq!(help.soft_matches().await.len(), 1);
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 0);
    let log = events(&region).await;
    assert_eq!((log["soft_match.confirmed"], log["soft_match.denied"]), (1, 1));
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_shows_at_the_next_interval_through_every_door_and_only_to_who_is_asked() {
    let region = Region::with(Settings {
        covenant: "notice_interval_minutes = 15".to_owned(),
        beginning: "2027-03-01T09:01:00+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let (school, help) = school_and_help(&region).await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    school.signals_about(&SOFIE).await;
    help.signals_about(&SOFIE_ELSEWHERE).await;
    eventually("it is found", async || {
        (region.count("SELECT count(*) FROM soft_match").await == 1).then_some(())
    })
    .await;
    assert_eq!(school.soft_matches().await, []);
    assert_eq!(school.inbox().await, []);
    region.at("2027-03-01T09:15:00+01:00").await;
    let asked = school.is_asked(1).await.remove(0);
    let theirs = help.is_asked(1).await.remove(0);
    for (who, id) in [(&school, theirs.id), (&care, asked.id), (&care, theirs.id)] {
        assert_eq!(refusal(who.partner.soft_match(id).await), ProblemType::NotFound);
        assert_eq!(
            refusal(who.tries_to_say_same_child(id, true).await),
            ProblemType::NotFound
        );
    }
    // Looking at nothing leaves nothing.
    let looked = events(&region).await["soft_match.viewed"];
    assert_eq!(looked, 2);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_is_asked_with_both_and_who_joined_both_says_yes_for_all() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    school.signals_about(&SOFIE).await;
    help.signals_about(&SOFIE_ELSEWHERE).await;
    let (ours, theirs) = (
        school.is_asked(1).await.remove(0),
        help.is_asked(1).await.remove(0),
    );
    school.says_same_child(ours.id, true).await;
    help.says_same_child(theirs.id, true).await;
    settled(&help, &theirs, SoftMatchState::Confirmed).await;

    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    care.signals_about(&Client {
        reference: "kind-9",
        ..SOFIE
    })
    .await;
    let of_care = care.is_asked(1).await.remove(0);
    let (ours, theirs) = (school.is_asked(2).await[0], help.is_asked(2).await[0]);
    care.says_same_child(of_care.id, true).await;
    school.says_same_child(ours.id, true).await;
    region.casework.settle_soft_matches_once().await.unwrap();
    assert_eq!(
        states(&care).await,
        [SoftMatchState::Asked],
        "one of three has not answered"
    );
    help.says_same_child(theirs.id, true).await;
    settled(&care, &of_care, SoftMatchState::Confirmed).await;
    let met = eventually("all three meet", async || {
        let found = care.matches().await.into_iter().next();
        found.filter(|met| met.parties.len() == 3)
    })
    .await;
    assert_eq!(school.sees(met.id).await.parties.len(), 3);
    assert_sound(&region).await;
    region.log_holds().await;
}

/// The children of two are joined, and then with that of a third: a signal moves twice, and what it left on its way was a
/// child with a match of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_signal_that_moved_twice_nothing_is_left_on_its_way() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let first = school.signals_about(&SOFIE).await;
    let second = help.signals_about(&SOFIE_ELSEWHERE).await;
    let twice = care
        .signals_about(&Client {
            reference: "kind-9",
            ..SOFIE
        })
        .await;
    let says_yes = async |who: &Professional| {
        for asked in who.soft_matches().await {
            if asked.state == SoftMatchState::Asked && asked.same_child.is_none() {
                who.tries_to_say_same_child(asked.id, true).await.ok();
            }
        }
    };
    for who in [&school, &help, &care] {
        who.is_asked(2).await;
    }
    says_yes(&help).await;
    says_yes(&care).await;
    eventually("help and care meet", async || {
        (help.matches().await.len() == 1).then_some(())
    })
    .await;
    eventually("all three meet", async || {
        // Whoever came to another child is asked about that one too.
        for who in [&school, &help, &care] {
            says_yes(who).await;
        }
        let met = school.matches().await.into_iter().next();
        met.filter(|met| met.parties.len() == 3)
    })
    .await;
    region.quiet().await;
    assert_eq!(events(&region).await["subject.merged"], 2);
    assert_sound(&region).await;

    for (who, signal) in [(&care, twice), (&help, second), (&school, first)] {
        who.ends(signal.id, protocol::signal::EndReason::Unjustified)
            .await;
        assert_sound(&region).await;
    }
    region.quiet().await;
    for table in ["signal", "subject", "match_case", "match_party", "notice"] {
        let left = region.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(left, 0, "{table}");
    }
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_ends_with_a_signal_and_everything_goes_with_the_last() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    school.signals_about(&SOFIE).await;
    let theirs = help.signals_about(&SOFIE_ELSEWHERE).await;
    let asked = school.is_asked(1).await.remove(0);
    help.ends(theirs.id, protocol::signal::EndReason::Unjustified)
        .await;
    settled(&school, &asked, SoftMatchState::Ended).await;
    assert_eq!(
        refusal(school.tries_to_say_same_child(asked.id, true).await),
        ProblemType::SoftMatchClosed
    );
    assert_sound(&region).await;
    let ours = school.soft_matches().await[0].signal;
    school.ends(ours, protocol::signal::EndReason::Unjustified).await;
    region.quiet().await;
    for table in [
        "subject",
        "signal",
        "client_reference",
        "shared_tag",
        "signal_circle",
        "soft_match",
        "soft_match_party",
    ] {
        let left = region.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(left, 0, "{table}");
    }
    assert_sound(&region).await;
    region.log_holds().await;
}

async fn post(region: &Region, who: &Professional, body: &str, key: &str) -> tests::Answer {
    let bearer = who.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    Http::new(&region.url)
        .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
        .await
}

/// Known or unknown, the answer is the same but for id, time and receipt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_tells_nothing_of_other_organisations() {
    let region = Region::start().await;
    let (school, help) = school_and_help(&region).await;
    school.signals_about(&SOFIE).await;
    region.quiet().await;
    let unknown = Client {
        born: "2020-01-01",
        reference: "klant-78",
        ..SOFIE
    };
    let mut shown = Vec::new();
    for (client, key) in [
        (SOFIE_ELSEWHERE, "of-a-known-one"),
        (unknown, "of-an-unknown-one"),
    ] {
        let answer = post(&region, &help, &help.client_signal_body(&client), key).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let mut body = answer.json();
        // A time is written as short as it can be: its length says how many zeros it ends in.
        let length = answer.text().len() - body["submittedAt"].as_str().unwrap().len();
        for varies in ["id", "submittedAt", "receipts"] {
            body[varies] = serde_json::Value::Null;
        }
        shown.push((body.to_string(), length));
    }
    assert_eq!(shown[0], shown[1]);

    // A key needs a reference, and a number has none.
    let mut body: serde_json::Value = serde_json::from_str(&help.client_signal_body(&SOFIE)).unwrap();
    body.as_object_mut().unwrap().remove("clientReference");
    let answer = post(&region, &help, &body.to_string(), "without-reference").await;
    assert_eq!(
        (answer.status, answer.json()["errors"][0]["pointer"].as_str()),
        (400, Some("/clientReference"))
    );
    let mut body: serde_json::Value = serde_json::from_str(&help.signal_body(&child(1))).unwrap();
    body["clientReference"] = "klant-1".into();
    let answer = post(&region, &help, &body.to_string(), "number-and-reference").await;
    assert_eq!(
        (answer.status, answer.json()["errors"][0]["pointer"].as_str()),
        (400, Some("/clientReference"))
    );
    region.log_holds().await;
}

const SURNAMES: [&str; 20] = [
    "Aalders", "Baars", "Claes", "Dijk", "Evers", "Fokkens", "Groen", "Hoek", "Idema", "Jonker", "Kok",
    "Lans", "Mulder", "Noord", "Otten", "Post", "Quist", "Roos", "Smit", "Tak",
];

/// The keys change: what came before is found by what comes after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_keys_and_guardians_change_keys_with_the_children() {
    use casework::{CeremonySettings, Change};
    let region = Region::with_covenant("notice_interval_minutes = 0\nfamily_match = true").await;
    let (school, help) = school_and_help(&region).await;
    school.signals_about(&SOFIE).await;
    school.signals_with_guardians(&child(2), &[child(901)]).await;
    region.quiet().await;
    let before = region
        .texts("SELECT encode(tag, 'hex') FROM shared_tag ORDER BY 1")
        .await;
    assert_eq!(before.len(), 2);
    let settings = CeremonySettings {
        keyholder: None,
        workers: 2,
        grace: None,
    };
    let ceremony = region.casework.ceremony(region.custodians(), settings).unwrap();
    let change = Change {
        tag: true,
        ..Change::default()
    };
    // In each step another comes, and the other organisation's when all is over.
    let crossing = AtomicUsize::new(0);
    let runtime = tokio::runtime::Handle::current();
    ceremony
        .run(change, &|_| {
            let number = crossing.fetch_add(1, Ordering::SeqCst);
            let met = Client {
                surname: SURNAMES[number],
                reference: SURNAMES[number],
                ..SOFIE
            };
            tokio::task::block_in_place(|| runtime.block_on(school.signals_about(&met)));
        })
        .await
        .unwrap();
    let crossing = crossing.load(Ordering::SeqCst);
    assert!(crossing > 4);
    let after = region
        .texts("SELECT encode(tag, 'hex') FROM shared_tag ORDER BY 1")
        .await;
    assert_eq!(after.len(), 2 + crossing);
    assert!(
        before.iter().all(|tag| !after.contains(tag)),
        "every tag is another"
    );
    assert_eq!(
        region
            .count("SELECT count(DISTINCT tag_epoch) FROM shared_tag")
            .await,
        1
    );
    help.signals_about(&SOFIE_ELSEWHERE).await;
    help.signals_with_guardians(&child(3), &[child(901)]).await;
    for surname in &SURNAMES[..crossing] {
        help.signals_about(&Client {
            surname,
            reference: surname,
            ..SOFIE
        })
        .await;
    }
    school.is_asked(1 + crossing).await;
    help.is_asked(1 + crossing).await;
    eventually("the family", async || {
        (help.family_matches().await.len() == 1).then_some(())
    })
    .await;
    assert_sound(&region).await;
    region.log_holds().await;
}

/// The partners' key changes: a service key is sent again as a number is, a guardian's pseudonym goes with the epoch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_an_epoch_of_the_partners_key_go_the_tags_that_were_not_sent_again() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nfamily_match = true").await;
    let (school, help) = school_and_help(&region).await;
    let signal = school.signals_about(&SOFIE).await;
    school
        .signals_about(&Client {
            surname: "Jansen",
            reference: "dossier-3",
            ..SOFIE
        })
        .await;
    school.signals_with_guardians(&child(2), &[child(901)]).await;
    region
        .casework
        .add_network_epoch(2, tests::net_key_check(2))
        .await
        .unwrap();
    let sent = |client: &Client, kind: &str| -> serde_json::Value {
        [1, 2]
            .iter()
            .map(|epoch| tests::net_token_of(&client.key().into(), kind, *epoch))
            .collect()
    };
    // The one is sent again, with another child's key for the epoch in which it has one: that is not taken.
    let other = Client {
        surname: "Smit",
        ..SOFIE
    };
    let mut tokens = sent(&SOFIE, "service-key");
    tokens[0] = sent(&other, "service-key")[0].clone();
    let again = serde_json::json!({"signals": [{"id": signal.id, "tokens": tokens}]}).to_string();
    let bearer = school.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "the-tokens-again"),
    ];
    let answer = Http::new(&region.url)
        .send(
            Method::POST,
            "/v1/signals/resubmissions",
            &headers,
            Some(again.as_bytes()),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["results"][0]["outcome"], "accepted");
    region.quiet().await;
    let of_epoch = |epoch: u16| format!("SELECT count(*) FROM shared_tag WHERE net_epoch = {epoch}");
    assert_eq!(
        region.count(&of_epoch(1)).await,
        3,
        "the other child's key was not taken"
    );
    assert_eq!(region.count(&of_epoch(2)).await, 1);

    region.casework.end_network_epoch(1, false, None).await.unwrap();
    eventually("the epoch is over", async || {
        let over = "SELECT count(*) FROM network_epoch WHERE state = 'ended'";
        (region.count(over).await == 1).then_some(())
    })
    .await;
    assert_eq!(region.count(&of_epoch(1)).await, 0);
    assert_eq!(region.count("SELECT count(*) FROM family_tag").await, 0);
    for (client, key) in [
        (SOFIE_ELSEWHERE, "known-by-the-new-token"),
        (
            Client {
                surname: "Jansen",
                reference: "klant-3",
                ..SOFIE
            },
            "not-sent-again",
        ),
    ] {
        let mut body: serde_json::Value = serde_json::from_str(&help.client_signal_body(&client)).unwrap();
        body["tokens"] = serde_json::json!([sent(&client, "service-key")[1]]);
        let answer = post(&region, &help, &body.to_string(), key).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    region.quiet().await;
    assert_eq!(school.soft_matches().await.len(), 1);
    assert_eq!(school.soft_matches().await[0].signal, signal.id);
    region.log_holds().await;
}
