//! The family's door (reliability, class G).

mod apart;
mod boxes;
mod entering;
mod entitled;
mod hidden;
mod pressed;
mod taken_away;
mod walk;

use client::Submitted;
use protocol::consent::{AgeBand, ConsentRequest};
use tests::{Answer, Guardian, Http, Method, Professional, Region, Sector, child};

use crate::assert_headers;
use walk::{Shown, routes};

/// The organisation that asks.
const SCHOOL: &str = "Basisschool Zonnewijzer";

/// A region with one request that waits for one guardian; what organisations are called could be script.
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

/// A request of the school in this region, for these, about a child that is 12 or 16 on this day; and the letters.
async fn asked_in(
    region: &Region,
    age_band: AgeBand,
    guardians: u8,
    boundary: Option<&str>,
) -> (Professional, ConsentRequest, Vec<Guardian>) {
    asked_about(region, "2043-05", age_band, guardians, boundary).await
}

/// The same about a child that is 23 in this month.
async fn asked_about(
    region: &Region,
    destroy_by: &str,
    age_band: AgeBand,
    guardians: u8,
    boundary: Option<&str>,
) -> (Professional, ConsentRequest, Vec<Guardian>) {
    let school = region.professional(SCHOOL, Sector::Education).await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for party in [&school, &help] {
        let planned_end = party.today().saturating_add(jiff::Span::new().days(300));
        let mut signal = party.new_signal(&child(1), &planned_end.to_string());
        signal.destroy_by = destroy_by.parse().unwrap();
        let Submitted::New(signal) = party.partner.submit_signal(&signal, None).await.unwrap() else {
            panic!("{} had a signal", party.name)
        };
        party.tells_the_family(signal.id).await;
    }
    let match_id = school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school
        .tries_to_ask_consent(match_id, age_band, guardians, boundary)
        .await
        .unwrap();
    let letters = Guardian::of(region, &request);
    (school, request, letters)
}

/// A code as a browser sends it.
async fn entering(region: &Region, code: &str) -> Answer {
    let http = Http::new(&region.portal_url);
    http.post_form("/portal/code", &[], &[("code", code)]).await
}

/// A return key and a PIN as a browser sends them.
async fn coming_back(region: &Region, key: &str, pin: &str) -> Answer {
    let http = Http::new(&region.portal_url);
    let form = [("sleutel", key), ("pincode", pin)];
    http.post_form("/portal/terug", &[], &form).await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

// rule: G3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_opens_or_sends_without_the_code_changes_nothing() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let before = region.rows().await;
    for route in routes() {
        let path = route
            .path
            .replace("{name}", "portal.css")
            .replace("{version}", "0");
        for method in [Method::GET, Method::HEAD] {
            for query in ["", "?code=ABCD-1234-EFGH-5678&keuze=ja"] {
                let answer = http
                    .send(method.clone(), &format!("{path}{query}"), &[], None)
                    .await;
                match route.reads {
                    true => assert!(
                        [200, 303, 308, 404].contains(&answer.status),
                        "{path}: {}",
                        answer.status
                    ),
                    false => assert_eq!(answer.status, 405, "{path}"),
                }
                if !path.starts_with("/portal/assets/") {
                    assert_headers(&answer, &path);
                }
            }
        }
        if !route.acts {
            continue;
        }
        for body in [
            "",
            "keuze=ja",
            "code=",
            "sleutel=&pincode=",
            "token=x&keuze=ja&pincode=274951&pincode2=274951",
        ] {
            let answer = http
                .send(Method::POST, &path, &[FORM], Some(body.as_bytes()))
                .await;
            assert!(
                // Where nobody can log in, that address is none.
                [303, 400, 403].contains(&answer.status)
                    || path == "/portal/inloggen" && answer.status == 404,
                "{path} {body}: {}",
                answer.status
            );
            let cookies = answer.headers.get_all("set-cookie");
            assert!(
                cookies
                    .iter()
                    .all(|cookie| cookie.to_str().unwrap().starts_with("trefpunt=;")),
                "{path} {body}"
            );
        }
    }
    assert_eq!(region.rows().await, before);
    // The letter is as good as before, and no better for having been typed by who chooses no PIN.
    for _ in 0..2 {
        Guardian::with_code(&region, &guardian.code).types_code().await;
    }
    let page = guardian.agrees().await;
    assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
}

// rule: G4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cookie_that_was_planted_opens_nothing_and_a_new_one_takes_its_place() {
    let (region, mut guardian) = asked().await;
    let http = Http::new(&region.url);
    let planted = "trefpunt=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let stranger = Shown::to(&region, "", &["nl"]).await;
    for cookie in [
        planted,
        "trefpunt=",
        "trefpunt=x",
        "__Host-trefpunt=AAAA",
        "other=1",
    ] {
        let shown = Shown::to(&region, cookie, &["nl"]).await;
        assert_eq!(shown, stranger, "{cookie}");
        for route in routes().into_iter().filter(|route| route.acts) {
            let answer = http
                .send(
                    Method::POST,
                    &route.path,
                    &[FORM, ("cookie", cookie)],
                    Some(b"keuze=ja&token=x"),
                )
                .await;
            assert!(
                [303, 400, 403, 404].contains(&answer.status),
                "{cookie}: {}",
                answer.status
            );
        }
    }
    assert_eq!(
        stranger.0[&("/portal/verzoek".to_owned(), "nl")].location,
        "/portal",
        "to where a code is typed"
    );
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
        Some("/portal/pincode"),
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

// rule: G5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_hold_no_script_whatever_an_organisation_is_called_and_may_not_be_framed() {
    let (region, mut guardian) = asked().await;
    let page = guardian.enters().await;
    assert!(
        page.says("Mogen deze instanties overleggen"),
        "{}",
        page.heading()
    );
    guardian.presses(&page, "Ja, ik geef toestemming").await;
    // Everything about the child, which takes a log-in.
    let sql = "SET session_replication_role = replica; UPDATE portal_session SET assurance = 'oidc'";
    region
        .database
        .superuser()
        .await
        .batch_execute(sql)
        .await
        .unwrap();
    let shown = Shown::to(&region, guardian.cookie().unwrap(), &walk::LANGUAGES).await;
    let mut named = 0;
    for ((path, language), seen) in &shown.0 {
        if !seen.kind.starts_with("text/html") {
            continue;
        }
        let html = seen.text.to_lowercase();
        for runs in [
            "<script",
            "<iframe",
            "<object",
            "javascript:",
            " onload=",
            " onerror=",
            " style=",
        ] {
            assert!(!html.contains(runs), "{path} ({language}): {runs}");
        }
        named += usize::from(html.contains("&#60;script&#62;") || html.contains("&lt;script&gt;"));
    }
    assert!(named >= 12, "on {named} pages that organisation is named");
    let http = Http::new(&region.portal_url);
    for route in routes()
        .into_iter()
        .filter(|route| route.reads && !route.path.contains('{'))
    {
        let cookie = guardian.cookie().unwrap();
        let answer = http.get(&route.path, &[("cookie", cookie)]).await;
        assert_headers(&answer, &route.path);
    }
}

// rule: G6, G10
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

// rule: G2
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
