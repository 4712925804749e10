//! Families that log in at a broker beside their letter, and everything that must not come of it.

use protocol::consent::AgeBand;
use protocol::consent::record::Assurance;
use serde_json::{Value, json};
use tests::{Broker, Guardian, Odd, Region, assert_sound, claims_of, events, eventually};

use crate::Met;

const DONE: &str = "U bent ingelogd";
const FAILED: &str = "Het inloggen is niet gelukt";
const LATER: &str = "Inloggen kan nu even niet";

async fn logged_in_sessions(region: &Region) -> i64 {
    region
        .count("SELECT count(*) FROM portal_session WHERE assurance = 'oidc'")
        .await
}

async fn strengthened(region: &Region) -> i64 {
    let all = events(region).await;
    all.get("family_access.strengthened").copied().unwrap_or_default()
}

/// How sure the record of the first request is.
async fn assurance(met: &Met, request: protocol::Id) -> Assurance {
    let record = met.childcare.has_record(met.match_id, request).await;
    let document: Value = serde_json::from_str(&record.document).unwrap();
    serde_json::from_value(document["assurance"].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_logged_in_decides_as_surely_as_that() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut guardian = letters.remove(0);
    guardian.enters().await;
    let page = guardian.logs_in(&broker, "pairwise-els").await;
    assert_eq!(page.heading(), DONE);
    assert!(page.says("DigiD"));
    assert_eq!(strengthened(&met.region).await, 1);

    let asked = guardian.visits("/portal/verzoek").await;
    guardian.presses(&asked, "Ja, ik geef toestemming").await;
    assert_eq!(assurance(&met, request.id).await, Assurance::Oidc);
    assert_sound(&met.region).await;
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_as_sure_as_the_least_sure_of_those_who_made_it() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].enters().await;
    letters[0].logs_in(&broker, "pairwise-els").await;
    let asked = letters[0].visits("/portal/verzoek").await;
    letters[0].presses(&asked, "Ja, ik geef toestemming").await;
    letters[1].agrees().await;
    assert_eq!(assurance(&met, request.id).await, Assurance::Letter);
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_session_of_the_same_access_is_not_logged_in_by_that() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].enters().await;
    letters[0].logs_in(&broker, "pairwise-els").await;
    letters[0].enters().await;
    let page = letters[0].visits("/portal/inloggen").await;
    assert!(page.offers("Inloggen met DigiD"));
    // Who comes again is the same.
    assert_eq!(letters[0].logs_in(&broker, "pairwise-els").await.heading(), DONE);
    assert_eq!(strengthened(&met.region).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_is_asked_for_who_it_is_and_for_nothing_else() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].enters().await;
    let way_there = letters[0].goes_to_log_in().await;
    let asked = broker.reads(&way_there);
    let names: Vec<&str> = asked.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "acr_values",
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "max_age",
            "nonce",
            "prompt",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
            "ui_locales"
        ]
    );
    assert_eq!(asked["scope"], "openid");
    assert_eq!(
        asked["acr_values"],
        "http://eidas.europa.eu/LoA/substantial http://eidas.europa.eu/LoA/high"
    );
    assert_eq!(
        asked["redirect_uri"],
        format!("{}/portal/ingelogd", met.region.portal_url)
    );
    letters[0]
        .is_led_back(&broker.lets_in(&way_there, "pairwise-els"))
        .await;
    let forms = broker.forms();
    assert_eq!(forms.len(), 1);
    let claims = claims_of(&forms[0]["client_assertion"]);
    assert_eq!(claims["aud"], format!("{}/token", broker.issuer));
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("portal"), &json!("portal"))
    );
    // Neither the address of the person's data nor anything else is asked for.
    assert_eq!(
        broker.asked(),
        ["/.well-known/openid-configuration", "/jwks", "/token"]
    );
}

// rule: G14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_of_them_is_a_hash_that_belongs_to_one_access() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    for letter in &mut letters {
        letter.enters().await;
        // One person with two letters: nobody can tell from what is kept.
        assert_eq!(letter.logs_in(&broker, "pairwise-canary").await.heading(), DONE);
    }
    let kept = "SELECT count(DISTINCT sub_hash) FROM family_access WHERE octet_length(sub_hash) = 32";
    assert_eq!(met.region.count(kept).await, 2);
    met.region.quiet().await;
    for table in met.region.tables().await {
        let sql = format!("SELECT row::text FROM {table} AS row");
        for row in met.region.texts(&sql).await {
            for secret in ["canary", "Jansen", "999990019"] {
                assert!(!row.contains(secret), "{secret} stands in {table}");
            }
        }
    }
}

