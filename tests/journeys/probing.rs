//! Who has numbers evaluated that it made up, to learn which of them are children that somebody is worried about: it
//! learns that of none, is stopped, and shows (the second half of the eighth scenario, scaled).

use std::collections::BTreeSet;
use std::io::Cursor;

use keyholder::Quota;
use tests::{Answer, Export, Http, Method, Professional, Region, RegionKeyholder, Sector, child, eventually};

/// What the prober may have evaluated in a day, and each of its professionals.
const QUOTA: Quota = Quota {
    organisation_daily: 300,
    professional_daily: 200,
};

/// A region in which matches show at the quarter, with a school that gave five signals.
async fn region() -> (Region, Professional) {
    let region = Region::with_keyholder().await;
    region
        .apply_covenant(tests::COVENANT, "notice_interval_minutes = 15")
        .await;
    region.at("2027-12-01T10:01:00+01:00").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    for number in [50, 150, 250, 350, 450] {
        school.signals_until(&child(number), "2028-03-01").await;
    }
    (region, school)
}

async fn with_quota(keyholder: &RegionKeyholder, prober: &Professional) {
    let quotas = keyholder.operator.set_quota(prober.organisation, Some(QUOTA));
    quotas.await.unwrap();
}

/// What an answer is, but for the numbers in it that look random whatever was asked, and its time.
fn looks(answer: &Answer) -> (u16, String, usize) {
    let mut body = answer.json();
    let members = body.as_object_mut().unwrap();
    for random in ["id", "submittedAt", "instance", "elements", "proof"] {
        if let Some(member) = members.get_mut(random) {
            *member = "some".into();
        }
    }
    let of_one_time = members.contains_key("submittedAt");
    (
        answer.status,
        body.to_string(),
        if of_one_time { 0 } else { answer.body.len() },
    )
}

/// What the keyholder's log, taken home and verified, says of quotas that were used up.
async fn exhausted(keyholder: &RegionKeyholder) -> Export {
    let operator = &keyholder.operator;
    eventually("the keyholder's log says so", async || {
        let bundle = operator.export_log(Cursor::new(Vec::new())).await.unwrap();
        let export = Export::read(bundle.into_inner(), &operator.log_policy(), None);
        (export.of("evaluation.quota_exhausted").count() > 0).then_some(export)
    })
    .await
}

// rule: C4, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_blinds_a_list_of_invented_numbers_is_stopped_for_the_day_and_confirmed_no_child() {
    let (region, school) = region().await;
    let keyholder = region.keyholder.as_ref().unwrap();
    let prober = region
        .professional("Verslavingszorg Kade", Sector::HealthCare)
        .await;
    with_quota(keyholder, &prober).await;
    let before = region.rows().await;

    // Two hundred as one professional, and then another is made up, and another: what the organisation may is over.
    let probe =
        async |professional, from: u32| prober.probes(keyholder, professional, from..from + 100).await;
    let answered = [probe(1, 0).await, probe(1, 100).await];
    let refused_one = probe(1, 200).await;
    let third = probe(2, 200).await;
    let refused: Vec<Answer> = [probe(2, 300).await, probe(3, 400).await, probe(4, 500).await].into();
    assert_eq!(refused_one.status, 429);

    // In each of the first five hundreds there is one child that the school signalled, in the last there is none: it makes
    // no difference.
    let alike: BTreeSet<_> = answered.iter().chain([&third]).map(looks).collect();
    assert_eq!(alike.len(), 1, "{alike:?}");
    assert_eq!(alike.first().unwrap().0, 200);
    let alike: BTreeSet<_> = refused.iter().chain([&refused_one]).map(looks).collect();
    assert_eq!(alike.len(), 1, "{alike:?}");
    for answer in refused.iter().chain([&refused_one]) {
        assert_eq!(answer.slug(), "quota-exhausted");
        let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        // From 09:01 UTC, or a little after, to midnight UTC.
        assert!((14 * 3600..=14 * 3600 + 3540).contains(&wait), "{wait}");
    }
    // An evaluated number says something only where tags are, and of those the region has the key. Nothing reached it.
    assert_eq!(region.rows().await, before);
    region.at("2027-12-01T10:15:00+01:00").await;
    assert!(prober.inbox().await.is_empty() && prober.matches().await.is_empty());

    // It shows: in what is monitored, to the operator, and in the log.
    let metrics = keyholder.metrics().await;
    for line in [
        r#"keyholder_quota_exhausted_today{quota="organisation"} 1"#,
        r#"keyholder_quota_exhausted_today{quota="professional"} 1"#,
        r#"keyholder_refusals_total{problem="quota-exhausted"} 4"#,
        // The school's five, and the prober's three hundred.
        "keyholder_quota_elements_today 305",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
    let used = keyholder.operator.quotas().await.unwrap().used;
    let of_prober = used.iter().find(|used| used.organisation == prober.organisation);
    assert_eq!(
        of_prober.map(|used| (used.elements, used.exhausted)),
        Some((300, true))
    );
    let export = exhausted(keyholder).await;
    export.insist();
    // The first refusal of each quota, however often it is tried.
    assert_eq!(export.of("evaluation.quota_exhausted").count(), 2);

    // Nobody else is kept from anything, and the prober is again on the next day of UTC.
    school.signals_until(&child(600), "2028-03-01").await;
    region.at("2027-12-02T00:59:50+01:00").await;
    assert_eq!(probe(1, 0).await.status, 429);
    region.at("2027-12-02T01:00:00+01:00").await;
    assert_eq!(probe(1, 0).await.status, 200);
}

// rule: C4, P1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_has_the_service_evaluate_for_it_is_stopped_the_same_way_and_leaves_nothing() {
    let (region, school) = region().await;
    let keyholder = region.keyholder.as_ref().unwrap();
    let prober = region
        .professional_of_level_a("Verslavingszorg Kade", Sector::HealthCare)
        .await;
    let quota = Quota {
        organisation_daily: 10,
        professional_daily: 10,
    };
    let set = keyholder.operator.set_quota(prober.organisation, Some(quota));
    set.await.unwrap();
    let (http, bearer) = (Http::new(&region.url), prober.bearer().await);
    let post = async |number: u32| {
        let body = prober
            .signal_body(&child(number))
            .replace("2027-09-01", "2028-03-01");
        let key = format!("invented-{number:06}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await
    };

    let mut taken = BTreeSet::new();
    for number in 1000..1010 {
        taken.insert(looks(&post(number).await));
    }
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken.first().unwrap().0, 201);
    let before = region.rows().await;
    // Now children that the school signalled, and others.
    let mut refused = BTreeSet::new();
    for number in [50, 1010, 150, 1011, 250, 1012, 350, 1013, 450, 1014] {
        let answer = post(number).await;
        assert_eq!(answer.slug(), "quota-exhausted");
        assert!(answer.header("retry-after").is_some());
        refused.insert(looks(&answer));
    }
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused.first().unwrap().0, 429);
    assert_eq!(region.rows().await, before, "nothing of these is stored");

    region.at("2027-12-01T10:15:00+01:00").await;
    for party in [&prober, &school] {
        assert!(party.inbox().await.is_empty() && party.matches().await.is_empty());
    }
    assert_eq!(
        exhausted(keyholder)
            .await
            .of("evaluation.quota_exhausted")
            .count(),
        2,
        "the organisation's quota and the professional's"
    );
}
