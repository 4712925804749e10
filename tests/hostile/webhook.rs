//! Addresses that somebody else chooses, and receivers that mean no good: nothing of the service's own network is reached,
//! nobody holds the service up, and nothing is sent in the clear.

use protocol::webhook::{Attempt, AttemptOutcome, DeliveryState, EndpointWithSecret};
use tests::{Conduct, Http, Method, Names, Professional, Region, Sector, Shown};

use crate::assert_problem;

const LOCAL: &[&str] = &["127.0.0.0/8"];

async fn start(allowed: &[&str]) -> (Region, Names, Professional) {
    let region = Region::start().await;
    let names = Names::new();
    names.serve(&region, allowed);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    (region, names, school)
}

/// Adds an endpoint at this address, sends it a test event, and gives what came of that.
async fn attempt(region: &Region, school: &Professional, url: &str) -> Attempt {
    let endpoint = added(school, url).await;
    let id = endpoint.endpoint.id;
    school.partner.test_webhook_endpoint(id, None).await.unwrap();
    region.delivers().await;
    let attempt = school.attempts_at(&endpoint).await.remove(0);
    school.partner.remove_webhook_endpoint(id, None).await.unwrap();
    attempt
}

async fn added(school: &Professional, url: &str) -> EndpointWithSecret {
    school.partner.add_webhook_endpoint(url, None).await.unwrap()
}

// rule: H1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_to_which_nothing_is_sent_is_refused_and_not_repeated() {
    let (region, _, school) = start(&[]).await;
    let http = Http::new(&region.url);
    let bearer = school.bearer().await;
    let before = region.rows().await;
    let long = format!("https://hooks.school.example/{}", "x".repeat(2_048));
    for url in [
        "http://hooks.school.example/",
        "https://geheim:wachtwoord@hooks.school.example/",
        "https://hooks.school.example/#geheim",
        "https://hooks.school.example:22/geheim",
        "https://hooks.school.example:25/geheim",
        "https://hooks.school.example:6379/geheim",
        "file:///geheim",
        "gopher://hooks.school.example/geheim",
        "https://schооl.example/geheim",
        "https://xn--schol-5qa.example/geheim",
        "https://localhost/geheim",
        "https://127.0.0.1/geheim",
        "https://2130706433/geheim",
        "https://0.0.0.0/geheim",
        "https://169.254.169.254/geheim",
        "https://10.1.2.3/geheim",
        "https://[::1]/geheim",
        "https://[::ffff:127.0.0.1]/geheim",
        "https://[64:ff9b::7f00:1]/geheim",
        "https://[fd00::1]/geheim",
        "",
        &long,
    ] {
        let body = serde_json::json!({ "url": url }).to_string();
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", "key-of-an-address"),
        ];
        let answer = http
            .send(
                Method::POST,
                "/v1/webhook-endpoints",
                &headers,
                Some(body.as_bytes()),
            )
            .await;
        assert_problem(&region, &answer, "webhook-url-forbidden", url);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/url", "{url}");
        assert!(!answer.text().contains("geheim"), "{url} is repeated");
    }
    assert_eq!(region.rows().await, before, "what is refused leaves nothing");
}

// rule: H2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_into_the_services_own_network_is_not_connected_to() {
    // Nothing is allowed beside public addresses, and the receiver is on this machine.
    let (region, names, school) = start(&[]).await;
    let receiver = names.receiver("hooks.school.example").await;
    let blocked: &[&[&str]] = &[
        &["127.0.0.1"],
        &["0.0.0.0"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["10.0.0.1"],
        &["100.64.0.1"],
        &["169.254.169.254"],
        &["fd00::1"],
        &["fe80::1"],
        // One that could be reached does not make up for one that must not, in whichever order.
        &["203.0.112.1", "127.0.0.1"],
        &["127.0.0.1", "203.0.112.1"],
        &["2606:4700::1111", "127.0.0.1"],
    ];
    for addresses in blocked {
        names.lead("hooks.school.example", addresses);
        let attempt = attempt(&region, &school, &receiver.url).await;
        assert_eq!(attempt.outcome, AttemptOutcome::BlockedAddress, "{addresses:?}");
        assert_eq!((attempt.status, attempt.delivery), (None, DeliveryState::Queued));
    }
    names.lead("hooks.school.example", &[]);
    let nowhere = attempt(&region, &school, &receiver.url).await;
    assert_eq!(nowhere.outcome, AttemptOutcome::UnknownName);
    let unknown = attempt(&region, &school, &receiver.url_at("nobody.example")).await;
    assert_eq!(unknown.outcome, AttemptOutcome::UnknownName);
    assert_eq!(receiver.connections(), 0, "nobody was connected to");
}

