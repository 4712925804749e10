//! An organisation is told at its own address what waits in its inbox.

use domain::webhook::DisabledBecause;
use protocol::batch::BatchState;
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::webhook::{AttemptOutcome, DeliveryState, EndpointState, ReplaySubmission};
use serde_json::Value;
use tests::{
    Conduct, Http, Names, Professional, Receiver, Region, Sector, Settings, child, eventually, refusal,
};

const LOCAL: &[&str] = &["127.0.0.0/8"];

/// A school that listens, and youth help that does not.
async fn start() -> (Region, Names, Professional, Professional) {
    let region = Region::start().await;
    let names = Names::new();
    names.serve(&region, LOCAL);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    (region, names, school, help)
}

async fn meet(region: &Region, number: u32, [one, other]: [&Professional; 2]) {
    one.signals(&child(number)).await;
    other.signals(&child(number)).await;
    region.quiet().await;
}

fn times(receiver: &Receiver) -> Vec<String> {
    let taken = receiver.taken();
    taken
        .iter()
        .map(|delivery| delivery.headers["webhook-timestamp"].clone())
        .collect()
}

// rule: N1, P2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_told_with_nothing_in_it_and_says_where_to_look() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;

    let notice = school.is_told(1).await.remove(0);
    let [delivery] = receiver.taken().try_into().unwrap();
    assert_eq!(
        delivery.line,
        "POST /trefpunt?key=of-hooks.school.example HTTP/1.1"
    );
    assert_eq!(
        delivery.headers["content-type"],
        "application/cloudevents+json; charset=utf-8"
    );
    let event = delivery
        .event(std::slice::from_ref(&endpoint.secret), region.clock.now())
        .unwrap();
    assert_eq!(event.id, format!("msg_{}", notice.id));
    assert_eq!(event.kind, "nl.trefpunt.notice.match-opened");
    assert_eq!(event.time, notice.created_at);
    assert_eq!(event.source, "urn:nld:oin:00000001234567890000:systeem:trefpunt");
    assert_eq!(event.dataref, format!("{}/v1/notices/{}", region.url, notice.id));
    // Exactly these members: nothing of the match, of the other organisation or of the child.
    let body: Value = serde_json::from_str(&delivery.body).unwrap();
    let members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        ["dataref", "id", "source", "specversion", "time", "type"]
    );
    // What it points to is there for the organisation.
    let read = school.partner.notice(notice.id).await.unwrap();
    assert_eq!(read.match_id, notice.match_id);

    let [attempt] = school.attempts_at(&endpoint).await.try_into().unwrap();
    assert_eq!((attempt.number, attempt.outcome), (1, AttemptOutcome::Delivered));
    assert_eq!(
        (attempt.status, attempt.delivery),
        (Some(204), DeliveryState::Delivered)
    );
    assert_eq!(attempt.message, event.id);
    // Once; and to nobody who has no endpoint.
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 1);
    assert_eq!(region.count("SELECT count(*) FROM webhook_delivery").await, 1);
    region.log_holds().await;
}

// rule: N4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_before_it_shows() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    let names = Names::new();
    names.serve(&region, LOCAL);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let receiver = names.receiver("hooks.school.example").await;
    school.listens_at(&receiver).await;
    region.at("2027-03-10T10:01:00+01:00").await;
    meet(&region, 1, [&school, &help]).await;
    region.at("2027-03-10T10:14:50+01:00").await;
    region.delivers().await;
    assert_eq!(
        receiver.connections(),
        0,
        "a match is not told of before it shows"
    );
    region.at("2027-03-10T10:15:00+01:00").await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 1);
}