// rule: G14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_an_access_that_somebody_logged_in_with_nobody_else_does() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].enters().await;
    letters[0].logs_in(&broker, "pairwise-els").await;
    letters[0].enters().await;
    let page = letters[0].logs_in(&broker, "pairwise-bram").await;
    assert_eq!(
        (page.status, page.heading().as_str()),
        (403, "Eerder logde iemand anders in")
    );
    assert_eq!(logged_in_sessions(&met.region).await, 0);
    assert_eq!(strengthened(&met.region).await, 1);
    assert_eq!(letters[0].logs_in(&broker, "pairwise-els").await.heading(), DONE);
}

// rule: G14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_what_was_waited_for_changes_nothing() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let guardian = &mut letters[0];
    guardian.enters().await;
    type Bend = fn(&mut Value, &mut Value);
    let bends: [(&str, Bend); 8] = [
        ("alg none", |header, _| header["alg"] = json!("none")),
        ("a key brought along", |header, _| header["jwk"] = json!({})),
        ("another nonce", |_, claims| claims["nonce"] = json!("n")),
        ("another broker", |_, claims| {
            claims["iss"] = json!("https://evil.example")
        }),
        ("another portal", |_, claims| claims["aud"] = json!("another")),
        ("not sure enough", |_, claims| {
            claims["acr"] = json!("http://eidas.europa.eu/LoA/low")
        }),
        ("for somebody else", |_, claims| {
            claims["represents"] = json!({"sub": "child"})
        }),
        ("a number", |_, claims| {
            claims["sub"] = json!("s00000000:999990019")
        }),
    ];
    for (what, bend) in bends {
        broker.bends(Box::new(bend));
        let page = guardian.logs_in(&broker, "pairwise-els").await;
        assert_eq!((page.status, page.heading().as_str()), (400, FAILED), "{what}");
        assert!(!page.says("999990019") && !page.says("els"));
    }
    broker.is_well();
    broker.signs_with_another_key();
    assert_eq!(guardian.logs_in(&broker, "pairwise-els").await.heading(), FAILED);
    broker.is_well();
    assert_eq!(logged_in_sessions(&met.region).await, 0);
    assert_eq!(strengthened(&met.region).await, 0);
    let known = "SELECT count(*) FROM family_access WHERE sub_hash IS NOT NULL";
    assert_eq!(met.region.count(known).await, 0);
    assert_eq!(guardian.logs_in(&broker, "pairwise-els").await.heading(), DONE);
}

// rule: G14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_good_once_in_the_browser_that_asked_and_for_ten_minutes() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let (mut theirs, mut guardian) = (letters.remove(1), letters.remove(0));
    guardian.enters().await;
    theirs.enters().await;
    let way_there = guardian.goes_to_log_in().await;
    let back = broker.lets_in(&way_there, "pairwise-els");

    // Somebody else's browser, with a log-in of its own under way or without one.
    assert_eq!(theirs.is_led_back(&back).await.status, 400);
    theirs.goes_to_log_in().await;
    assert_eq!(theirs.is_led_back(&back).await.status, 400);
    let state = broker.reads(&way_there)["state"].clone();
    for wrong in [
        back.replace(&state, &"A".repeat(43)),
        back.replace("broker.example", "evil.example"),
    ] {
        assert_eq!(guardian.is_led_back(&wrong).await.status, 400, "{wrong}");
    }
    assert!(broker.forms().is_empty(), "nobody asked the broker");

    let ticket = guardian.ticket();
    assert_eq!(guardian.is_led_back(&back).await.status, 303);
    assert_eq!(guardian.ticket(), None, "the cookie goes");
    guardian.keeps_ticket(ticket);
    assert_eq!(guardian.is_led_back(&back).await.status, 400);
    assert_eq!(broker.forms().len(), 1, "a ticket is good once");

    // A second that begins ends the first; and ten minutes are all there is.
    guardian.enters().await;
    let first = guardian.goes_to_log_in().await;
    let first = (guardian.ticket(), broker.lets_in(&first, "pairwise-els"));
    let second = guardian.goes_to_log_in().await;
    let second = (guardian.ticket(), broker.lets_in(&second, "pairwise-els"));
    guardian.keeps_ticket(first.0);
    assert_eq!(guardian.is_led_back(&first.1).await.status, 400);
    let late = "UPDATE portal_session SET login_until = clock_timestamp() WHERE login_hash IS NOT NULL";
    let superuser = met.region.database.superuser().await;
    superuser.batch_execute(late).await.unwrap();
    guardian.keeps_ticket(second.0);
    assert_eq!(guardian.is_led_back(&second.1).await.status, 400);
    assert_eq!(broker.forms().len(), 1);
    assert_eq!(strengthened(&met.region).await, 1);
}

