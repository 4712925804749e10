//! Whoever tries a program against a sandbox moves its clock, and tries deadlines, birthdays and ends with nothing but HTTP.

use serde_json::Value;
use tests::{Professional, Region, Sector, Vendor, child, events, eventually};

/// Two vendors who gave a signal about one child, told its family and have a match.
struct Tried {
    region: Region,
    school: Vendor,
    help: Vendor,
    match_path: String,
    signal_path: String,
}

async fn professionals(region: &Region) -> [Professional; 2] {
    [
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    ]
}

impl Tried {
    /// On Monday the first of March, at nine.
    async fn start() -> Self {
        let region = Region::sandbox("").await;
        let [school, help] = professionals(&region).await;
        let [school, help] = [
            Vendor::of(&region, &school, &child(1)).await,
            Vendor::of(&region, &help, &child(1)).await,
        ];
        let mut signals = Vec::new();
        for vendor in [&school, &help] {
            let signal = vendor.signals_until("2027-09-01").await;
            let path = format!("/v1/signals/{}", signal["id"].as_str().unwrap());
            let told = r#"{"on":"2027-03-01","channel":"telephone","language":"nl","by":"ref-1"}"#;
            vendor.does(&format!("{path}/disclosures"), told).await;
            signals.push(path);
        }
        let found = eventually("a match", async || {
            school.lists("/v1/matches").await.into_iter().next()
        })
        .await;
        Self {
            match_path: format!("/v1/matches/{}", found["id"].as_str().unwrap()),
            signal_path: signals.remove(0),
            region,
            school,
            help,
        }
    }

    async fn state(&self, path: &str) -> Value {
        self.school.reads(path).await.json()["state"].clone()
    }