// rule: N3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_failed_is_made_again_with_the_same_bytes_and_another_time() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    let endpoint_of = |endpoint: &protocol::webhook::EndpointWithSecret| endpoint.endpoint.id;
    receiver.conducts(Conduct::Answers(500));
    region.at("2027-03-10T10:00:00+01:00").await;
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;
    let [failed] = school.attempts_at(&endpoint).await.try_into().unwrap();
    assert_eq!(
        (failed.outcome, failed.status),
        (AttemptOutcome::Refused, Some(500))
    );
    assert_eq!(failed.delivery, DeliveryState::Queued);
    // Each at its time: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, and up to a tenth more.
    for (number, time) in [
        (2, "2027-03-10T10:00:10+01:00"),
        (3, "2027-03-10T10:06:00+01:00"),
        (4, "2027-03-10T10:40:00+01:00"),
        (5, "2027-03-10T13:00:00+01:00"),
        (6, "2027-03-10T19:00:00+01:00"),
        (7, "2027-03-11T07:00:00+01:00"),
    ] {
        region.delivers().await;
        assert_eq!(
            receiver.taken().len(),
            number - 1,
            "nothing is tried before its time"
        );
        region.at(time).await;
        region.delivers().await;
        assert_eq!(receiver.taken().len(), number);
    }
    let failing = school
        .partner
        .webhook_endpoint(endpoint_of(&endpoint))
        .await
        .unwrap();
    assert!(failing.failing_since.is_some());
    receiver.conducts(Conduct::Answers(200));
    region.at("2027-03-11T20:00:00+01:00").await;
    region.delivers().await;

    let taken = receiver.taken();
    assert_eq!(taken.len(), 8);
    for delivery in &taken {
        assert_eq!(delivery.body, taken[0].body);
        assert_eq!(delivery.headers["webhook-id"], taken[0].headers["webhook-id"]);
    }
    let mut distinct = times(&receiver);
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 8, "each attempt has its own time");
    assert!(
        taken[7]
            .event(std::slice::from_ref(&endpoint.secret), region.clock.now())
            .is_some()
    );
    assert!(
        taken[0]
            .event(std::slice::from_ref(&endpoint.secret), region.clock.now())
            .is_none(),
        "an old one is old"
    );
    let delivered = school
        .partner
        .webhook_endpoint(endpoint_of(&endpoint))
        .await
        .unwrap();
    assert_eq!(delivered.failing_since, None);
    let attempts = school.attempts_at(&endpoint).await;
    assert_eq!(attempts[0].number, 8);
    assert_eq!(attempts[0].delivery, DeliveryState::Delivered);
}

// rule: N1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_asks_for_time_and_a_delivery_ends_after_eight_attempts() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    let later = "HTTP/1.1 429 X\r\nretry-after: 1800\r\ncontent-length: 0\r\n\r\n";
    receiver.conducts(Conduct::Says(later.to_owned()));
    region.at("2027-03-10T10:00:00+01:00").await;
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;
    region.at("2027-03-10T10:29:00+01:00").await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 1, "it asked for half an hour");
    let never = "HTTP/1.1 503 X\r\nretry-after: 99999999999999999999\r\ncontent-length: 0\r\n\r\n";
    receiver.conducts(Conduct::Says(never.to_owned()));
    // Whatever it asks for, ten hours are the longest: seven more attempts are over within four days.
    for time in ["10T22", "11T10", "11T22", "12T10", "12T22", "13T10", "13T22"] {
        region.at(&format!("2027-03-{time}:00:00+01:00")).await;
        region.delivers().await;
    }
    let attempts = school.attempts_at(&endpoint).await;
    assert_eq!(attempts.len(), 8);
    assert_eq!(attempts[0].delivery, DeliveryState::Exhausted);
    assert_eq!(attempts[0].next_attempt_at, None);
}

