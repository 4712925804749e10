//! Who may come in changes with age and with authority. From that moment on nothing is shown to who may no longer, nothing can
//! be done by them, and their code and key are like any other that opens nothing.

use protocol::consent::{AgeBand, Signatory};
use tests::{Guardian, Http, Region, Settings, child, letter_with};

use super::walk::{Form, Shown};
use super::{asked_in, coming_back, entering};
use crate::assert_headers;

/// What somebody was shown, and could send, while they might.
struct Before {
    cookie: String,
    forms: Vec<Form>,
}

impl Before {
    async fn of(region: &Region, who: &Guardian) -> Self {
        let cookie = who.cookie().unwrap().to_owned();
        let shown = Shown::to(region, &cookie, &["nl"]).await;
        let forms: Vec<Form> = shown.forms().into_iter().collect();
        assert!(
            forms.iter().any(|form| form.action == "/portal/afsluiten"),
            "{forms:?}"
        );
        Self { cookie, forms }
    }

    /// Every address answers as it does to strangers or with the page for who may no longer; no form does anything; the key
    /// with its PIN and a code are answered as any other.
    async fn is_not_entitled(&self, region: &Region, who: &Guardian, names: &[&str], when: &str) {
        let stranger = Shown::to(region, "", &["nl"]).await;
        let shown = Shown::to(region, &self.cookie, &["nl"]).await;
        shown.assert_silent_about(names, when);
        let mut refused = 0;
        for (key, seen) in &shown.0 {
            if seen.status == 403 {
                assert!(seen.text.contains("<h1>"), "{when}: {key:?}");
                refused += 1;
            } else {
                assert_eq!(Some(seen), stranger.0.get(key), "{when}: {key:?}");
            }
        }
        assert!(refused >= 2, "{when}: which pages say so?");
        let before = region.rows().await;
        for form in self
            .forms
            .iter()
            .filter(|form| form.action != "/portal/afsluiten")
        {
            let answer = form.send(region, &self.cookie).await;
            assert!(
                [303, 400, 403].contains(&answer.status),
                "{when}: {form:?}: {}",
                answer.status
            );
            assert!(!answer.text().contains(names[0]), "{when}: {form:?}");
        }
        assert_eq!(region.rows().await, before, "{when}");
        let right = coming_back(region, who.key.as_deref().unwrap(), tests::PIN).await;
        let wrong = coming_back(region, "ZZZZ-ZZZZ-ZZZZ-ZZZZ", tests::PIN).await;
        assert_eq!((right.status, &right.body), (wrong.status, &wrong.body), "{when}");
        let code = entering(region, &who.code).await;
        let unknown = entering(region, "ZZZZ-ZZZZ-ZZZZ-ZZZZ").await;
        assert_eq!(
            (code.status, &code.body),
            (unknown.status, &unknown.body),
            "{when}"
        );
        for answer in [right, code] {
            assert!(answer.header("set-cookie").is_none(), "{when}");
            assert_headers(&answer, when);
        }
    }

    async fn is_entitled(&self, region: &Region, name: &str) {
        let shown = Shown::to(region, &self.cookie, &["nl"]).await;
        assert!(!shown.that_say(name).is_empty());
    }
}

/// A region that begins on this day.
async fn from(beginning: &str) -> Region {
    Region::with(Settings {
        beginning: format!("{beginning}T09:00:00+01:00").parse().unwrap(),
        ..Settings::default()
    })
    .await
}