// rule: G14, H3, H4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_misbehaves_is_left_alone_and_nobody_is_kept_waiting() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let guardian = &mut letters[0];
    guardian.enters().await;
    let elsewhere = format!("{}/v1/health", met.region.url);
    for (odd, status, heading) in [
        (Odd::Fails(400), 400, FAILED),
        (Odd::Says("{}".to_owned()), 400, FAILED),
        (Odd::Says("<html>".to_owned()), 400, FAILED),
        (
            Odd::Says(format!("{{\"id_token\":\"{}\"}}", "x".repeat(20_000))),
            400,
            FAILED,
        ),
        (Odd::Says(" ".repeat(70_000)), 503, LATER),
        (Odd::GoesOn, 503, LATER),
        (Odd::Hangs, 503, LATER),
        (Odd::Sends(elsewhere.clone()), 503, LATER),
    ] {
        broker.answers("/token", odd.clone());
        let page = guardian.logs_in(&broker, "pairwise-els").await;
        assert_eq!(
            (page.status, page.heading().as_str()),
            (status, heading),
            "{odd:?}"
        );
    }
    broker.is_well();
    assert_eq!(guardian.logs_in(&broker, "pairwise-els").await.heading(), DONE);
    assert_eq!(strengthened(&met.region).await, 1);
}

// rule: G14, H2, H3, H4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_sent_to_a_broker_that_is_not_the_one_of_the_settings() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let guardian = &mut letters[0];
    guardian.enters().await;
    let configuration = "/.well-known/openid-configuration";
    type Wrong = Box<dyn Fn(&Broker)>;
    let wrongs: [(&str, Wrong); 7] = [
        (
            "hangs",
            Box::new(move |broker| broker.answers(configuration, Odd::Hangs)),
        ),
        (
            "goes on",
            Box::new(move |broker| broker.answers(configuration, Odd::GoesOn)),
        ),
        (
            "leads elsewhere",
            Box::new(move |broker| {
                broker.answers(configuration, Odd::Sends("https://evil.example/".to_owned()))
            }),
        ),
        (
            "another",
            Box::new(|broker| broker.tells("issuer", json!("https://evil.example"))),
        ),
        (
            "no pairwise names",
            Box::new(|broker| broker.tells("subject_types_supported", json!(["public"]))),
        ),
        (
            "keys on this machine",
            Box::new(|broker| broker.tells("jwks_uri", json!("https://169.254.169.254/keys"))),
        ),
        (
            "no keys",
            Box::new(|broker| broker.answers("/jwks", Odd::Says("{\"keys\":[]}".to_owned()))),
        ),
    ];
    for (what, wrong) in wrongs {
        wrong(&broker);
        let page = guardian.visits("/portal/inloggen").await;
        let answer = guardian.sends(&page, "Inloggen met DigiD").await;
        assert_eq!(answer.status, 503, "{what}");
        assert!(
            answer.text().contains(LATER) && answer.header("refresh").is_none(),
            "{what}"
        );
        broker.is_well();
    }
    assert_eq!(guardian.logs_in(&broker, "pairwise-els").await.heading(), DONE);
}

// rule: G14, H2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_inside_is_not_reached_unless_the_operator_said_so() {
    let met = Met::start().await;
    let broker = Broker::start(&met.region.clock).await;
    met.region.casework.log_in_with(broker.settings(&met.region, &[]));
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].enters().await;
    let page = letters[0].visits("/portal/inloggen").await;
    let answer = letters[0].sends(&page, "Inloggen met DigiD").await;
    assert_eq!(answer.status, 503);
    assert!(broker.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_log_in_nothing_speaks_of_it() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let page = letters[0].enters().await;
    assert!(!page.says("inloggen") && !page.says("DigiD"));
    for path in [
        "/portal/inloggen",
        "/portal/ingelogd",
        "/portal/ingelogd?code=a&state=b",
    ] {
        assert_eq!(letters[0].visits(path).await.status, 404, "{path}");
    }
}

// rule: G8, G14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_their_right_while_they_logged_in_gets_nothing_by_it() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let asked = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::From12To15, 1, Some("2027-03-10"));
    let request = asked.await.unwrap();
    let mut guardian = Guardian::of(&met.region, &request).remove(0);
    guardian.enters().await;
    let way_there = guardian.goes_to_log_in().await;
    // 16 years old today.
    met.region.at("2027-03-10T00:00:01+01:00").await;
    let answer = guardian
        .is_led_back(&broker.lets_in(&way_there, "pairwise-els"))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(strengthened(&met.region).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_log_in_at_once_with_one_access_are_one_person() {
    let met = Met::start().await;
    let broker = Broker::of(&met.region).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut one = letters.remove(0);
    one.enters().await;
    let mut other = one.on_another_device(&met.region);
    other.enters().await;
    let (there, also_there) = (one.goes_to_log_in().await, other.goes_to_log_in().await);
    let (back, also_back) = (broker.lets_in(&there, "els"), broker.lets_in(&also_there, "bram"));
    let (first, second) = tokio::join!(one.is_led_back(&back), other.is_led_back(&also_back));
    let mut both = [first.status, second.status];
    both.sort_unstable();
    assert_eq!(both, [303, 403]);
    eventually("the leaf is there", async || {
        (strengthened(&met.region).await == 1).then_some(())
    })
    .await;
}