// rule: N1, H7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_is_not_called_again_and_the_inbox_says_so() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    receiver.conducts(Conduct::Answers(410));
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;
    let told = school.is_told(2).await;
    let notice = told
        .iter()
        .find(|notice| notice.kind == NoticeKind::WebhookDisabled)
        .unwrap();
    assert_eq!(notice.webhook_endpoint, Some(endpoint.endpoint.id));
    assert_eq!((notice.match_id, notice.signal_id), (None, None));
    assert_eq!(school.partner.notice(notice.id).await.unwrap(), *notice);
    let now = school
        .partner
        .webhook_endpoint(endpoint.endpoint.id)
        .await
        .unwrap();
    assert_eq!(now.state, EndpointState::Disabled);
    assert_eq!(
        now.disabled_because,
        Some(protocol::webhook::DisabledBecause::Gone)
    );
    assert_eq!(DisabledBecause::ALL.len(), 3);
    meet(&region, 2, [&school, &help]).await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 1);
    let test = school
        .partner
        .test_webhook_endpoint(endpoint.endpoint.id, None)
        .await;
    assert_eq!(refusal(test), ProblemType::WebhookEndpointDisabled);

    // It is there again: what comes from now on is told, and what came meanwhile when it is asked for.
    receiver.conducts(Conduct::Answers(204));
    school.partner.acknowledge_notice(notice.id, None).await.unwrap();
    let enabled = school
        .partner
        .enable_webhook_endpoint(endpoint.endpoint.id, None)
        .await
        .unwrap();
    assert_eq!(enabled.state, EndpointState::Enabled);
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 1, "nothing is told again by itself");
    meet(&region, 3, [&school, &help]).await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 2);
    // The notice about the endpoint goes with it.
    school
        .partner
        .remove_webhook_endpoint(endpoint.endpoint.id, None)
        .await
        .unwrap();
    assert_eq!(
        refusal(school.partner.notice(notice.id).await),
        ProblemType::NotFound
    );
    region.log_holds().await;
}

// rule: N1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_five_days_of_nothing_but_failures_an_endpoint_is_given_up() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    receiver.conducts(Conduct::Answers(503));
    region.at("2027-03-01T10:00:00+01:00").await;
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;
    region.at("2027-03-06T09:59:00+01:00").await;
    region.delivers().await;
    let id = endpoint.endpoint.id;
    assert_eq!(
        school.partner.webhook_endpoint(id).await.unwrap().state,
        EndpointState::Enabled
    );
    region.at("2027-03-06T11:00:00+01:00").await;
    region.delivers().await;
    let now = school.partner.webhook_endpoint(id).await.unwrap();
    assert_eq!(
        now.disabled_because,
        Some(protocol::webhook::DisabledBecause::Failing)
    );
    assert_eq!(
        school.attempts_at(&endpoint).await[0].delivery,
        DeliveryState::Dropped
    );
    let told = school.is_told(2).await;
    assert!(
        told.iter()
            .any(|notice| notice.kind == NoticeKind::WebhookDisabled)
    );
    region.log_holds().await;
}

// rule: H6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_secrets_sign_for_a_day_and_then_the_new_one_alone() {
    let mut region = Region::with(Settings {
        drivers: false,
        ..Settings::default()
    })
    .await;
    let names = Names::new();
    names.serve(&region, LOCAL);
    region.start_drivers();
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    let id = endpoint.endpoint.id;
    let (old, mut rotated) = (endpoint.secret.clone(), None);
    // Deliveries go on while the secret is rotated.
    for number in 0..60 {
        school.partner.test_webhook_endpoint(id, None).await.unwrap();
        if number == 30 {
            rotated = Some(school.partner.rotate_webhook_secret(id, None).await.unwrap());
        }
    }
    let rotated = rotated.unwrap();
    assert!(rotated.endpoint.previous_secret_until.is_some());
    eventually("every delivery", async || {
        (receiver.taken().len() == 60).then_some(())
    })
    .await;
    let taken = receiver.taken();
    let signed_by = |delivery: &tests::TakenDelivery, secret| {
        let at = delivery.headers["webhook-timestamp"].parse().unwrap();
        delivery
            .event(&[secret], jiff::Timestamp::from_second(at).unwrap())
            .is_some()
    };
    for delivery in &taken {
        assert!(
            signed_by(delivery, old.clone()),
            "who knows the old secret alone verifies each"
        );
        let signatures = delivery.headers["webhook-signature"].split(' ').count();
        assert_eq!(signed_by(delivery, rotated.secret.clone()), signatures == 2);
    }
    assert!(
        taken
            .iter()
            .any(|delivery| signed_by(delivery, rotated.secret.clone()))
    );

    region.at("2027-03-03T10:00:00+01:00").await;
    school.partner.test_webhook_endpoint(id, None).await.unwrap();
    eventually("the last delivery", async || {
        (receiver.taken().len() == 61).then_some(())
    })
    .await;
    let last = receiver.taken().pop().unwrap();
    assert!(!signed_by(&last, old) && signed_by(&last, rotated.secret));
    assert_eq!(
        school
            .partner
            .webhook_endpoint(id)
            .await
            .unwrap()
            .previous_secret_until,
        None
    );
    // No secret is shown a second time.
    let listed = school.partner.webhook_endpoint(id).await.unwrap();
    assert!(!serde_json::to_string(&listed).unwrap().contains("whsec_"));
    region.stop_drivers().await;
}