const SCHOOL: &str = "Basisschool Zonnewijzer";

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_sixteenth_birthday_guardians_who_were_asked_are_no_longer() {
    let region = from("2027-06-01").await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::From12To15, 2, Some("2027-06-10")).await;
    let [agreed, waits, young] = &mut letters[..] else {
        panic!("two guardians and the young person")
    };
    agreed.agrees().await;
    waits.enters().await;
    young.enters().await;
    let (of_agreed, of_waits) = (
        Before::of(&region, agreed).await,
        Before::of(&region, waits).await,
    );
    region.at("2027-06-09T23:59:30+02:00").await;
    of_agreed.is_entitled(&region, SCHOOL).await;
    of_waits.is_entitled(&region, SCHOOL).await;
    region.at("2027-06-10T00:00:00+02:00").await;
    of_agreed
        .is_not_entitled(&region, agreed, &[SCHOOL], "who had agreed")
        .await;
    of_waits
        .is_not_entitled(&region, waits, &[SCHOOL], "who had not decided")
        .await;
    let page = young.visits("/portal/verzoek").await;
    assert!(page.says("Wat kies je?"), "{}", page.heading());
    region.log_holds().await;
}

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_sixteenth_birthday_a_consent_that_guardians_gave_is_out_of_their_reach() {
    let region = from("2027-06-01").await;
    let (_, _, mut letters) =
        super::asked_about(&region, "2034-08", AgeBand::From12To15, 1, Some("2027-08-15")).await;
    for letter in &mut letters {
        letter.agrees().await;
    }
    // Real time ends a session after two hours; the clock of the region is what moves here.
    let guardian = Before::of(&region, &letters[0]).await;
    region.at("2027-08-14T23:59:30+02:00").await;
    guardian.is_entitled(&region, SCHOOL).await;
    region.at("2027-08-15T00:00:00+02:00").await;
    guardian
        .is_not_entitled(&region, &letters[0], &[SCHOOL], "a stated birthday")
        .await;
}

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sixteenth_birthday_that_nobody_stated_is_over_with_its_month() {
    let region = from("2027-06-01").await;
    let (_, _, mut letters) = super::asked_about(&region, "2034-07", AgeBand::From12To15, 1, None).await;
    for letter in &mut letters {
        letter.agrees().await;
    }
    let guardian = Before::of(&region, &letters[0]).await;
    region.at("2027-06-30T23:59:30+02:00").await;
    guardian.is_entitled(&region, SCHOOL).await;
    region.at("2027-08-01T00:00:00+02:00").await;
    guardian
        .is_not_entitled(&region, &letters[0], &[SCHOOL], "nobody stated it")
        .await;
    let page = letters[1].visits("/portal/verzoek").await;
    assert!(page.says(SCHOOL), "{}", page.heading());
}

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_letter_of_a_signal_ends_for_a_guardian_on_the_sixteenth_birthday_also_on_a_leap_day() {
    for (beginning, birthday, last) in [
        ("2027-06-01", "2027-06-10", "2027-06-09T23:59:30+02:00"),
        // Born on 29 February: on that day where there is one, else on the day after the 28th.
        ("2028-02-21", "2028-02-29", "2028-02-28T23:59:30+01:00"),
        ("2027-02-22", "2027-03-01", "2027-02-28T23:59:30+01:00"),
    ] {
        let region = from(beginning).await;
        let school = region.professional(SCHOOL, tests::Sector::Education).await;
        let signal = school.signals_until(&child(1), "2028-12-01").await.id;
        let letter = school
            .tries_to_make_letter(signal, Signatory::Guardian, Some(birthday))
            .await
            .unwrap();
        let mut guardian = Guardian::with_code(&region, letter.code.expose());
        guardian.enters().await;
        let before = Before::of(&region, &guardian).await;
        region.at(last).await;
        before.is_entitled(&region, SCHOOL).await;
        region
            .at(&format!("{birthday}T00:00:00{}", &last[last.len() - 6..]))
            .await;
        before
            .is_not_entitled(&region, &guardian, &[SCHOOL], birthday)
            .await;
    }
}

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_twelfth_birthday_that_is_a_leap_day_the_young_person_is_asked_from_its_first_minute() {
    let region = from("2028-02-21").await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 1, Some("2028-02-29")).await;
    region.at("2028-02-28T23:59:30+01:00").await;
    let too_early = entering(&region, &letters[1].code).await;
    let unknown = entering(&region, "ZZZZ-ZZZZ-ZZZZ-ZZZZ").await;
    assert_eq!((too_early.status, too_early.body), (unknown.status, unknown.body));
    region.at("2028-02-29T00:00:00+01:00").await;
    let page = letters[1].enters().await;
    assert!(page.says("Wat kies je?"), "{}", page.heading());
    letters[0].enters().await;
    let http = Http::new(&region.url);
    let answer = http
        .get("/portal/verzoek", &[("cookie", letters[0].cookie().unwrap())])
        .await;
    assert_eq!(
        answer.status, 200,
        "the guardian is asked too, until the child is 16"
    );
}

// rule: G8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_authority_is_out_at_once_when_the_municipality_says_so() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 2, None).await;
    let [lost, stays] = &mut letters[..] else {
        panic!("two guardians")
    };
    lost.agrees().await;
    stays.enters().await;
    let before = Before::of(&region, lost).await;
    let other = Before::of(&region, stays).await;
    region
        .municipality()
        .revokes(&letter_with(lost.key.as_deref().unwrap()))
        .await
        .unwrap();
    before.is_not_entitled(&region, lost, &[SCHOOL], "revoked").await;
    other.is_entitled(&region, SCHOOL).await;

    // A new letter in place of one that was lost: the old one opens nothing, a session of it nothing either.
    let replaced = region
        .municipality()
        .replaces(&letter_with(stays.key.as_deref().unwrap()))
        .await
        .unwrap();
    other.is_not_entitled(&region, stays, &[SCHOOL], "replaced").await;
    let mut again = Guardian::with_code(&region, replaced.code.expose());
    let page = again.enters().await;
    assert!(page.says(SCHOOL), "{}", page.heading());
    region.log_holds().await;
}
