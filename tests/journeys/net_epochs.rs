//! The partners' key changes: two epochs beside each other, tokens sent again in bulk, an old epoch that ends, and children
//! that were known twice.

use std::io::Cursor;

use audit_log::policy::Policy;
use audit_log::verify::Verification;
use protocol::Id;
use protocol::consent::AgeBand;
use protocol::gate::Standing;
use protocol::signal::SignalState;
use serde_json::json;
use tests::{
    Answer, Child, Guardian, Http, Method, Professional, Region, Sector, Settings, assert_sound, child,
    events, net_key_check as check, net_tokens as tokens,
};

async fn post(region: &Region, who: &Professional, path: &str, body: &str, key: &str) -> Answer {
    let bearer = who.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    Http::new(&region.url)
        .send(Method::POST, path, &headers, Some(body.as_bytes()))
        .await
}

/// Gives a signal with tokens of these epochs; gives its id.
async fn signals(region: &Region, who: &Professional, child: &Child, epochs: &[u16]) -> Id {
    let key = format!("{}-{}-{epochs:?}", who.reference, child.bsn).replace([' ', '[', ']'], "");
    let answer = post(
        region,
        who,
        "/v1/signals",
        &who.signal_body_under(child, epochs),
        &key[..key.len().min(64)],
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

async fn refused(region: &Region, who: &Professional, child: &Child, epochs: &[u16], key: &str) -> String {
    let answer = post(
        region,
        who,
        "/v1/signals",
        &who.signal_body_under(child, epochs),
        key,
    )
    .await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    answer.slug()
}

async fn organisations<const N: usize>(region: &Region) -> [Professional; N] {
    let all = [
        ("Basisschool Zonnewijzer", Sector::Education),
        ("Jeugdhulp Anker", Sector::YouthHelp),
        ("Kinderopvang De Vlinder", Sector::Childcare),
        ("JGZ Waterland-Noord", Sector::YouthHealthCare),
    ];
    let mut made = Vec::new();
    for (name, sector) in all.into_iter().take(N) {
        made.push(region.professional(name, sector).await);
    }
    made.try_into().ok().unwrap()
}

/// Lets the first epoch count as over, and as live again. Partners send a token of every epoch of which there are tags, so
/// that two children for one come only of somebody's mistake: here of the operator's.
async fn deem_over(region: &Region, over: bool) {
    let state = match over {
        true => "state = 'ended', until = '2027-01-01T00:00:00Z'",
        false => "state = 'live', until = NULL",
    };
    let sql = format!(
        "UPDATE network_epoch SET {state} WHERE net_epoch = 1; UPDATE network SET keys_version = keys_version + 1"
    );
    region
        .database
        .superuser()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

const SUBJECTS: &str = "SELECT count(*) FROM subject";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_two_epochs_are_live_every_signal_carries_both_tokens_and_the_old_one_finds_the_child() {
    let region = Region::start().await;
    let [school, help] = organisations(&region).await;
    signals(&region, &school, &child(1), &[1]).await;
    assert_eq!(
        refused(&region, &help, &child(1), &[1, 2], "unknown-epoch").await,
        "unknown-key-epoch"
    );

    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    let keys = Http::new(&region.url).get("/v1/key-epochs", &[]).await.json();
    let told: Vec<_> = keys["netEpochs"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|epoch| epoch["state"] == "live"));
    assert_eq!(told[1]["keyCheck"], protocol::text::encode(check(2)));
    for epochs in [[1], [2]] {
        let key = format!("only-epoch-{}", epochs[0]);
        assert_eq!(
            refused(&region, &help, &child(1), &epochs, &key).await,
            "unknown-key-epoch"
        );
    }
    signals(&region, &help, &child(1), &[1, 2]).await;
    help.is_told_of_a_match().await;
    // An unknown child gets one number for both tokens, and is found by them.
    signals(&region, &help, &child(2), &[2, 1]).await;
    signals(&region, &school, &child(2), &[1, 2]).await;
    region.quiet().await;
    assert_eq!(help.matches().await.len(), 2);
    assert_eq!(region.count(SUBJECTS).await, 2);
    assert_eq!(region.count("SELECT count(*) FROM subject_tag").await, 4);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_is_added_and_ended_once_and_never_the_last() {
    use casework::NetworkEpochError as E;
    let region = Region::start().await;
    let casework = &region.casework;
    assert!(matches!(
        casework.end_network_epoch(1, false, None).await,
        Err(E::LastLive)
    ));
    assert!(matches!(
        casework.end_network_epoch(9, false, None).await,
        Err(E::NoSuchEpoch)
    ));
    assert!(matches!(
        casework.add_network_epoch(1, check(2)).await,
        Err(E::NumberUsed)
    ));
    assert!(matches!(
        casework.add_network_epoch(2, check(1)).await,
        Err(E::SameKey)
    ));
    casework.add_network_epoch(2, check(2)).await.unwrap();
    casework.end_network_epoch(1, false, None).await.unwrap();
    tests::eventually("the epoch is over", async || {
        let ended = region
            .texts("SELECT state FROM network_epoch ORDER BY net_epoch")
            .await;
        (ended == ["ended", "live"]).then_some(())
    })
    .await;
    assert!(matches!(
        casework.end_network_epoch(1, false, None).await,
        Err(E::NoSuchEpoch)
    ));
    assert!(matches!(
        casework.add_network_epoch(1, check(1)).await,
        Err(E::NumberUsed)
    ));
    let events = events(&region).await;
    for event in [
        "network.epoch_added",
        "network.epoch_ended",
        "network.epoch_destroyed",
    ] {
        assert_eq!(events.get(event), Some(&1), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_sent_again_keep_a_child_known_when_the_old_epoch_is_destroyed() {
    let region = Region::start().await;
    let [school, help, care] = organisations(&region).await;
    let kept = signals(&region, &school, &child(1), &[1]).await;
    let lost = signals(&region, &school, &child(2), &[1]).await;
    for signal in [kept, lost] {
        school.tells_the_family(signal).await;
    }
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    region.casework.end_network_epoch(1, true, None).await.unwrap();

    // As long as there are tags of it every new signal carries its token: the child may be known by it alone.
    assert_eq!(
        refused(&region, &care, &child(1), &[2], "new-token-alone").await,
        "unknown-key-epoch"
    );
    let path = "/v1/signals/resubmissions";
    let foreign = signals(&region, &care, &child(3), &[1, 2]).await;
    let again = json!({"signals": [
        {"id": kept, "tokens": tokens(&child(1), &[2])},
        {"id": foreign, "tokens": tokens(&child(3), &[2])},
    ]})
    .to_string();
    let answer = post(&region, &school, path, &again, "sent-again-1").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let outcomes = answer.json()["results"].clone();
    assert_eq!(outcomes[0]["id"], json!(kept));
    assert_eq!(outcomes[0]["outcome"], "accepted");
    assert_eq!(
        outcomes[1],
        json!({"id": foreign, "outcome": "not-found", "receipt": null})
    );
    let receipt = outcomes[0]["receipt"].as_str().unwrap().to_owned();
    let replay = post(&region, &school, path, &again, "sent-again-1").await;
    assert_eq!(replay.body, answer.body);
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    // What does not help is told: a client that does not know the new epoch yet would believe its work done.
    let old = json!({"signals": [{"id": kept, "tokens": tokens(&child(1), &[1])}]}).to_string();
    let answer = post(&region, &school, path, &old, "old-token-again").await;
    assert_eq!(
        (answer.status, answer.slug().as_str()),
        (400, "unknown-key-epoch")
    );
    let wrong = again.replacen("\"netEpoch\":2", "\"netEpoch\":3", 1);
    let answer = post(&region, &school, path, &wrong, "sent-again-2").await;
    assert_eq!(
        (answer.status, answer.slug().as_str()),
        (400, "unknown-key-epoch")
    );
    region.quiet().await;
    assert_eq!(events(&region).await["signal.resubmitted"], 1);

    // 30 days later the old epoch's tokens are refused, and what was made with them is gone.
    region.at("2027-04-01T09:00:00+02:00").await;
    tests::eventually("the old tags are gone", async || {
        let old = "SELECT count(*) FROM subject_tag WHERE net_epoch = 1";
        (region.count(old).await == 0).then_some(())
    })
    .await;
    assert_eq!(
        refused(&region, &help, &child(1), &[1, 2], "old-token").await,
        "unknown-key-epoch"
    );
    signals(&region, &help, &child(1), &[2]).await;
    help.is_told_of_a_match().await;
    signals(&region, &help, &child(2), &[2]).await;
    region.quiet().await;
    assert_eq!(
        help.matches().await.len(),
        1,
        "nobody sent the new token of this one"
    );
    let bearer = school.bearer().await;
    let read = Http::new(&region.url)
        .get(&format!("/v1/signals/{lost}"), &[("authorization", &bearer)])
        .await;
    assert_eq!(
        (read.status, read.json()["state"].as_str()),
        (200, Some("active"))
    );
    let export = region.supervisor().await.verifies().await;
    let policy = Policy::parse(region.casework.log_policy().as_bytes()).unwrap();
    let report = Verification::new(&policy)
        .receipts(vec![("sent again".to_owned(), receipt)])
        .run(&mut Cursor::new(&export.bundle))
        .unwrap();
    assert_eq!(report.findings().len(), 0, "{:?}", report.findings());
    assert_eq!(report.to_json()["receipts"]["found"], 1);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_known_children_are_one_when_two_organisations_say_so() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let [school, help, care, jgz] = organisations(&region).await;
    // Known by the old token to one, by the new one to two others: nobody has sent both.
    signals(&region, &school, &child(1), &[1]).await;
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    deem_over(&region, true).await;
    let moved = signals(&region, &help, &child(1), &[2]).await;
    deem_over(&region, false).await;
    region.quiet().await;
    assert_eq!(region.count(SUBJECTS).await, 2);
    assert!(help.matches().await.is_empty());

    // One organisation's word joins nothing: it meets the child of the older epoch.
    signals(&region, &care, &child(1), &[1, 2]).await;
    care.is_told_of_a_match().await;
    region.quiet().await;
    assert!(help.matches().await.is_empty());
    assert_eq!(region.count("SELECT count(*) FROM subject_pair").await, 1);

    signals(&region, &jgz, &child(1), &[1, 2]).await;
    tests::eventually("the other child's party is in the match", async || {
        (help.matches().await.len() == 1).then_some(())
    })
    .await;
    region.quiet().await;
    let four = "SELECT count(*) FROM (SELECT FROM match_party p JOIN match_case m USING (subject_id)
                 WHERE p.left_at IS NULL AND m.state <> 'closed' GROUP BY subject_id HAVING count(*) = 4) AS m";
    assert_eq!(region.count(four).await, 1);
    assert_eq!(region.count("SELECT count(*) FROM subject_pair").await, 0);
    assert_eq!(
        region
            .count("SELECT count(DISTINCT subject_id) FROM subject_tag")
            .await,
        1
    );
    assert_eq!(events(&region).await["subject.merged"], 1);

    // The signal that moved is what it was to who gave it.
    let bearer = help.bearer().await;
    let http = Http::new(&region.url);
    let headers = [("authorization", bearer.as_str())];
    let read = http.get(&format!("/v1/signals/{moved}"), &headers).await;
    assert_eq!(
        (read.status, read.json()["id"].as_str()),
        (200, Some(&*moved.to_string()))
    );
    let list = http.get("/v1/signals", &headers).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["id"], moved.to_string());
    let again = post(
        &region,
        &help,
        "/v1/signals",
        &help.signal_body_under(&child(1), &[1, 2]),
        "once-more-after",
    )
    .await;
    assert_eq!(
        (again.status, again.json()["id"].as_str()),
        (200, Some(&*moved.to_string()))
    );
    // Nobody else can read it.
    let bearer = school.bearer().await;
    let read = http
        .get(&format!("/v1/signals/{moved}"), &[("authorization", &bearer)])
        .await;
    assert_eq!(read.status, 404);
    assert_sound(&region).await;
    supervisor.verifies().await;
}

/// What two organisations exchanged about a child that turned out to be another ends with their match: the content is gone, and
/// the keyholder is told of the consent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exchange_about_a_child_that_is_joined_with_another_ends() {
    let region = Region::start().await;
    let [jgz, school, help, care] = organisations(&region).await;
    signals(&region, &jgz, &child(1), &[1]).await;
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    deem_over(&region, true).await;
    for one in [&school, &help] {
        signals(&region, one, &child(1), &[2]).await;
    }
    deem_over(&region, false).await;
    let match_id = school.is_told_of_a_match().await;
    assert_eq!(help.is_told_of_a_match().await, match_id);
    for one in [&school, &help] {
        one.confirms_contact(match_id).await;
    }
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request).remove(0).agrees().await;
    let record = school.has_record(match_id, request.id).await;
    school.writes(match_id, &help, "Zullen we morgen bellen?").await;
    assert_eq!(region.standing(&record).await, Standing::Stands);

    // The child that is known longer goes on; the two meet it there.
    let fifth = region
        .professional("Kinderopvang Het Nest", Sector::Childcare)
        .await;
    for other in [&care, &fifth] {
        signals(&region, other, &child(1), &[1, 2]).await;
    }
    tests::eventually("the children are joined", async || {
        (events(&region).await.get("subject.merged") == Some(&1)).then_some(())
    })
    .await;
    region.quiet().await;
    assert_eq!(region.standing(&record).await, Standing::Ended);
    assert!(region.is_buried(&record).await);
    let kept = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(region.count(kept).await, 0);
    assert_eq!(events(&region).await["content.destroyed"], 1);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_signals_that_one_organisation_has_when_children_are_joined_one_ends() {
    let region = Region::start().await;
    let [school, help, care] = organisations(&region).await;
    let first = signals(&region, &school, &child(1), &[1]).await;
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    deem_over(&region, true).await;
    // The service cannot know that it is the same child.
    let second = signals(&region, &school, &child(1), &[2]).await;
    deem_over(&region, false).await;
    for other in [&help, &care] {
        signals(&region, other, &child(1), &[1, 2]).await;
    }
    tests::eventually("the children are joined", async || {
        (events(&region).await.get("subject.merged") == Some(&1)).then_some(())
    })
    .await;
    region.quiet().await;
    let bearer = school.bearer().await;
    for (id, state) in [(first, "active"), (second, "ended")] {
        let read = Http::new(&region.url)
            .get(&format!("/v1/signals/{id}"), &[("authorization", &bearer)])
            .await;
        assert_eq!(read.json()["state"], state);
    }
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_that_cannot_be_joined_keep_no_others_apart() {
    let region = Region::start().await;
    let [school, help, care, jgz] = organisations(&region).await;
    for number in 1..=2 {
        signals(&region, &school, &child(number), &[1]).await;
    }
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    deem_over(&region, true).await;
    for number in 1..=2 {
        signals(&region, &help, &child(number), &[2]).await;
    }
    deem_over(&region, false).await;
    region.quiet().await;
    // Whatever it is about the first child, no signal can move there.
    let superuser = region.database.superuser().await;
    superuser
        .batch_execute(
            "DO $$ BEGIN EXECUTE format('ALTER TABLE moved_signal ADD CONSTRAINT poison CHECK (to_subject_id <> %s)',
                                        (SELECT min(id) FROM subject)); END $$",
        )
        .await
        .unwrap();
    for number in 1..=2 {
        for other in [&care, &jgz] {
            signals(&region, other, &child(number), &[1, 2]).await;
        }
    }
    let joined = async |times: i64| {
        tests::eventually("children are joined", async || {
            (events(&region).await.get("subject.merged") == Some(&times)).then_some(())
        })
        .await;
    };
    joined(1).await;
    assert_eq!(help.is_told(1).await.len(), 1);

    // It is tried again after a while.
    superuser
        .batch_execute("ALTER TABLE moved_signal DROP CONSTRAINT poison")
        .await
        .unwrap();
    for _ in 0..=120 {
        region.casework.merge_subjects_once().await.unwrap();
    }
    joined(2).await;
    region.quiet().await;
    assert_sound(&region).await;
}

/// What an organisation was told of a child that is joined with another stays open to it, and what it is told from then on
/// names its signal as it knows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_of_a_signal_that_moved_name_it_as_before_and_still_open() {
    let region = Region::start().await;
    let [school, help, care, jgz] = organisations(&region).await;
    signals(&region, &school, &child(1), &[1]).await;
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    deem_over(&region, true).await;
    let ended = signals(&region, &help, &child(1), &[2]).await;
    help.ends(ended, protocol::signal::EndReason::Resolved).await;
    let tomorrow = region.clock.now() + jiff::SignedDuration::from_hours(48);
    region.at(&tomorrow.to_string()).await;
    while region.casework.retire_once().await.unwrap() > 0 {}
    let moves = signals(&region, &care, &child(1), &[2]).await;
    let notice = care.is_told(1).await.remove(0);
    deem_over(&region, false).await;
    for other in [&school, &jgz] {
        let key = format!("{}-says-so", other.reference).replace(' ', "");
        let body = other.signal_body_under(&child(1), &[1, 2]);
        post(&region, other, "/v1/signals", &body, &key).await;
    }
    tests::eventually("the children are joined", async || {
        (events(&region).await.get("subject.merged") == Some(&1)).then_some(())
    })
    .await;
    region.quiet().await;
    let opened = care.opens(notice.id).await.unwrap();
    assert_eq!(opened.organisation.as_deref(), Some(&*help.name));

    // Its deadline to tell the family comes near: it is reminded, of the signal that it gave.
    let late = region.clock.now() + jiff::SignedDuration::from_hours(24 * 13);
    region.at(&late.to_string()).await;
    while region.casework.step_disclosures_once().await.unwrap() > 0 {}
    let reminded = care.inbox().await;
    let reminded = reminded
        .iter()
        .find(|notice| notice.kind == protocol::notice::NoticeKind::DisclosureReminder);
    assert_eq!(reminded.and_then(|notice| notice.signal_id), Some(moves));
    assert_sound(&region).await;
}

/// Of two signals of one organisation about children that are joined, one slept: under a covenant in which the family is
/// asked first, for one of them or for both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_children_neither_puts_a_signal_to_sleep_nor_leaves_one_that_slept() {
    for both_sleep in [true, false] {
        let region = Region::start().await;
        let asks_first = "legal_mode = \"consent_first\"\nnotice_interval_minutes = 0";
        region.apply_covenant("Convenant Vooraf", asks_first).await;
        let [help, care] = organisations(&region).await;
        let school = region
            .professional_under("Convenant Vooraf", "Basisschool De Ploeg", Sector::Education)
            .await;
        let first = signals(&region, &school, &child(1), &[1]).await;
        region.casework.add_network_epoch(2, check(2)).await.unwrap();
        if !both_sleep {
            region
                .apply_covenant("Convenant Vooraf", "notice_interval_minutes = 0")
                .await;
        }
        deem_over(&region, true).await;
        let second = signals(&region, &school, &child(1), &[2]).await;
        deem_over(&region, false).await;
        for other in [&help, &care] {
            signals(&region, other, &child(1), &[1, 2]).await;
        }
        tests::eventually("the children are joined", async || {
            (events(&region).await.get("subject.merged") == Some(&1)).then_some(())
        })
        .await;
        region.quiet().await;
        let state = async |id: Id| school.partner.signal(id).await.ok().map(|signal| signal.state);
        if both_sleep {
            assert_eq!(state(first).await, Some(SignalState::Sleeping));
            assert_eq!(state(second).await, None);
            assert!(school.inbox().await.is_empty() && school.matches().await.is_empty());
        } else {
            assert_eq!(state(first).await, None);
            assert_eq!(state(second).await, Some(SignalState::Active));
            assert_eq!(school.matches().await.len(), 1);
        }
        assert_sound(&region).await;

        // What sleeps is not forgotten where it went: it goes when nobody answered.
        let late = region.clock.now() + jiff::SignedDuration::from_hours(24 * 29);
        region.at(&late.to_string()).await;
        while region.casework.retire_once().await.unwrap() > 0 {}
        assert_eq!(state(first).await, None);
        assert_eq!(
            region
                .count("SELECT count(*) FROM signal WHERE state = 'sleeping'")
                .await,
            0
        );
        assert_sound(&region).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tag_that_is_stored_while_its_epoch_is_destroyed_is_destroyed_too() {
    let region = Region::with(Settings {
        drivers: false,
        ..Settings::default()
    })
    .await;
    region.casework.add_network_epoch(2, check(2)).await.unwrap();
    region.casework.end_network_epoch(1, false, None).await.unwrap();
    // A submission that was under way when the epoch's time came.
    let late = region.database.superuser().await;
    late.batch_execute(
        "BEGIN; SELECT keys_version FROM network FOR SHARE;
         INSERT INTO subject (id, network_id) VALUES (77, 1);
         INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, tag_epoch, sealed)
         VALUES (decode(repeat('ab', 32), 'hex'), 77, 1, 1, 1, 1, decode(repeat('00', 64), 'hex'))",
    )
    .await
    .unwrap();
    let casework = region.casework.clone();
    let destroying = tokio::spawn(async move { while casework.destroy_ended_epoch_once().await.unwrap() {} });
    tests::eventually("it waits for the submission", async || {
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                      AND datname = current_database()";
        (region.count(waits).await == 1).then_some(())
    })
    .await;
    late.batch_execute("COMMIT").await.unwrap();
    destroying.await.unwrap();
    assert_eq!(
        region.texts("SELECT state FROM network_epoch ORDER BY 1").await,
        ["ended", "live"]
    );
    let old = "SELECT count(*) FROM subject_tag WHERE net_epoch = 1";
    assert_eq!(region.count(old).await, 0);
}