// rule: N5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_that_hang_keep_no_other_waiting() {
    let mut region = Region::with(Settings {
        drivers: false,
        ..Settings::default()
    })
    .await;
    let names = Names::new();
    names.serve(&region, LOCAL);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (dead, alive) = (
        names.receiver("dead.example").await,
        names.receiver("alive.example").await,
    );
    // Ten endpoints that have failed before and now hang, with something due at each.
    dead.conducts(Conduct::Answers(500));
    let mut endpoints = Vec::new();
    for _ in 0..10 {
        endpoints.push(school.listens_at(&dead).await.endpoint.id);
    }
    for id in &endpoints {
        school.partner.test_webhook_endpoint(*id, None).await.unwrap();
    }
    region.delivers().await;
    let before = dead.connections();
    assert_eq!(before, 10);
    for id in &endpoints {
        school.partner.test_webhook_endpoint(*id, None).await.unwrap();
    }
    // Of those that fail, two of one organisation are called at a time.
    dead.conducts(Conduct::Hangs);
    let endpoint = help.listens_at(&alive).await;
    help.partner
        .test_webhook_endpoint(endpoint.endpoint.id, None)
        .await
        .unwrap();
    region.start_drivers();
    eventually("the delivery to who is alive", async || {
        (alive.taken().len() == 1).then_some(())
    })
    .await;
    assert!(dead.connections() - before <= 6, "{}", dead.connections());
    region.stop_drivers().await;
}

// rule: N5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_that_are_slow_and_never_fail_take_no_turn_of_others() {
    let (region, names, school, help) = start().await;
    let club = region
        .professional("Sportvereniging De Zwaluw", Sector::Education)
        .await;
    let (slow, alive) = (
        names.receiver("slow.example").await,
        names.receiver("alive.example").await,
    );
    // More than there are turns, of two organisations, and none of them has failed yet.
    slow.conducts(Conduct::Hangs);
    for who in [&school, &club] {
        for _ in 0..10 {
            let id = who.listens_at(&slow).await.endpoint.id;
            who.partner.test_webhook_endpoint(id, None).await.unwrap();
        }
    }
    let id = help.listens_at(&alive).await.endpoint.id;
    help.partner.test_webhook_endpoint(id, None).await.unwrap();
    assert_eq!(region.casework.deliver_webhooks_once().await.unwrap(), 4 + 4 + 1);
    assert_eq!(alive.taken().len(), 1);
}

