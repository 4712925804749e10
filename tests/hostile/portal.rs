//! The family's door (reliability, class G).

use protocol::consent::AgeBand;
use tests::{Guardian, Http, Method, Region, Sector, child};

use crate::assert_headers;

/// A region with one request that waits for one guardian.
async fn asked() -> (Region, Guardian) {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool <script>alert(1)</script>", Sector::Education)
        .await;
    let help = region
        .professional("Jeugdhulp \"Anker\" & Co", Sector::YouthHelp)
        .await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    let guardian = Guardian::of(&region, &request).remove(0);
    region.quiet().await;
    (region, guardian)
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opens_or_sends_without_the_code_changes_nothing() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let before = region.rows().await;
    for path in [
        "/portal",
        "/portal/verzoek",
        "/portal/intrekken",
        "/portal/hulp",
        "/portal/privacy",
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = http.send(method, path, &[], None).await;
            assert!([200, 303].contains(&answer.status), "{path}: {}", answer.status);
            assert_headers(&answer, path);
        }
    }
    for path in [
        "/portal/code",
        "/portal/besluit",
        "/portal/intrekken",
        "/portal/afsluiten",
    ] {
        for body in ["", "keuze=ja", "code=", "token=x&keuze=ja"] {
            let answer = http
                .send(Method::POST, path, &[FORM], Some(body.as_bytes()))
                .await;
            assert!(
                [303, 400, 403].contains(&answer.status),
                "{path} {body}: {}",
                answer.status
            );
            assert!(
                answer
                    .header("set-cookie")
                    .is_none_or(|cookie| cookie.starts_with("trefpunt=;"))
            );
        }
    }
    assert_eq!(region.rows().await, before);
    // The letter is as good as before.
    let page = guardian.agrees().await;
    assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_that_was_planted_opens_nothing_and_a_new_one_takes_its_place() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let planted = "trefpunt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for cookie in [
        planted,
        "trefpunt=",
        "trefpunt=x",
        "__Host-trefpunt=AAAA",
        "other=1",
    ] {
        for path in ["/portal/verzoek", "/portal/intrekken"] {
            let answer = http.get(path, &[("cookie", cookie)]).await;
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, Some("/portal")),
                "{cookie}"
            );
        }
        let answer = http
            .send(
                Method::POST,
                "/portal/besluit",
                &[FORM, ("cookie", cookie)],
                Some(b"keuze=ja&token=x"),
            )
            .await;
        assert!([303, 403].contains(&answer.status), "{cookie}: {}", answer.status);
    }
    let answer = http
        .post_form(
            "/portal/code",
            &[("cookie", planted)],
            &[("code", &guardian.code)],
        )
        .await;
    let set = answer.header("set-cookie").unwrap();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"),
        "{set}"
    );
    assert!(!set.contains("AAAAAAAAAAAAAAAAAAAA"));
    assert_eq!(
        answer.header("location"),
        Some("/portal/verzoek"),
        "no code in the address"
    );
    guardian.enters().await;
    assert_eq!(
        region
            .count("SELECT count(*) FROM signatory WHERE decision IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_hold_no_script_whatever_an_organisation_is_called() {
    let (_region, mut guardian) = asked().await;
    let page = guardian.enters().await;
    assert!(
        page.says("Mogen deze instanties overleggen"),
        "{}",
        page.heading()
    );
    assert!(!page.html.contains("<script") && !page.html.contains("onerror="));
    assert!(page.html.contains("&#60;script&#62;") || page.html.contains("&lt;script&gt;"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_shape_or_from_another_site_is_refused() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let code = format!("code={}", guardian.code);
    let large = format!("{code}&x={}", "y".repeat(1_000_000));
    for (headers, body, status) in [
        (
            vec![("content-type", "multipart/form-data; boundary=x")],
            code.as_str(),
            415,
        ),
        (vec![("content-type", "application/json")], code.as_str(), 415),
        (vec![FORM], large.as_str(), 413),
        (vec![FORM, ("origin", "https://evil.example")], code.as_str(), 403),
        (vec![FORM, ("sec-fetch-site", "cross-site")], code.as_str(), 403),
    ] {
        let answer = http
            .send(Method::POST, "/portal/code", &headers, Some(body.as_bytes()))
            .await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(answer.header("set-cookie").is_none());
    }
    for (method, path) in [
        (Method::DELETE, "/portal"),
        (Method::PUT, "/portal/code"),
        (Method::GET, "/portal/besluit"),
    ] {
        let answer = http.send(method, path, &[], None).await;
        assert_eq!(answer.status, 405, "{path}");
        assert!(answer.header("allow").is_some());
    }
    assert_eq!(http.get("/portal/no-such-page", &[]).await.status, 404);
    // A second click, the back button, a second tab: it stays decided, once.
    let asked = guardian.enters().await;
    let yes = "Ja, ik geef toestemming";
    guardian.presses(&asked, yes).await;
    let page = guardian.presses(&asked, yes).await;
    assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
    let page = guardian.presses(&asked, "Nee, ik geef geen toestemming").await;
    assert!(
        page.says("De toestemming is gegeven"),
        "too late to say no; there is withdrawing"
    );
    assert_eq!(tests::events(&region).await["consent.given"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_is_slowed_and_says_when_to_come_back() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let before = region.rows().await;
    let mut slowed = None;
    for guess in 0..60 {
        let code = format!("ABCD-1234-EFGH-{guess:04}");
        let answer = http.post_form("/portal/code", &[], &[("code", &code)]).await;
        match answer.status {
            400 => {}
            429 => {
                slowed = Some(answer);
                break;
            }
            other => panic!("{other}"),
        }
    }
    let slowed = slowed.unwrap();
    let seconds: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(region.rows().await, before);
    // What was tried says nothing about this letter; it is the address that has to wait.
    let page = guardian.visits("/portal").await;
    assert_eq!(page.status, 200);
}
