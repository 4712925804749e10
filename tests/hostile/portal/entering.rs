//! Coming in: what opens nothing is answered alike, a session that is over shows nothing, and what is sent beside a code does
//! no harm.

use protocol::consent::AgeBand;
use tests::{Answer, Guardian, Http, Method, PIN, Region, letter_with};

use super::walk::{LANGUAGES, Shown, routes};
use super::{FORM, SCHOOL, asked, asked_in, coming_back, entering};

/// What can be seen of an answer, but for when it was given and which request it was.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, &[u8]) {
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort_unstable();
    (answer.status, headers, &answer.body)
}

// rule: G1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_a_code_it_is_one_and_the_same_page() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 4, None).await;
    let [spent, late, revoked, chosen] = &mut letters[..] else {
        panic!("four letters")
    };
    spent.enters().await;
    // One that was typed, and whose code somebody else exchanged meanwhile.
    let mut slow = Guardian::with_code(&region, &chosen.code);
    let typed = slow.types_code().await;
    chosen.enters().await;
    let by_code = region.municipality().revokes(&letter_with(&revoked.code)).await;
    assert!(by_code.is_ok(), "{by_code:?}");
    let never = entering(&region, "ABCD-1234-EFGH-5678").await;
    assert_eq!(never.status, 400);
    let mut wrong = vec![
        ("spent", entering(&region, &spent.code).await),
        ("exchanged elsewhere", entering(&region, &chosen.code).await),
        ("revoked", entering(&region, &revoked.code).await),
        ("nothing", entering(&region, "").await),
        ("no code", entering(&region, "'; DROP TABLE letter; --").await),
        (
            "a return key",
            entering(&region, spent.key.as_deref().unwrap()).await,
        ),
    ];
    let answer = slow.sends(&typed, "Pincode opslaan").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/portal")));
    region.at("2027-03-30T00:00:00+02:00").await;
    wrong.push(("late", entering(&region, &late.code).await));
    for (what, answer) in &wrong {
        assert_eq!(seen(answer), seen(&never), "{what}");
    }
}

// rule: G1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_a_key_or_its_pin_it_is_one_and_the_same_page() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 3, None).await;
    for letter in &mut letters {
        letter.enters().await;
    }
    let key = |at: usize| letters[at].key.as_deref().unwrap();
    let never = coming_back(&region, "ABCD-1234-EFGH-5678", PIN).await;
    assert_eq!(never.status, 400);
    region.municipality().revokes(&letter_with(key(2))).await.unwrap();
    for (what, answer) in [
        ("another PIN", coming_back(&region, key(0), "902104").await),
        ("no PIN", coming_back(&region, key(0), "").await),
        ("what is no PIN", coming_back(&region, key(0), "27495").await),
        ("a code", coming_back(&region, &letters[0].code, PIN).await),
        ("nothing", coming_back(&region, "", "").await),
        (
            "a key that was taken away",
            coming_back(&region, key(2), PIN).await,
        ),
    ] {
        assert_eq!(seen(&answer), seen(&never), "{what}");
    }
    assert_eq!(coming_back(&region, key(1), PIN).await.status, 303);
}

// rule: G4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_was_left_or_is_over_shows_what_a_stranger_sees() {
    let (region, mut guardian) = asked().await;
    let stranger = Shown::to(&region, "", &["nl"]).await;
    guardian.enters().await;
    for over in ["left", "over", "gone"] {
        let page = guardian.comes_back().await;
        let cookie = guardian.cookie().unwrap().to_owned();
        assert_ne!(Shown::to(&region, &cookie, &["nl"]).await, stranger);
        match over {
            "left" => drop(guardian.presses(&page, "Uitloggen").await),
            "over" => {
                let sql = "SET session_replication_role = replica; \
                           UPDATE portal_session SET expires_at = clock_timestamp() - interval '1 second'";
                region
                    .database
                    .superuser()
                    .await
                    .batch_execute(sql)
                    .await
                    .unwrap();
            }
            // Coming in again in the same browser leaves no session behind.
            _ => drop(guardian.comes_back().await),
        }
        let shown = Shown::to(&region, &cookie, &["nl"]).await;
        assert_eq!(shown, stranger, "{over}");
    }
}

// rule: G4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_has_yet_to_choose_a_pin_or_to_keep_its_key_opens_that_page_and_no_other() {
    let (region, mut guardian) = asked().await;
    let name = "Jeugdhulp";
    let chooses = guardian.types_code().await;
    let cookie = guardian.cookie().unwrap().to_owned();
    let shown = Shown::to(&region, &cookie, &["nl"]).await;
    shown.assert_silent_about(&[name], "before a PIN is chosen");
    assert_eq!(
        shown.0[&("/portal/verzoek".to_owned(), "nl")].location,
        "/portal/pincode"
    );

    let keeps = guardian.presses(&chooses, "Pincode opslaan").await;
    let key = keeps.return_key().unwrap();
    let shown = Shown::to(&region, &cookie, &["nl"]).await;
    shown.assert_silent_about(&[name], "before the key is kept");
    // And the paper to keep it on.
    let with_key = ["/portal/ontvangstbewijs.pdf", "/portal/sleutel"];
    assert_eq!(shown.that_say(&key), with_key.into());

    guardian.keeps(&keeps).await;
    let shown = Shown::to(&region, &cookie, &LANGUAGES).await;
    assert!(!shown.that_say(name).is_empty());
    shown.assert_silent_about(&[&key, &guardian.code], "once the key is kept");
}

