//! Bodies of signals and consent requests that say too much, or what cannot be (reliability, classes B, C, E).

use serde_json::{Value, json};
use tests::{Answer, Http, Method, Professional, Region, Sector, child};

use crate::assert_problem;

struct Sender {
    region: Region,
    http: Http,
    school: Professional,
    bearer: String,
}

impl Sender {
    async fn start() -> Self {
        let region = Region::start().await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        Self {
            http: Http::new(&region.url),
            bearer: school.bearer().await,
            school,
            region,
        }
    }

    async fn send(&self, body: &str) -> Answer {
        let headers = [
            ("authorization", self.bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", "a-key-that-stays-free"),
        ];
        self.http
            .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await
    }

    fn right(&self) -> Value {
        serde_json::from_str(&self.school.signal_body(&child(1))).unwrap()
    }

    async fn refuses(&self, slug: &str, pointer: &str, value: Value) {
        let mut body = self.right();
        let what = format!("{pointer} = {value}");
        match body.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                body.pointer_mut(parent).unwrap()[name] = value;
            }
        }
        let answer = self.send(&body.to_string()).await;
        assert_problem(&self.region, &answer, slug, &what);
        if slug == "invalid-request" {
            assert!(!answer.json()["errors"].as_array().unwrap().is_empty(), "{what}");
        }
    }
}

// rule: B4, B10, C2, C3, C5, E3, R8, R10, R18, R19, S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_signal_is_refused_and_nothing_is_kept() {
    let sender = Sender::start().await;
    let before = sender.region.rows().await;
    let wrong = [
        ("/plannedEnd", json!("2027-02-30")),
        ("/plannedEnd", json!("2027-9-1")),
        ("/plannedEnd", json!("10000-01-01")),
        ("/plannedEnd", json!("2027-03-01")),
        ("/plannedEnd", json!("2020-01-01")),
        ("/plannedEnd", json!(20_270_901)),
        ("/plannedEnd", Value::Null),
        ("/plannedEnd", json!("2027-09-01T00:00:00Z")),
        ("/destroyBy", json!("2043-13")),
        ("/destroyBy", json!("2043-05-01")),
        ("/destroyBy", json!("2027-02")),
        ("/destroyBy", json!("2099-01")),
        ("/ground", json!("not-on-the-list")),
        ("/ground", json!("Het gaat om mishandeling")),
        ("/ground", json!("")),
        ("/professional/reference", json!("")),
        ("/professional/reference", json!("x".repeat(65))),
        ("/professional/reference", json!("'; DROP TABLE signal; --")),
        ("/professional/reference", json!("${jndi:ldap://x}")),
        ("/professional/reference", json!("{{7*7}}")),
        ("/professional/reference", json!("%s%n")),
        ("/professional/email", json!("no address")),
        ("/professional/email", json!("a@b.example\r\nBcc: c@d.example")),
        ("/professional/phone", json!("0612345678")),
        ("/professional/name", json!("Jansen")),
        ("/professional", json!([])),
        ("/party_id", json!("org_AAAAAAAAAAAAAAAAAAAAAA")),
        ("/organisation", json!("org_AAAAAAAAAAAAAAAAAAAAAA")),
        ("/birthDate", json!("2020-05-14")),
        ("/tokens", json!([])),
        ("/tokens/0/suite", json!(2)),
        ("/tokens/0/suite", json!("1")),
        ("/tokens/0/suite", json!(1.0)),
        ("/tokens/0/suite", json!(-1)),
        ("/tokens/0/netEpoch", json!(0)),
        ("/tokens/0/netEpoch", json!(65_536)),
        ("/tokens/0/netEpoch", json!(u64::MAX)),
        ("/tokens/0/kind", json!("name")),
        ("/tokens/0/token", json!("short")),
        ("/tokens/0/token", json!("A".repeat(44))),
        ("/tokens/0/bsn", json!("1")),
    ];
    for (pointer, value) in wrong {
        sender.refuses("invalid-request", pointer, value).await;
    }
    for number in ["1e400", "-0", "18446744073709551616", "1.5e0"] {
        let body = sender
            .right()
            .to_string()
            .replace("\"suite\":1", &format!("\"suite\":{number}"));
        let answer = sender.send(&body).await;
        assert_eq!(answer.status, 400, "{number}: {answer:?}");
    }
    for (pointer, value) in [
        ("/tokens/0/netEpoch", json!(2)),
        ("/tokens/0/keyCheck", json!("AAAAAAAAAAAAAAAAAAAAAA")),
    ] {
        sender.refuses("unknown-key-epoch", pointer, value).await;
    }
    let mut two_epochs = sender.right();
    let mut second = two_epochs["tokens"][0].clone();
    second["netEpoch"] = json!(2);
    two_epochs["tokens"].as_array_mut().unwrap().push(second);
    let answer = sender.send(&two_epochs.to_string()).await;
    assert_problem(&sender.region, &answer, "unknown-key-epoch", "two epochs");
    assert_eq!(sender.region.rows().await, before);
    assert_eq!(
        sender.send(&sender.right().to_string()).await.status,
        201,
        "it was right all along"
    );
}

// rule: C1, P2, S3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_citizen_service_number_in_a_text_is_refused_and_not_repeated() {
    let sender = Sender::start().await;
    let before = sender.region.rows().await;
    let bsn = child(4711).bsn;
    let spaced = format!("{}.{}.{}", &bsn[..3], &bsn[3..6], &bsn[6..]);
    for (pointer, text) in [
        ("/professional/reference", bsn.clone()),
        ("/professional/reference", format!("dossier-{bsn}")),
        ("/professional/reference", spaced.clone()),
        ("/professional/email", format!("{bsn}@school.example")),
    ] {
        let mut body = sender.right();
        *body.pointer_mut(pointer).unwrap() = text.clone().into();
        let answer = sender.send(&body.to_string()).await;
        assert_problem(&sender.region, &answer, "raw-identifier-forbidden", pointer);
        assert!(!answer.text().contains(&bsn) && !answer.text().contains(&spaced));
    }
    assert_eq!(sender.region.rows().await, before);
}

// rule: E2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sector_that_may_not_signal_is_told_so() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nmay_signal = [\"education\"]").await;
    let police = region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    let outcome = police
        .partner
        .submit_signal(&police.new_signal(&child(1), "2027-09-01"), None)
        .await;
    let error = outcome.unwrap_err();
    assert_eq!(
        error.problem().unwrap().errors[0].code,
        protocol::body::FieldErrorCode::NotAllowed
    );
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 0);
}
