//! A network with a keyholder: partners that blind and partners that cannot yet, and a keyholder that is not what it
//! should be.

use std::sync::atomic::Ordering;

use client::{Error, Submitted};
use protocol::IdempotencyKey;
use protocol::problem::ProblemType;
use protocol::signal::TokenAssurance;
use tests::{Answer, Http, Method, Professional, Region, Sector, assert_sound, child, events, refusal};

const LIFTED: TokenAssurance = TokenAssurance {
    suite: 2,
    blinded_by_client: false,
};

const BLINDED: TokenAssurance = TokenAssurance {
    suite: 2,
    blinded_by_client: true,
};

/// One organisation of each level.
struct Both {
    region: Region,
    /// Its system makes keyed hashes alone.
    school: Professional,
    /// Its system blinds.
    help: Professional,
}

impl Both {
    async fn start() -> Self {
        let region = Region::with_keyholder().await;
        let school = region
            .professional_of_level_a("Basisschool Zonnewijzer", Sector::Education)
            .await;
        let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
        Self { region, school, help }
    }

    /// What is in the database, but for what the log keeps of a keyholder that lied, and the context that all tokens of ten
    /// minutes are sealed with.
    async fn rows(&self) -> Vec<(String, i64)> {
        let mut rows = self.region.rows().await;
        rows.retain(|(table, _)| !table.starts_with("audit.") && table != "public.lift_context");
        rows
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partners_of_both_levels_match_each_other_and_each_signal_tells_its_assurance() {
    let both = Both::start().await;
    // The one first, and the other first.
    for (place, order) in [(1, [&both.school, &both.help]), (2, [&both.help, &both.school])] {
        for professional in order {
            let signal = professional.signals(&child(place)).await;
            let lifted = std::ptr::eq(professional, &both.school);
            assert_eq!(signal.assurance, if lifted { LIFTED } else { BLINDED });
            assert_eq!(professional.partner.signal(signal.id).await.unwrap(), signal);
        }
        let match_id = both.school.is_told_of_a_match().await;
        assert_eq!(both.help.is_told_of_a_match().await, match_id);
    }
    let suites = "SELECT DISTINCT suite || '/' || oprf_epoch FROM subject_tag";
    assert_eq!(both.region.texts(suites).await, ["2/1"], "one space of tags");
    assert_sound(&both.region).await;

    // The gateway's evaluations are charged to the organisation on whose behalf it asks.
    let keyholder = both.region.keyholder.as_ref().unwrap();
    assert_eq!(keyholder.used_by(both.school.organisation).await, 2);
    assert_eq!(keyholder.used_by(both.help.organisation).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_registered_with_suite_2_is_never_downgraded() {
    let both = Both::start().await;
    let before = both.rows().await;
    both.region
        .casework
        .set_min_suite(both.school.organisation, 2)
        .await
        .unwrap();
    let signal = both.school.new_signal(&child(1), "2027-09-01");
    assert_eq!(
        refusal(both.school.partner.submit_signal(&signal, None).await),
        ProblemType::SuiteTooLow
    );
    assert_eq!(both.rows().await, before);
    let keyholder = both.region.keyholder.as_ref().unwrap();
    assert_eq!(
        keyholder.used_by(both.school.organisation).await,
        0,
        "nothing was evaluated for it"
    );
    both.region
        .casework
        .set_min_suite(both.help.organisation, 2)
        .await
        .unwrap();
    assert_eq!(both.help.signals(&child(1)).await.assurance, BLINDED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_keyholder_is_down_nothing_is_stored_and_the_same_key_serves_afterwards() {
    let mut both = Both::start().await;
    let before = both.rows().await;
    both.region.keyholder().goes_down().await;

    let key: IdempotencyKey = "school-2027-03-01-0001".parse().unwrap();
    let signal = both.school.new_signal(&child(1), "2027-09-01");
    let refused = both.school.partner.submit_signal(&signal, Some(&key)).await;
    let error = refused.unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::KeyholderUnavailable));
    assert_eq!(error.problem().unwrap().status, 503);
    let of_help = both.help.new_signal(&child(1), "2027-09-01");
    let error = both.help.partner.submit_signal(&of_help, None).await.unwrap_err();
    assert!(matches!(error, Error::Keyholder(_)), "{error:?}");
    assert_eq!(both.rows().await, before);

    both.region.keyholder().comes_up().await;
    let submitted = both.school.partner.submit_signal(&signal, Some(&key)).await;
    assert!(matches!(submitted, Ok(Submitted::New(_))), "{submitted:?}");
    both.help.signals(&child(1)).await;
    both.school.is_told_of_a_match().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyholder_that_does_not_answer_holds_nobody_up_for_long() {
    let mut both = Both::start().await;
    let before = both.rows().await;
    let silence = both.region.keyholder().falls_silent().await;
    let (region, school) = (&both.region, &both.school);
    let answer = submit(region, school, &school.signal_body(&child(1)), "school-0001").await;
    assert_eq!(
        (answer.status, answer.slug()),
        (503, "keyholder-unavailable".to_owned())
    );
    assert!(answer.header("retry-after").is_some());
    assert_eq!(both.rows().await, before);

    drop(silence);
    both.region.keyholder().comes_up().await;
    both.school.signals(&child(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyholder_that_lies_is_not_believed_and_the_log_says_so() {
    let mut both = Both::start().await;
    let before = both.rows().await;
    let accepted = events(&both.region).await;
    assert_eq!(
        accepted.get("keyholder.list_accepted"),
        Some(&1),
        "whom it believes"
    );
    both.region.keyholder().lies.store(true, Ordering::SeqCst);
    let signal = both.school.new_signal(&child(1), "2027-09-01");
    assert_eq!(
        refusal(both.school.partner.submit_signal(&signal, None).await),
        ProblemType::KeyholderUnavailable
    );
    assert_eq!(both.rows().await, before);
    assert_eq!(events(&both.region).await.get("keyholder.proof_failed"), Some(&1));

    both.region.keyholder().lies.store(false, Ordering::SeqCst);
    both.school.signals(&child(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_cannot_have_come_from_the_keyholder_are_refused() {
    let both = Both::start().await;
    let before = both.rows().await;
    let element = both
        .region
        .keyholder
        .as_ref()
        .unwrap()
        .operator
        .keys()
        .await
        .unwrap()[0]
        .public_key;
    let body = |oprf_epoch: &str, token: &str| {
        let right = both.help.signal_body(&child(1));
        let t = protocol::text::encode(child(1).token());
        right
            .replace("\"suite\":1", &format!("\"suite\":2,\"oprfEpoch\":{oprf_epoch}"))
            .replace(&t, token)
    };
    let (identity, non_canonical) = ("A".repeat(43), "_".repeat(42) + "8");
    for (body, slug) in [
        (body("1", &identity), "invalid-request"),
        (body("1", &non_canonical), "invalid-request"),
        (body("9", &element.to_string()), "unknown-key-epoch"),
        (body("0", &element.to_string()), "invalid-request"),
    ] {
        let answer = submit(&both.region, &both.help, &body, "help-0001").await;
        assert_eq!((answer.status, answer.slug()), (400, slug.to_owned()), "{body}");
    }
    assert_eq!(both.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_keyholder_suite_2_is_refused_and_the_service_says_which_suites_it_takes() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let http = Http::new(&region.url);
    let keys = http.get("/v1/key-epochs", &[]).await.json();
    assert_eq!(keys["suites"], serde_json::json!([1]));
    assert!(keys.get("oprfEpoch").is_none());

    let right = school.signal_body(&child(1));
    let t = protocol::text::encode(child(1).token());
    let mut generator = [0; 32];
    generator[0] = 1;
    let generator = identifiers::voprf::SecretKey::from_bytes(&generator).unwrap();
    let body = right
        .replace("\"suite\":1", "\"suite\":2,\"oprfEpoch\":1")
        .replace(&t, &generator.public_key().to_string());
    let answer = submit(&region, &school, &body, "school-0001").await;
    assert_eq!(
        (answer.status, answer.slug()),
        (400, "unknown-key-epoch".to_owned())
    );
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 0);

    drop(region);
    let region = Region::with_keyholder().await;
    let keys = Http::new(&region.url).get("/v1/key-epochs", &[]).await.json();
    assert_eq!(keys["suites"], serde_json::json!([1, 2]));
    assert_eq!(keys["oprfEpoch"], 1);
    let signed = serde_json::from_value(keys["keyEpochs"].clone()).unwrap();
    let pinned = region.keyholder.as_ref().unwrap().key();
    let list = protocol::key_epochs::KeyEpochs::verify(&signed, &pinned).unwrap();
    assert_eq!(list.live().0, 1);
}

/// Sends a body as it is.
async fn submit(region: &Region, professional: &Professional, body: &str, key: &str) -> Answer {
    let bearer = professional.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    Http::new(&region.url)
        .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
        .await
}
