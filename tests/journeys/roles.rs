//! For whom a program acts decides what it may do, and an organisation's kind decides for whom it may act.

use std::collections::BTreeSet;

use casework::{NewParty, RegisterError};
use domain::actor::{OrganisationKind, Role};
use ed25519_dalek::SigningKey;
use serde_json::Value;
use tests::{Export, Http, MUNICIPALITY, Professional, Region, Sector, child};

const COVENANT: &str = "Convenant Testland";

/// The scopes of a token, as the token says.
fn scopes(bearer: &str) -> BTreeSet<String> {
    use base64::Engine as _;
    let claims = bearer.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["scope"]
        .as_str()
        .unwrap()
        .split(' ')
        .map(str::to_owned)
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A further program of a professional's organisation, in these roles.
async fn program(
    region: &Region,
    who: &Professional,
    roles: &[Role],
) -> Result<tests::Program, RegisterError> {
    tests::Program::register(region, who.organisation, roles).await
}

// rule: E2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_has_the_scopes_of_the_programs_roles() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let supervisor = region.supervisor().await;
    assert_eq!(
        scopes(&school.bearer().await),
        set(&["signal", "exchange", "lead", "coordinate"])
    );
    assert_eq!(
        scopes(&region.municipality().bearer().await),
        set(&["follow-up", "municipality"])
    );
    assert_eq!(scopes(&supervisor.access_token().await), set(&["supervise"]));

    let desk = program(&region, &school, &[Role::Coordinator]).await.unwrap();
    assert_eq!(scopes(&desk.bearer(None).await.unwrap()), set(&["coordinate"]));
    // What is not the program's is not given.
    assert_eq!(desk.bearer(Some("signal")).await.unwrap_err(), "invalid_scope");
    assert_eq!(
        desk.bearer(Some("coordinate signal")).await.unwrap_err(),
        "invalid_scope"
    );
}

// rule: E2, E10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_professional_without_the_role_may_not_and_neither_may_another_kind_of_organisation() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&child(1)).await;
    let desk = program(&region, &school, &[Role::Coordinator]).await.unwrap();
    let supervisor = region.supervisor().await;
    let http = Http::new(&region.url);
    let callers = [
        desk.bearer(None).await.unwrap(),
        region.municipality().bearer().await,
        format!("Bearer {}", *supervisor.access_token().await),
    ];
    for bearer in &callers {
        for path in [
            "/v1/signals".to_owned(),
            format!("/v1/signals/{}", signal.id),
            "/v1/matches".to_owned(),
            "/v1/notices".to_owned(),
            "/v1/covenant".to_owned(),
        ] {
            let answer = http.get(&path, &[("authorization", bearer)]).await;
            assert_eq!(
                (answer.status, answer.slug().as_str()),
                (403, "insufficient-scope"),
                "{path}"
            );
        }
    }
    let exports = async || {
        let bearer = school.bearer().await;
        for path in ["/v1/alerts", "/v1/audit/exports/AAAAAAAAAAAAAAAAAAAAAA/bundle"] {
            let answer = http.get(path, &[("authorization", &bearer)]).await;
            assert_eq!(
                (answer.status, answer.slug().as_str()),
                (403, "insufficient-scope"),
                "{path}"
            );
        }
    };
    exports().await;
    exports().await;

    // The supervisor finds it in the log: each program once for each role it has not, however often it tried.
    let denied = |export: &Export| -> Vec<(Value, String, String)> {
        let mut denied: Vec<_> = export
            .of("access.denied")
            .map(|leaf| {
                assert_eq!(leaf["until"], "2027-03-01T09:00:00Z");
                let opening = export.openings.iter().find(|opening| opening["id"] == leaf["id"]);
                let opened: Value = serde_json::from_str(opening.unwrap()["data"].as_str().unwrap()).unwrap();
                let word = |name: &str| opened[name].as_str().unwrap().to_owned();
                (leaf["org"].clone(), word("client"), word("role"))
            })
            .collect();
        denied.sort_by_key(|(_, client, role)| (role.clone(), client.clone()));
        denied
    };
    let export = supervisor.verifies().await;
    let found = denied(&export);
    let roles: Vec<&str> = found.iter().map(|(_, _, role)| role.as_str()).collect();
    assert_eq!(
        roles,
        ["professional", "professional", "professional", "supervisor"]
    );
    assert_eq!(found[3].0, school.organisation.to_string());
    assert_eq!(found[3].1, school.client_id.to_string());

    // In the next hour it is said again.
    region.at("2027-03-01T10:00:00+01:00").await;
    exports().await;
    region.quiet().await;
    assert_eq!(tests::events(&region).await["access.denied"], 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_has_the_roles_of_its_kind_and_a_municipality_one_name() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let refused = program(&region, &school, &[Role::Professional, Role::Supervisor]).await;
    assert!(matches!(refused, Err(RegisterError::NotItsRole(_))));

    let party = |name: &str, kind, sector, roles: &[Role]| NewParty {
        covenant: COVENANT.to_owned(),
        name: name.to_owned(),
        kind,
        sector,
        roles: roles.iter().copied().collect(),
        sealing_key: None,
        client_key: SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes().into(),
    };
    let tries = async |party| region.casework.register(party).await.unwrap_err();
    let municipality = OrganisationKind::Municipality;
    let wrong = party("gemeente Overdam", municipality, Some(Sector::Education), &[]);
    assert!(matches!(tries(wrong).await, RegisterError::SectorOfPartner));
    let wrong = party("Basisschool De Wilg", OrganisationKind::Partner, None, &[]);
    assert!(matches!(tries(wrong).await, RegisterError::SectorOfPartner));
    let wrong = party("gemeente Overdam", municipality, None, &[Role::Lead]);
    assert!(matches!(tries(wrong).await, RegisterError::NotItsRole(_)));
    // Covenants name municipalities, so there is one of a name, whatever covenant it stands under.
    region.apply_covenant("Convenant Overdam", "").await;
    let wrong = NewParty {
        covenant: "Convenant Overdam".to_owned(),
        ..party(MUNICIPALITY, municipality, None, &[])
    };
    assert!(matches!(tries(wrong).await, RegisterError::NameTaken));
    assert_eq!(region.count("SELECT count(*) FROM organisation").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delegation_is_between_partners_and_registered_once() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (a, b) = (school.organisation, help.organisation);
    let casework = &region.casework;
    assert!(casework.delegate(a, b, true).await.unwrap());
    assert!(!casework.delegate(a, b, true).await.unwrap());
    for (principal, delegate) in [
        (a, a),
        (a, region.municipality().organisation),
        (region.municipality().organisation, a),
    ] {
        let refused = casework.delegate(principal, delegate, true).await;
        assert!(matches!(refused, Err(RegisterError::NoDelegation)));
    }
    assert!(casework.delegate(a, b, false).await.unwrap());
    assert!(!casework.delegate(a, b, false).await.unwrap());
    let supervisor = region.supervisor().await;
    let export = supervisor.verifies().await;
    let told: Vec<_> = export
        .of("organisation.delegated")
        .map(|leaf| (leaf["from"].clone(), leaf["to"].clone()))
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].1.as_str(), told[1].0.as_str()),
        (Some("delegated"), Some("delegated"))
    );
}