// rule: H8, N3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_is_told_again_when_it_is_asked_for_and_only_to_whom_it_was() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    let id = endpoint.endpoint.id;
    region.at("2027-03-10T10:00:00+01:00").await;
    let signal = school.signals(&child(1)).await.id;
    help.signals(&child(1)).await;
    region.quiet().await;
    region.delivers().await;
    let notice = school.is_told(1).await.remove(0);
    school.partner.acknowledge_notice(notice.id, None).await.unwrap();
    let again = |notice, from: Option<&str>, to: Option<&str>| ReplaySubmission {
        notice,
        from: from.map(|time| time.parse().unwrap()),
        to: to.map(|time| time.parse().unwrap()),
    };
    let one = again(Some(notice.id), None, None);
    let replay = school.partner.replay_webhooks(id, &one, None).await.unwrap();
    assert_eq!((replay.queued, replay.more), (1, false));
    region.delivers().await;
    let day = again(None, Some("2027-03-10T08:00:00Z"), Some("2027-03-11T08:00:00Z"));
    assert_eq!(
        school
            .partner
            .replay_webhooks(id, &day, None)
            .await
            .unwrap()
            .queued,
        1
    );
    region.delivers().await;
    let taken = receiver.taken();
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|delivery| delivery.body == taken[0].body));
    let earlier = again(None, Some("2027-03-09T08:00:00Z"), Some("2027-03-10T08:00:00Z"));
    assert_eq!(
        school
            .partner
            .replay_webhooks(id, &earlier, None)
            .await
            .unwrap()
            .queued,
        0
    );

    // More than one request takes came at one instant, as a large batch makes them: one gets past it.
    let superuser = region.database.superuser().await;
    let many = "INSERT INTO notice (subject_id, id, organisation_id, kind, endpoint_id, about_tag, created_at, visible_at, unread_from, log_tag)
                SELECT 0, 1000000 + n, e.organisation_id, 'webhook-disabled', e.id, e.log_tag, now(), '2027-03-08T08:00:00Z',
                       '2028-03-08T08:00:00Z', gen_random_uuid()
                  FROM webhook_endpoint e, generate_series(1, 1500) n";
    superuser.batch_execute(many).await.unwrap();
    let first = again(None, Some("2027-03-08T07:00:00Z"), Some("2027-03-11T08:00:00Z"));
    let replay = school.partner.replay_webhooks(id, &first, None).await.unwrap();
    assert_eq!((replay.queued, replay.more), (1500, true));
    let rest = ReplaySubmission {
        from: replay.continue_from,
        ..first
    };
    let replay = school.partner.replay_webhooks(id, &rest, None).await.unwrap();
    assert_eq!(
        (replay.queued, replay.more, replay.continue_from),
        (1, false, None)
    );
    let gone = "DELETE FROM notice WHERE subject_id = 0";
    superuser.batch_execute(gone).await.unwrap();

    // Another's notice, and another's endpoint, look like none.
    let theirs = help.is_told(1).await[0].id;
    let foreign = again(Some(theirs), None, None);
    assert_eq!(
        refusal(school.partner.replay_webhooks(id, &foreign, None).await),
        ProblemType::NotFound
    );
    assert_eq!(
        refusal(help.partner.replay_webhooks(id, &one, None).await),
        ProblemType::NotFound
    );
    assert_eq!(
        refusal(help.partner.webhook_endpoint(id).await),
        ProblemType::NotFound
    );
    // Neither is a notice that went with its child.
    school
        .ends(signal, protocol::signal::EndReason::Unjustified)
        .await;
    region.quiet().await;
    while region.casework.retire_once().await.unwrap() > 0 {}
    region.delivers().await;
    assert_eq!(
        region
            .count(
                "SELECT count(*) FROM webhook_delivery d WHERE d.notice_id IS NOT NULL AND NOT EXISTS
        (SELECT FROM notice n WHERE n.subject_id = d.subject_id AND n.id = d.notice_id)"
            )
            .await,
        0
    );
}

// rule: H7, N4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_not_sent_once_its_endpoint_or_its_organisation_is_disabled_or_removed() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let (disabled, removed) = (
        school.listens_at(&receiver).await,
        school.listens_at(&receiver).await,
    );
    receiver.conducts(Conduct::Answers(500));
    meet(&region, 1, [&school, &help]).await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 2);
    let off = school
        .partner
        .disable_webhook_endpoint(disabled.endpoint.id, None)
        .await
        .unwrap();
    assert_eq!(
        off.disabled_because,
        Some(protocol::webhook::DisabledBecause::Requested)
    );
    school
        .partner
        .remove_webhook_endpoint(removed.endpoint.id, None)
        .await
        .unwrap();
    assert_eq!(
        refusal(school.partner.webhook_endpoint(removed.endpoint.id).await),
        ProblemType::NotFound
    );
    region.at("2027-03-05T10:00:00+01:00").await;
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 2);
    assert_eq!(
        region
            .count("SELECT count(*) FROM webhook_delivery WHERE state = 'queued'")
            .await,
        0
    );
    assert_eq!(
        school.attempts_at(&disabled).await[0].delivery,
        DeliveryState::Dropped
    );
    // After 30 days what was tried is forgotten.
    region.at("2027-04-05T10:00:00+01:00").await;
    region.casework.retire_once().await.unwrap();
    assert_eq!(region.count("SELECT count(*) FROM webhook_attempt").await, 0);
    // Nor is anything sent to an organisation that may do nothing any more.
    school.listens_at(&receiver).await;
    meet(&region, 2, [&school, &help]).await;
    region
        .casework
        .disable_organisation(school.organisation)
        .await
        .unwrap();
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 2);
    region.log_holds().await;
}

