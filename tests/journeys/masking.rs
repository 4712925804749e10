//! Organisations that stay "another organisation" until consent.

use protocol::consent::AgeBand;
use protocol::match_case::Match;
use protocol::problem::ProblemType;
use tests::{Guardian, Region, Sector, child, refusal};

fn other(seen: &Match) -> &protocol::match_case::Party {
    seen.parties.iter().find(|party| !party.you).unwrap()
}

fn assert_masked(seen: &Match) {
    let other = other(seen);
    assert_eq!(other.organisation, None);
    assert_eq!(other.contact, None);
    assert_eq!(other.sealing_key, None);
    assert_eq!(other.sealing_key_fingerprint, None);
    assert!(!other.contact_confirmed && !other.exchange_open && !other.lead && !other.lead_proposed);
}

// rule: E9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_on_consent_parties_do_not_know_each_other_until_the_family_agrees() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nreveal = \"on_consent\"").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    for party in [&school, &youth_help] {
        assert_masked(&party.sees(match_id).await);
        assert_masked(&party.matches().await[0]);
    }
    // Nobody can call, so consent may be asked without contact; the request names only who asks.
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    assert_eq!(request.parties, [school.organisation]);
    assert_eq!(
        youth_help.sees_request(match_id, request.id).await.parties,
        [youth_help.organisation]
    );
    assert_masked(&youth_help.sees(match_id).await);
    let mut letters = Guardian::of(&region, &request);
    let page = letters[0].enters().await;
    assert!(page.says("Jeugdhulp Anker") && page.says("Basisschool Zonnewijzer"));
    letters[0].presses(&page, "Ja, ik geef toestemming").await;
    let seen = school.sees(match_id).await;
    assert_eq!(
        other(&seen).organisation.as_ref().unwrap().name,
        "Jeugdhulp Anker"
    );
    assert_eq!(
        other(&seen).contact.as_ref().unwrap().reference.as_str(),
        youth_help.reference
    );
    letters[0].withdraws().await;
    assert_masked(&school.sees(match_id).await);
}

// rule: E9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sensitive_sector_is_masked_to_parties_and_to_guardians_of_a_young_person() {
    let lines = "notice_interval_minutes = 0\nsensitive_sectors = [\"health-care\"]";
    let region = Region::with_covenant(lines).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let addiction = region
        .professional("Verslavingszorg Kade", Sector::HealthCare)
        .await;
    school.signals(&child(1)).await;
    addiction.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    assert_masked(&school.sees(match_id).await);
    // The other way round it is no secret.
    let seen = addiction.sees(match_id).await;
    assert_eq!(other(&seen).organisation.as_ref().unwrap().name, school.name);

    // Who is masked cannot be proposed as lead, just as a stranger cannot; it may propose, and shows nothing by it.
    let stranger = region.professional("Sportclub", Sector::Education).await;
    for nobody in [addiction.organisation, stranger.organisation] {
        assert_eq!(
            refusal(school.proposes(match_id, nobody).await),
            ProblemType::InvalidRequest
        );
    }
    // Nor does the log's promise tell it whom the acceptance was told.
    addiction.proposes(match_id, school.organisation).await.unwrap();
    let answered = tests::Http::new(&region.url)
        .send(
            tests::Method::POST,
            &format!("/v1/matches/{match_id}/lead-answers"),
            &[
                ("authorization", school.bearer().await.as_str()),
                ("content-type", "application/json"),
                ("idempotency-key", "accepts-the-lead"),
            ],
            Some(br#"{"answer":"accepted"}"#),
        )
        .await;
    assert_eq!(answered.status, 201);
    let receipts = answered.headers.get_all("trefpunt-receipt").iter().count();
    assert_eq!(receipts, 1, "the school's own leaf: that it accepted");
    assert_masked(&school.sees(match_id).await);

    let request = school.asks_consent(match_id, AgeBand::From12To15, 1).await;
    let mut letters = Guardian::of(&region, &request);
    let page = letters[0].enters().await;
    assert!(page.says("Basisschool Zonnewijzer"));
    assert!(
        !page.says("Verslavingszorg") && page.says("ndere instantie"),
        "{}",
        page.html
    );
    let page = letters[1].enters().await;
    assert!(
        page.says("Verslavingszorg Kade"),
        "the young person knows where they go"
    );
    letters[0].agrees().await;
    letters[1].agrees().await;
    // Now it is shown, it can coordinate; with the consent that goes again, and nothing of it shows.
    addiction.leads(match_id, &school).await;
    assert_eq!(school.sees_lead(match_id).await, Some(addiction.organisation));
    assert_eq!(
        other(&school.sees(match_id).await)
            .organisation
            .as_ref()
            .unwrap()
            .name,
        "Verslavingszorg Kade"
    );
    letters[0].withdraws().await;
    let seen = school.sees(match_id).await;
    assert_masked(&seen);
    assert_eq!(school.sees_lead(match_id).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_two_covenants_the_stricter_one_holds() {
    let region = Region::start().await;
    region
        .apply_covenant(
            "Convenant Overdam",
            "notice_interval_minutes = 0\nreveal = \"on_consent\"",
        )
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region
        .professional_under("Convenant Overdam", "Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    assert_masked(&school.sees(match_id).await);
    assert_masked(&youth_help.sees(match_id).await);
}
