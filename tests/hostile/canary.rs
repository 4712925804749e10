//! What may never leave: identifiers, tokens, codes and content are looked for in every log line, every refusal and every
//! column of the database.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, Once};

use protocol::consent::AgeBand;
use tests::{Broker, Guardian, Http, Method, Region, Sector, child};
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was logged in this process.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        *self
    }
}

/// Listens to the service at its most talkative. The HTTP client of these tests speaks in the same process and is no
/// part of the service.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = "trace,reqwest=off,hyper=off,hyper_util=off,mio=off,rustls=off";
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(Log)
            .init();
    });
}

/// What must not be found, by name.
type Canaries = BTreeMap<&'static str, Vec<u8>>;

/// The spellings in which bytes could stand in a text.
fn spellings(secret: &[u8]) -> Vec<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut spellings = vec![
        hex.to_uppercase(),
        hex,
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        format!("{secret:?}").trim_matches(['[', ']']).to_owned(),
    ];
    spellings.extend(std::str::from_utf8(secret).ok().map(str::to_owned));
    spellings
}

fn assert_absent(canaries: &Canaries, text: &str, place: &str) {
    for (name, secret) in canaries {
        for spelling in spellings(secret) {
            assert!(!text.contains(&spelling), "{name} stands in {place}");
        }
    }
}

// rule: R7, R31, P2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_line_no_refusal_and_no_column_tells_what_nobody_may_know() {
    listen();
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let sam = child(7_777);
    school.signals(&sam).await;
    help.signals(&sam).await;
    let match_id = school.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 2).await;
    let mut letters = Guardian::of(&region, &request);
    letters[0].agrees().await;
    letters[1].agrees().await;
    let broker = Broker::of(&region).await;
    let way_there = letters[0].goes_to_log_in().await;
    let ticket = letters[0].ticket().unwrap().split_once('=').unwrap().1.to_owned();
    let state = broker.reads(&way_there)["state"].clone();
    let back = broker.lets_in(&way_there, "pairwise-name-of-els");
    let code_of_login = back.split(['=', '&']).nth(1).unwrap().to_owned();
    assert_eq!(letters[0].is_led_back(&back).await.status, 303);
    let text = "Sam heeft het moeilijk sinds de verhuizing.";
    let message = school.writes(match_id, &help, text).await;
    assert_eq!(help.reads(match_id, message).await, text);
    let cookie = letters[0].cookie().unwrap().split_once('=').unwrap().1.to_owned();
    let bearer = school.bearer().await;

    let canaries: Canaries = [
        ("the number", sam.bsn.clone().into_bytes()),
        ("the token", sam.token().to_vec()),
        ("a code", letters[0].code.clone().into_bytes()),
        (
            "a code without dashes",
            letters[1].code.replace('-', "").into_bytes(),
        ),
        ("an e-mail address", school.email.clone().into_bytes()),
        ("a reference", school.reference.clone().into_bytes()),
        ("the message", text.as_bytes().to_vec()),
        ("a session", cookie.into_bytes()),
        ("a log-in's cookie", ticket.into_bytes()),
        ("a log-in's state", state.into_bytes()),
        ("a log-in's code", code_of_login.into_bytes()),
        ("who logged in", b"pairwise-name-of-els".to_vec()),
        ("the name beside it", b"Johanna Jansen".to_vec()),
        (
            "an access token",
            bearer.trim_start_matches("Bearer ").as_bytes().to_vec(),
        ),
    ]
    .into();

    // The same secrets where they do not belong, so that refusals could repeat them.
    let code = &letters[0].code;
    let mut refused = Vec::new();
    for path in [
        format!("/v1/signals/{}", sam.bsn),
        format!("/v1/signals?bsn={}", sam.bsn),
        format!("/v1/signals?{}=1", sam.bsn),
        format!("/v1/matches/{code}"),
        format!("/{}", sam.bsn),
        format!("/portal/verzoek/{code}"),
        format!("/portal/code?code={code}"),
        back.clone(),
    ] {
        refused.push(http.get(&path, &[("authorization", &bearer)]).await);
    }
    let member = format!("{{\"{}\":\"{}\",\"remark\":\"{text}\"}}", sam.bsn, school.email);
    let mut with_number: serde_json::Value = serde_json::from_str(&school.signal_body(&sam)).unwrap();
    with_number["professional"]["reference"] = sam.bsn.clone().into();
    for (body, key) in [(member, "some-key-for-it"), (with_number.to_string(), &*sam.bsn)] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        refused.push(
            http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
                .await,
        );
    }
    letters[0].withdraws().await;
    supervisor.verifies().await;
    region.quiet().await;

    for answer in &refused {
        assert!(answer.status >= 400, "{answer:?}");
        assert_absent(&canaries, &answer.text(), "a refusal");
        let headers: String = answer
            .headers
            .iter()
            .map(|field| format!("{field:?}\n"))
            .collect();
        assert_absent(&canaries, &headers, "a header field");
    }
    for table in region.tables().await {
        let rows = region
            .texts(&format!("SELECT row::text FROM {table} AS row"))
            .await;
        for row in rows {
            assert_absent(&canaries, &row, &table);
        }
    }
    let logged = String::from_utf8(LOGGED.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("request") && logged.len() > 10_000,
        "the service was heard"
    );
    for line in logged.lines() {
        assert_absent(
            &canaries,
            line,
            &format!("the log: {}", &line[..line.len().min(200)]),
        );
    }
}

// rule: P2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_at_the_supervisors_holds_no_identifier_token_code_or_content() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let sam = child(8_888);
    school.signals(&sam).await;
    help.signals(&sam).await;
    let match_id = school.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut guardian = Guardian::of(&region, &request).remove(0);
    guardian.agrees().await;
    school.writes(match_id, &help, "Alleen voor u.").await;
    let export = supervisor.verifies().await;
    let bundle = Arc::new(String::from_utf8_lossy(&export.bundle).into_owned());
    let canaries: Canaries = [
        ("the number", sam.bsn.clone().into_bytes()),
        ("the token", sam.token().to_vec()),
        ("a code", guardian.code.clone().into_bytes()),
        ("an e-mail address", school.email.clone().into_bytes()),
        ("the message", b"Alleen voor u.".to_vec()),
        ("the month of birth", b"2043-05".to_vec()),
    ]
    .into();
    assert_absent(&canaries, &bundle, "the bundle");
}