// rule: N1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_batch_is_told_to_who_sent_it() {
    let (region, names, school, _) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    let http = Http::new(&region.url);
    let lines = [1, 2].map(|number| school.signal_line(&child(number), None));
    let batch = school.gives_batch(&http, "key-of-a-batch", &lines).await;
    let ended = school.waits_for_batch(&http, batch.id, BatchState::Ended).await;
    region.delivers().await;
    let [delivery] = receiver.taken().try_into().unwrap();
    let event = delivery
        .event(std::slice::from_ref(&endpoint.secret), region.clock.now())
        .unwrap();
    assert_eq!(event.kind, "nl.trefpunt.batch.ended");
    assert_eq!(event.id, format!("msg_{}", batch.id));
    assert_eq!(
        event.dataref,
        format!("{}/v1/signals/batches/{}", region.url, batch.id)
    );
    assert_eq!(Some(event.time), ended.ended_at);
}

// rule: N3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_deliver_each_once_and_one_that_died_is_made_up_for() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = school.listens_at(&receiver).await;
    for number in 1..=5 {
        meet(&region, number, [&school, &help]).await;
    }
    let database = region.texts("SELECT current_database()::text").await.remove(0);
    let second = region.casework_on(&database, tests::ORIGIN);
    names.serve_in(&region, &second, LOCAL);
    for _ in 0..10 {
        let (one, other) = tokio::join!(
            region.casework.deliver_webhooks_once(),
            second.deliver_webhooks_once()
        );
        one.unwrap();
        other.unwrap();
    }
    let mut told: Vec<String> = receiver
        .taken()
        .iter()
        .map(|delivery| delivery.headers["webhook-id"].clone())
        .collect();
    told.sort_unstable();
    let distinct: std::collections::BTreeSet<&String> = told.iter().collect();
    assert_eq!((told.len(), distinct.len()), (5, 5));

    // A program that claims and dies leaves a lease that runs out.
    let test = school
        .partner
        .test_webhook_endpoint(endpoint.endpoint.id, None)
        .await
        .unwrap();
    let client = region.database.superuser().await;
    let leased = "UPDATE webhook_endpoint SET lease = gen_random_uuid(), leased_until = clock_timestamp() + interval '1 hour'";
    client.batch_execute(leased).await.unwrap();
    region.delivers().await;
    assert_eq!(receiver.taken().len(), 5, "another may be at it");
    client
        .batch_execute("UPDATE webhook_endpoint SET leased_until = clock_timestamp()")
        .await
        .unwrap();
    region.delivers().await;
    assert_eq!(
        receiver.taken().pop().unwrap().headers["webhook-id"],
        test.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_has_ten_endpoints_at_most() {
    let (region, names, school, help) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    for _ in 0..10 {
        school.listens_at(&receiver).await;
    }
    let one_more = school.partner.add_webhook_endpoint(&receiver.url, None).await;
    assert_eq!(refusal(one_more), ProblemType::TooManyWebhookEndpoints);
    help.listens_at(&receiver).await;
    assert_eq!(region.count("SELECT count(*) FROM webhook_endpoint").await, 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_that_adds_endpoints_all_at_once_has_ten_too() {
    let (region, names, school, _) = start().await;
    let receiver = names.receiver("hooks.school.example").await;
    let adding = (0..30).map(|_| school.partner.add_webhook_endpoint(&receiver.url, None));
    let added = futures::future::join_all(adding).await;
    assert!(added.iter().any(Result::is_err));
    assert!(region.count("SELECT count(*) FROM webhook_endpoint").await <= 10);
}