// rule: G7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_long_withdraws_in_three_steps() {
    let (region, mut guardian) = asked().await;
    guardian.agrees().await;
    let sql = "SET session_replication_role = replica; DELETE FROM portal_session";
    region
        .database
        .superuser()
        .await
        .batch_execute(sql)
        .await
        .unwrap();
    let start = guardian.visits("/portal/intrekken").await;
    assert_eq!(start.path, "/portal");
    let stands = guardian.presses(&start, "Terugkomen").await;
    let sure = guardian.follows(&stands, "Toestemming intrekken").await;
    let page = guardian.presses(&sure, "Toestemming intrekken").await;
    assert!(page.says("De toestemming is ingetrokken"), "{}", page.heading());
}

// rule: G9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_tells_of_a_match_an_organisation_or_another_request() {
    let region = Region::start().await;
    let (school, request, mut letters) = asked_in(&region, AgeBand::Under12, 1, None).await;
    letters[0].enters().await;
    let cookie = letters[0].cookie().unwrap();
    let match_id = school.matches().await[0].id;
    let http = Http::new(&region.portal_url);
    let nothing = http
        .get("/portal/verzoek/AAAAAAAAAAAAAAAAAAAAAA", &[("cookie", cookie)])
        .await;
    assert_eq!(nothing.status, 404);
    for page in routes()
        .into_iter()
        .filter(|route| route.reads && !route.path.contains('{'))
    {
        let page = page.path.trim_end_matches('/');
        for id in [
            match_id.to_string(),
            request.id.to_string(),
            school.organisation.to_string(),
        ] {
            for path in [
                format!("{page}/{id}"),
                format!("{page}//{id}"),
                format!("{page}/../{id}"),
            ] {
                let answer = http.get(&path, &[("cookie", cookie)]).await;
                assert_eq!(answer.status, 404, "{path}");
                let text = answer.text();
                assert!(!text.contains(&id) && !text.contains(SCHOOL), "{path}");
            }
        }
    }
}

// rule: G10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn languages_without_end_or_sense_are_dutch_and_forms_without_end_are_refused() {
    let (region, guardian) = asked().await;
    let http = Http::new(&region.portal_url);
    let plain = http.get("/portal", &[]).await;
    let many = vec!["xx-YY;q=0.5"; 1_500].join(",");
    let long = format!("nl-{}", "x".repeat(20_000));
    let odd = [
        "*",
        "",
        ";q=1",
        ",,,,",
        "xx",
        "nl;q=NaN",
        "nl;q=1e400",
        "../../etc/passwd",
        "%00",
        &many,
        &long,
    ];
    for language in odd {
        let answer = http.get("/portal", &[("accept-language", language)]).await;
        assert_eq!(
            (answer.status, &answer.body),
            (200, &plain.body),
            "{:.40}",
            language
        );
        let cookie = format!("taal={}", language.replace([',', ';'], ""));
        let answer = http.get("/portal", &[("cookie", &cookie)]).await;
        assert_eq!(
            (answer.status, &answer.body),
            (200, &plain.body),
            "{:.40}",
            cookie
        );
    }
    for query in [
        "taal=xx",
        "taal=",
        "taal=ar&taal=xx",
        "taal=nl%00",
        "taal=%3Cscript%3E",
        "taal=../ar",
        "x=1",
        "taal[]=ar",
    ] {
        let answer = http.get(&format!("/portal?{query}"), &[]).await;
        assert_eq!(answer.status, 200, "{query}");
        assert!(!answer.text().contains("<script"), "{query}");
        let set = answer.headers.get_all("set-cookie");
        for cookie in set.iter().map(|cookie| cookie.to_str().unwrap()) {
            let of_ours = LANGUAGES
                .iter()
                .any(|code| cookie.starts_with(&format!("taal={code};")));
            assert!(of_ours, "{query}: {cookie}");
        }
    }
    for (what, body) in [
        ("fields", "a=1&".repeat(5_000)),
        ("a field", format!("code={}", "x".repeat(1_000_000))),
        ("escapes", "%".repeat(15_000)),
        ("names", format!("{}=1", "x".repeat(15_000))),
    ] {
        for route in routes().into_iter().filter(|route| route.acts) {
            let answer = http
                .send(Method::POST, &route.path, &[FORM], Some(body.as_bytes()))
                .await;
            assert!(
                [303, 400, 403, 404, 413].contains(&answer.status),
                "{what} to {}: {}",
                route.path,
                answer.status
            );
        }
    }
    // Nothing of it locked anybody out.
    assert_eq!(entering(&region, &guardian.code).await.status, 303);
}
