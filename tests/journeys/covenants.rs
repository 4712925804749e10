//! What a region agreed, when it counts from, and who answers for it.

use protocol::problem::ProblemType;
use protocol::signal::Signal;
use tests::{Http, Method, Professional, Region, Sector, Settings, child, refusal};

async fn school(region: &Region) -> Professional {
    region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await
}

async fn gives(who: &Professional, number: u32, until: &str) -> Result<Signal, client::Error> {
    let submitted = who
        .partner
        .submit_signal(&who.new_signal(&child(number), until), None)
        .await?;
    Ok(submitted.signal().clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_count_from_when_they_are_applied_and_what_is_on_record_stays() {
    let region = Region::start().await;
    let school = school(&region).await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let long = gives(&school, 1, "2029-02-28").await.unwrap().id;
    let before = school.partner.signal(long).await.unwrap();
    help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    let deadline = school.sees(match_id).await.contact_deadline;
    assert!(deadline.is_some());

    region.at("2027-03-02T10:00:00+01:00").await;
    region
        .apply_covenant(
            "Convenant Testland",
            "notice_interval_minutes = 0\nsignal_max_days = 90\ndisclosure_deadline_days = 1\ncontact_deadline_working_days = 1\n\
             may_signal = [\"education\"]\nreveal = \"on_consent\"",
        )
        .await;
    // What was computed under the settings of its time stays.
    assert_eq!(school.partner.signal(long).await.unwrap(), before);
    let seen = school.sees(match_id).await;
    assert_eq!(seen.contact_deadline, deadline);
    // What is decided at the moment of looking is decided by what is in force.
    assert!(
        seen.parties
            .iter()
            .all(|party| party.you || party.organisation.is_none())
    );
    // What is given from now on follows the new ones.
    assert_eq!(
        refusal(gives(&school, 2, "2027-12-31").await),
        ProblemType::InvalidRequest
    );
    assert_eq!(
        refusal(gives(&help, 2, "2027-04-30").await),
        ProblemType::InvalidRequest
    );
    gives(&school, 2, "2027-04-30").await.unwrap();

    // Each version is kept, with the time from which it counted; applying what is in force changes nothing.
    let again = region.casework.covenants().await.unwrap()[0].settings.clone();
    assert_eq!(region.casework.apply_covenant(&again).await.unwrap(), 2);
    let versions = region
        .casework
        .covenant_versions("Convenant Testland")
        .await
        .unwrap();
    assert_eq!(versions.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 2]);
    assert!(versions[0].settings.contains("signal_max_days = 730"));
    assert!(versions[1].settings.contains("signal_max_days = 90"));
    assert!(versions[0].applied_at < versions[1].applied_at);

    // The supervisor reads both, as text, in what it takes home.
    let supervisor = region.supervisor().await;
    let export = supervisor.verifies().await;
    let mut told = Vec::new();
    for leaf in export.of("covenant.changed") {
        let opening = export
            .openings
            .iter()
            .find(|opening| opening["id"] == leaf["id"])
            .unwrap();
        let data: serde_json::Value = serde_json::from_str(opening["data"].as_str().unwrap()).unwrap();
        told.push(data["settings"].as_str().unwrap().to_owned());
    }
    let kept: Vec<String> = versions.into_iter().map(|row| row.settings).collect();
    assert_eq!(told, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_reads_its_own_covenant() {
    let region = Region::start().await;
    region
        .apply_covenant(
            "Convenant Overdam",
            "legal_mode = \"consent_first\"\nconsent_days = 30\nmay_lead = [\"youth-help\"]\n\
             sensitive_sectors = [\"police-and-justice\"]\npseudonym_scheme = \"oblivious\"",
        )
        .await;
    let here = school(&region).await.partner.covenant().await.unwrap();
    assert_eq!(here.name, "Convenant Testland");
    assert_eq!(here.municipality, "gemeente Voorbeeldstad");
    assert_eq!((here.version, here.min_suite, here.consent_days), (1, 1, 365));
    assert_eq!((here.may_signal.len(), here.may_lead.len()), (8, 8));
    let codes: Vec<&str> = here.grounds.iter().map(|ground| ground.code.as_str()).collect();
    assert_eq!(codes, ["development-at-risk", "school-absence"]);

    let there = region
        .professional_under("Convenant Overdam", "Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    let there = there.partner.covenant().await.unwrap();
    assert_eq!(there.legal_mode, protocol::covenant::LegalMode::ConsentFirst);
    assert_eq!(there.may_lead, [protocol::match_case::Sector::YouthHelp]);
    assert_eq!(there.sensitive_sectors.len(), 1);
    assert_eq!((there.min_suite, there.consent_days), (2, 30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_higher_of_what_covenant_and_operator_ask_of_tokens_holds() {
    let region = Region::with_covenant("pseudonym_scheme = \"oblivious\"").await;
    let school = school(&region).await;
    let http = Http::new(&region.url);
    let gives = async |key: &str| {
        let bearer = school.bearer().await;
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        let body = school.signal_body(&child(1));
        http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
            .await
    };
    // The covenant asks for suite 2, and this is suite 1.
    let refused = gives("first-attempt").await;
    assert_eq!((refused.status, refused.slug().as_str()), (400, "suite-too-low"));
    region.apply_covenant("Convenant Testland", "").await;
    region
        .casework
        .set_min_suite(school.organisation, 2)
        .await
        .unwrap();
    assert_eq!(gives("second-attempt").await.slug(), "suite-too-low");
    region
        .casework
        .set_min_suite(school.organisation, 1)
        .await
        .unwrap();
    assert_eq!(gives("third-attempt").await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_covenants_municipality_and_officer_are_found_by_name_once_they_are_registered() {
    let region = Region::start().await;
    let offices = async |name: &str| {
        let rows = region.casework.covenants().await.unwrap();
        rows.into_iter().find(|row| row.name == name).unwrap().offices
    };
    let of_region = offices("Convenant Testland").await;
    assert!(of_region.municipality.is_some());
    // The officer is the municipality's when no other is named.
    assert_eq!(of_region.follow_up_officer, of_region.municipality);

    region
        .apply_covenant("Convenant Overdam", "follow_up_officer = \"gemeente Overdam\"")
        .await;
    let before = offices("Convenant Overdam").await;
    assert_eq!(before.municipality, of_region.municipality);
    assert_eq!(before.follow_up_officer, None);
    region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    let after = offices("Convenant Overdam").await;
    assert_eq!(after.municipality, of_region.municipality);
    assert!(after.follow_up_officer.is_some());
    assert_ne!(after.follow_up_officer, after.municipality);
    // A partner of that name is no municipality.
    region
        .apply_covenant("Convenant Randstad", "follow_up_officer = \"Jeugdhulp Anker\"")
        .await;
    region
        .professional_under("Convenant Randstad", "Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    assert_eq!(offices("Convenant Randstad").await.follow_up_officer, None);
    assert_eq!(offices("Convenant Testland").await, of_region);
}

/// The fifth of May 2027 is a Wednesday, and Ascension Day is the sixth: signals meet on Monday the third, and contact is
/// to be made in two working days.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn liberation_day_is_off_as_the_covenants_agree_and_the_shorter_deadline_holds() {
    let start = async |lines: &str| {
        Region::with(Settings {
            covenant: format!("contact_deadline_working_days = 2\nnotice_interval_minutes = 0\n{lines}"),
            beginning: "2027-05-03T09:00:00+02:00".parse().unwrap(),
            ..Settings::default()
        })
        .await
    };
    let lustrum = "liberation_day = \"lustrum\"";
    for (here, there, deadline) in [
        ("", "", "2027-05-07T22:00:00Z"),
        (lustrum, lustrum, "2027-05-05T22:00:00Z"),
        ("", lustrum, "2027-05-05T22:00:00Z"),
    ] {
        let region = start(here).await;
        region
            .apply_covenant(
                "Convenant Overdam",
                &format!("contact_deadline_working_days = 2\nnotice_interval_minutes = 0\n{there}"),
            )
            .await;
        let school = school(&region).await;
        let help = region
            .professional_under("Convenant Overdam", "Jeugdhulp Anker", Sector::YouthHelp)
            .await;
        school.signals(&child(1)).await;
        help.signals(&child(1)).await;
        let match_id = school.is_told_of_a_match().await;
        let seen = school.sees(match_id).await.contact_deadline.unwrap();
        assert_eq!(seen, deadline.parse().unwrap(), "{here:?} and {there:?}");
    }
}