// rule: H2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_elsewhere_later_is_looked_at_again() {
    let (region, names, school) = start(LOCAL).await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = added(&school, &receiver.url).await;
    let id = endpoint.endpoint.id;
    school.partner.test_webhook_endpoint(id, None).await.unwrap();
    region.delivers().await;
    assert_eq!(receiver.connections(), 1);
    // As when whoever answers for the name changes what it leads to between two deliveries.
    names.lead("hooks.school.example", &["10.0.0.1"]);
    school.partner.test_webhook_endpoint(id, None).await.unwrap();
    region.delivers().await;
    let attempt = school.attempts_at(&endpoint).await.remove(0);
    assert_eq!(attempt.outcome, AttemptOutcome::BlockedAddress);
    assert_eq!(receiver.connections(), 1, "no connection was kept for it");
}

// rule: H3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_points_elsewhere_is_not_followed() {
    let (region, names, school) = start(LOCAL).await;
    let receiver = names.receiver("hooks.school.example").await;
    let elsewhere = names.receiver("elsewhere.example").await;
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} X\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
            elsewhere.url
        );
        receiver.conducts(Conduct::Says(answer));
        let attempt = attempt(&region, &school, &receiver.url).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Redirected);
        assert_eq!(
            (attempt.status, attempt.delivery),
            (Some(status), DeliveryState::Queued)
        );
    }
    assert_eq!(elsewhere.connections(), 0);
}

// rule: H4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_receiver_answers_is_cut_and_counts_as_a_failure() {
    let (region, names, school) = start(LOCAL).await;
    let receiver = names.receiver("hooks.school.example").await;
    let said = |text: String| Conduct::Says(text);
    let headers: String = (0..10_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    let cases = [
        (Conduct::GoesOn, AttemptOutcome::TooLarge),
        (Conduct::Hangs, AttemptOutcome::Timeout),
        (Conduct::Trickles, AttemptOutcome::Timeout),
        (
            said(format!("HTTP/1.1 200 OK\r\n{headers}\r\n")),
            AttemptOutcome::InvalidAnswer,
        ),
        (
            said("SSH-2.0-OpenSSH_9.9\r\n".to_owned()),
            AttemptOutcome::InvalidAnswer,
        ),
        (said(String::new()), AttemptOutcome::InvalidAnswer),
        (
            said("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned()),
            AttemptOutcome::InvalidAnswer,
        ),
        (
            said("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n".to_owned() + &"x".repeat(5_000)),
            AttemptOutcome::TooLarge,
        ),
        (
            said("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_owned() + &"x".repeat(1_000)),
            AttemptOutcome::Delivered,
        ),
    ];
    for (conduct, outcome) in cases {
        receiver.conducts(conduct.clone());
        let attempt = attempt(&region, &school, &receiver.url).await;
        let shown = format!("{conduct:?}");
        assert_eq!(attempt.outcome, outcome, "{}", &shown[..shown.len().min(60)]);
        let delivered = attempt.delivery == DeliveryState::Delivered;
        assert_eq!(delivered, outcome == AttemptOutcome::Delivered);
    }
    // What it asks for is read within bounds, and nothing it says ends the service.
    for retry_after in ["1e300", "-1", "99999999999999999999999999", "NaN", "\u{1}"] {
        let answer = format!("HTTP/1.1 503 X\r\nretry-after: {retry_after}\r\ncontent-length: 0\r\n\r\n");
        receiver.conducts(said(answer));
        let attempt = attempt(&region, &school, &receiver.url).await;
        let in_hours = attempt
            .next_attempt_at
            .map(|at| at.duration_since(attempt.attempted_at).as_secs() / 3600);
        let bounded = in_hours.is_none_or(|hours| (0..=11).contains(&hours));
        assert!(bounded, "{retry_after}: {in_hours:?}");
    }
}

// rule: H5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_show_itself_as_it_should_is_told_nothing() {
    let (region, names, school) = start(LOCAL).await;
    for shown in [
        Shown::Expired,
        Shown::Another,
        Shown::Unknown,
        Shown::AskingCertificates,
        Shown::Plain,
    ] {
        let receiver = names.receiver_shown("hooks.school.example", shown).await;
        let attempt = attempt(&region, &school, &receiver.url).await;
        assert_eq!(attempt.outcome, AttemptOutcome::Tls, "{shown:?}");
        assert_eq!(attempt.delivery, DeliveryState::Queued);
        assert!(receiver.taken().is_empty(), "{shown:?}: nothing was sent");
    }
}

// rule: P2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn address_and_secret_do_not_lie_in_the_clear() {
    let (region, names, school) = start(LOCAL).await;
    let receiver = names.receiver("hooks.school.example").await;
    let endpoint = added(&school, &receiver.url).await;
    school
        .partner
        .test_webhook_endpoint(endpoint.endpoint.id, None)
        .await
        .unwrap();
    region.delivers().await;
    let secret = endpoint.secret.to_string();
    for table in region.tables().await {
        for row in region.texts(&format!("SELECT t::text FROM {table} AS t")).await {
            assert!(!row.contains("hooks.school.example"), "{table}");
            assert!(!row.contains(&secret[6..]), "{table}");
        }
    }
}