    async fn asks(&self, next_boundary_on: &str) -> Value {
        let confirmation = format!("{}/contact-confirmations", self.match_path);
        self.school.does(&confirmation, "{}").await;
        self.help.does(&confirmation, "{}").await;
        let question = format!(
            r#"{{"ageBand":"under12","guardians":1,"nextBoundaryOn":{next_boundary_on},"language":"nl"}}"#
        );
        self.school
            .does(&format!("{}/consent-requests", self.match_path), &question)
            .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_working_days_bring_the_reminder_the_officers_task_and_the_unread_notices() {
    let tried = Tried::start().await;
    assert_eq!(tried.school.told().await, ["match-opened"]);
    let moved = tried.school.advances("P8D").await;
    let from: jiff::Timestamp = moved["from"].as_str().unwrap().parse().unwrap();
    let to: jiff::Timestamp = moved["to"].as_str().unwrap().parse().unwrap();
    assert_eq!(to.duration_since(from).as_hours(), 8 * 24);

    // All of it is there when the clock is: nothing to wait for.
    for vendor in [&tried.school, &tried.help] {
        assert_eq!(vendor.told().await, ["match-opened", "contact-reminder"]);
        let unread = vendor.lists("/v1/unread-notices").await;
        assert!(
            !unread.is_empty(),
            "nobody read the first notice for two working days"
        );
    }
    let desk = tried.region.municipality().bearer().await;
    let tasks = tried
        .school
        .http
        .get("/v1/follow-up-tasks", &[("authorization", &desk)])
        .await;
    assert_eq!(
        tasks.json()["items"].as_array().unwrap().len(),
        1,
        "{}",
        tasks.text()
    );
    let leaves = events(&tried.region).await;
    // One for each day.
    assert_eq!(leaves["sandbox.clock_advanced"], 8);
    assert_eq!(
        (leaves["follow_up.reminded"], leaves["follow_up.escalated"]),
        (1, 1)
    );
    tried.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_expire_on_their_day_are_archived_and_are_gone_after_five_years() {
    let tried = Tried::start().await;
    tried.school.advances_to("2027-08-31T23:59:00+02:00").await;
    assert_eq!(tried.state(&tried.signal_path).await, "active");
    tried.school.advances("PT2M").await;
    assert_eq!(tried.state(&tried.signal_path).await, "expired");
    assert_eq!(
        tried.school.reads(&tried.match_path).await.json()["state"],
        "closed"
    );
    tried.school.advances("P2D").await;
    assert_eq!(tried.state(&tried.signal_path).await, "archived");
    tried.school.advances("P5Y").await;
    // Whatever is left to move is moved before the clock says that it is there.
    let clock = eventually("the clock is there", async || {
        let clock = tried.school.reads("/v1/sandbox/clock").await.json();
        clock["movingTo"].is_null().then_some(clock)
    })
    .await;
    assert!(clock["now"].as_str().unwrap().starts_with("2032-09-"), "{clock}");
    let gone = tried.school.reads(&tried.signal_path).await;
    assert_eq!((gone.status, gone.slug().as_str()), (404, "not-found"));
    assert_eq!(tried.region.count("SELECT count(*) FROM signal").await, 0);
    assert_eq!(tried.region.count("SELECT count(*) FROM subject").await, 0);
    tried.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_birthday_another_rule_asks_anew() {
    let tried = Tried::start().await;
    let asked = tried.asks("\"2027-03-10\"").await;
    let path = format!(
        "{}/consent-requests/{}",
        tried.match_path,
        asked["id"].as_str().unwrap()
    );
    tried.school.advances_to("2027-03-09T23:59:00+01:00").await;
    assert_eq!(tried.state(&path).await, "requested");
    tried.school.advances("PT2M").await;
    assert_eq!(tried.state(&path).await, "superseded_by_age");
    tried.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vendor_is_the_family_with_the_code_of_its_letter() {
    let tried = Tried::start().await;
    let asked = tried.asks("null").await;
    let path = format!(
        "{}/consent-requests/{}",
        tried.match_path,
        asked["id"].as_str().unwrap()
    );
    let code = asked["invitations"][0]["code"].as_str().unwrap();
    let decision = |word: &str| format!(r#"{{"code":"{code}","decision":"{word}"}}"#);
    let (agreed, withdrawn) = (decision("agreed"), decision("withdrawn"));

    let too_early = tried.school.posts("/v1/sandbox/decisions", &withdrawn).await;
    assert_eq!(
        (too_early.status, too_early.slug().as_str()),
        (409, "consent-decided")
    );
    let first = tried
        .school
        .posts_under("family-says-yes", "/v1/sandbox/decisions", &agreed)
        .await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(tried.state(&path).await, "given");
    // The same again is the same to the letter; another decision under its key is refused and decides nothing.
    let again = tried
        .school
        .posts_under("family-says-yes", "/v1/sandbox/decisions", &agreed)
        .await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = tried
        .school
        .posts_under("family-says-yes", "/v1/sandbox/decisions", &withdrawn)
        .await;
    assert_eq!(
        (other.status, other.slug().as_str()),
        (422, "idempotency-key-reused")
    );
    assert_eq!(tried.state(&path).await, "given");

    tried.school.does("/v1/sandbox/decisions", &withdrawn).await;
    assert_eq!(tried.state(&path).await, "withdrawn");
    let wrong = r#"{"code":"AAAA-AAAA-AAAA-AAAA","decision":"agreed"}"#;
    let wrong = tried.school.posts("/v1/sandbox/decisions", wrong).await;
    assert_eq!((wrong.status, wrong.slug().as_str()), (400, "code-opens-nothing"));
    tried.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_goes_forward_alone_and_once_for_each_key() {
    let region = Region::sandbox("").await;
    let [school, _] = professionals(&region).await;
    let vendor = Vendor::of(&region, &school, &child(1)).await;
    let before = region.rows().await;
    for (body, pointer) in [
        (r#"{"advance":"PT0S"}"#, "/advance"),
        (r#"{"advance":"P26Y"}"#, "/advance"),
        (r#"{"to":"2027-03-01T08:00:00+01:00"}"#, "/to"),
        (r#"{"to":"2200-01-01T00:00:00Z"}"#, "/to"),
    ] {
        let refused = vendor.posts("/v1/sandbox/clock", body).await;
        assert_eq!(
            (refused.status, refused.slug().as_str()),
            (400, "invalid-request"),
            "{body}"
        );
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    assert_eq!(region.rows().await, before);

    let day = r#"{"advance":"P1D"}"#;
    let first = vendor
        .posts_under("one-day-later", "/v1/sandbox/clock", day)
        .await;
    let again = vendor
        .posts_under("one-day-later", "/v1/sandbox/clock", day)
        .await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    let clock = |answer: Value| answer["now"].as_str().unwrap()[..10].to_owned();
    assert_eq!(
        clock(vendor.reads("/v1/sandbox/clock").await.json()),
        "2027-03-02"
    );
    // Two at once take turns: each is a day.
    let (one, other) = tokio::join!(vendor.advances("P1D"), vendor.advances("P1D"));
    assert_ne!(one["to"], other["to"]);
    assert_eq!(
        clock(vendor.reads("/v1/sandbox/clock").await.json()),
        "2027-03-04"
    );
    // What keeps doors shut lives by real time: the token is as good as before.
    vendor.advances("P1Y").await;
    assert_eq!(vendor.reads("/v1/signals").await.status, 200);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_holds_though_signals_come_while_the_clock_leaps() {
    let region = Region::sandbox("").await;
    let [school, help] = professionals(&region).await;
    let leaper = Vendor::of(&region, &school, &child(1)).await;
    let (school, help) = (&school, &help);
    let giving = async {
        for number in 100..130 {
            let (one, other) = (child(number), child(number));
            let (one, other) = (
                school.new_signal(&one, "2028-09-01"),
                help.new_signal(&other, "2028-09-01"),
            );
            let (one, other) = tokio::join!(
                school.partner.submit_signal(&one, None),
                help.partner.submit_signal(&other, None)
            );
            one.unwrap();
            other.unwrap();
        }
    };
    let leaping = async {
        for _ in 0..4 {
            leaper.advances("P3D").await;
        }
    };
    tokio::join!(giving, leaping);
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 60);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sandbox_tells_its_key_and_its_numbers_and_no_other_network_has_such_an_address() {
    let region = Region::sandbox("").await;
    let told = tests::Http::new(&region.url).get("/v1/sandbox", &[]).await;
    assert_eq!(told.status, 200);
    let told = told.json();
    assert_eq!(told["networkKey"]["key"], protocol::text::encode([7; 32]));
    let numbers = told["children"].as_array().unwrap();
    assert_eq!(numbers.len(), 35);
    assert!(
        numbers
            .iter()
            .all(|child| child["number"].as_str().unwrap().starts_with("9999"))
    );
    drop(region);

    let region = Region::start().await;
    let [school, _] = professionals(&region).await;
    let vendor = Vendor::of(&region, &school, &child(1)).await;
    let before = region.rows().await;
    for path in ["/v1/sandbox", "/v1/sandbox/clock"] {
        let answer = vendor.reads(path).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    for (path, body) in [
        ("/v1/sandbox/clock", r#"{"advance":"P1D"}"#),
        (
            "/v1/sandbox/decisions",
            r#"{"code":"AAAA-AAAA-AAAA-AAAA","decision":"agreed"}"#,
        ),
    ] {
        let answer = vendor.posts(path, body).await;
        assert_eq!(
            (answer.status, answer.slug().as_str()),
            (404, "not-found"),
            "{path}"
        );
    }
    assert_eq!(region.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_stays_of_its_kind_and_its_clock_never_goes_back() {
    let region = Region::sandbox("").await;
    let client = region.database.superuser().await;
    for refused in [
        "UPDATE network SET kind = 'live', clock_offset = '0'",
        "UPDATE network SET clock_offset = clock_offset - interval '1 second'",
    ] {
        let refused = client.batch_execute(refused).await.unwrap_err();
        assert_eq!(refused.as_db_error().unwrap().code().code(), "23000");
    }
    drop(client);
    drop(region);
    let region = Region::start().await;
    let client = region.database.superuser().await;
    let refused = client
        .batch_execute("UPDATE network SET kind = 'sandbox'")
        .await
        .unwrap_err();
    assert_eq!(refused.as_db_error().unwrap().code().code(), "23000");
}
