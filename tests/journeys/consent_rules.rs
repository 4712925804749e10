//! Whom a consent covers, what stands beside what, and what the database itself keeps from whom.

use protocol::consent::{AgeBand, ConsentState};
use protocol::problem::ProblemType;
use tests::{Guardian, Sector, assert_sound, refusal};

use crate::Met;

/// A third organisation joins, and everybody confirms contact with it.
async fn school_joins(met: &Met) -> tests::Professional {
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    assert_eq!(school.is_told_of_a_match().await, met.match_id);
    for party in [&met.childcare, &met.health, &school] {
        party.confirms_contact(met.match_id).await;
    }
    school
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unanswered_request_for_more_parties_leaves_unread_messages_of_the_smaller_consent() {
    let met = Met::start().await;
    let (earlier, _) = met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Nog niet gelezen.")
        .await;
    let school = school_joins(&met).await;
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    // Nobody answers: the letters run out.
    met.region.at("2027-03-30T10:00:00+02:00").await;
    met.region.casework.retire_once().await.unwrap();
    assert_eq!(
        school.sees_request(met.match_id, larger.id).await.state,
        ConsentState::Expired
    );
    assert_eq!(
        met.health.sees_request(met.match_id, earlier.id).await.state,
        ConsentState::Given
    );
    assert_eq!(met.health.reads(met.match_id, message).await, "Nog niet gelezen.");
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_under_a_larger_consent_is_what_was_sealed_under_those_it_replaced_too() {
    let met = Met::start().await;
    let (earlier, _) = met.open().await;
    met.childcare
        .writes(met.match_id, &met.health, "Onder de eerste.")
        .await;
    let school = school_joins(&met).await;
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    let mut letter = Guardian::of(&met.region, &larger).remove(0);
    letter.agrees().await;
    assert_eq!(
        met.health.sees_request(met.match_id, earlier.id).await.state,
        ConsentState::Replaced
    );
    met.childcare
        .writes(met.match_id, &school, "Onder de tweede.")
        .await;
    letter.withdraws().await;
    let left = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(met.region.count(left).await, 0);
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_learns_that_the_family_is_asked_and_nothing_else_of_what_was_asked_before() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let school = school_joins(&met).await;
    let all = protocol::page::PageQuery {
        limit: 10,
        cursor: None,
    };
    let seen = school.partner.consent_requests(met.match_id, &all).await.unwrap();
    assert!(seen.items.is_empty());
    let by_id = school.partner.consent_request(met.match_id, request.id).await;
    assert_eq!(refusal(by_id), ProblemType::NotFound);
    let asks = async || {
        school
            .tries_to_ask_consent(met.match_id, AgeBand::Under12, 1, None)
            .await
    };
    assert_eq!(refusal(asks().await), ProblemType::ConsentRequestPending);
    letters[0].refuses().await;
    // The family is left in peace by the newcomer too.
    assert_eq!(refusal(asks().await), ProblemType::ConsentCoolingDown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_shows_an_organisation_only_what_covers_it_and_no_signatory() {
    let met = Met::start().await;
    met.open().await;
    let school = school_joins(&met).await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].agrees().await;
    let outsider = met
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    let client = met.region.database.superuser().await;
    let visible = async |name: &str, what: &str| -> i64 {
        let sql = format!(
            "BEGIN; SET LOCAL ROLE tp_party;
             SELECT set_config('app.organisation',
                               (SELECT id::text FROM pg_temp.names WHERE name = '{name}'), true),
                    set_config('app.now', (now() + interval '10 years')::text, true)"
        );
        client.batch_execute(&sql).await.unwrap();
        let row = client.query_one(what, &[]).await.unwrap();
        client.batch_execute("ROLLBACK").await.unwrap();
        row.get(0)
    };
    client
        .batch_execute(
            "CREATE TEMP TABLE names AS SELECT id, name FROM organisation; GRANT SELECT ON names TO tp_party",
        )
        .await
        .unwrap();
    for (who, consents, parties) in [
        // The first consent names two, the second three.
        (&met.childcare, 2, 5),
        (&met.health, 2, 5),
        (&school, 1, 3),
        (&outsider, 0, 0),
    ] {
        let name = &who.name;
        assert_eq!(
            visible(name, "SELECT count(*) FROM consent").await,
            consents,
            "{name}"
        );
        assert_eq!(
            visible(name, "SELECT count(*) FROM consent_party").await,
            parties,
            "{name}"
        );
        assert_eq!(visible(name, "SELECT count(*) FROM signatory").await, 0, "{name}");
        assert_eq!(
            visible(name, "SELECT count(*) FROM portal_session").await,
            0,
            "{name}"
        );
    }
    // And lets none of them decide.
    client
        .batch_execute(&format!(
            "BEGIN; SET LOCAL ROLE tp_party;
             SELECT set_config('app.organisation',
                               (SELECT id::text FROM pg_temp.names WHERE name = '{}'), true),
                    set_config('app.now', (now() + interval '10 years')::text, true)",
            met.childcare.name
        ))
        .await
        .unwrap();
    for act in [
        "UPDATE consent SET state = 'given'",
        "UPDATE signatory SET decision = 'agreed'",
        "UPDATE consent SET valid_until = now()",
    ] {
        client.batch_execute("SAVEPOINT before").await.unwrap();
        assert!(client.batch_execute(act).await.is_err(), "{act}");
        client.batch_execute("ROLLBACK TO before").await.unwrap();
    }
    client.batch_execute("ROLLBACK").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_and_came_back_is_not_covered_by_what_was_agreed_before() {
    let met = Met::start().await;
    let school = school_joins(&met).await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].agrees().await;
    assert!(school.sees(met.match_id).await.exchange.open);
    let signals = school
        .partner
        .signals(&protocol::page::PageQuery {
            limit: 10,
            cursor: None,
        })
        .await
        .unwrap();
    school
        .partner
        .end_signal(signals.items[0].id, protocol::signal::EndReason::Resolved, None)
        .await
        .unwrap();
    school.signals(&met.child).await;
    tests::eventually("the school is back", async || {
        let matches = school.matches().await;
        matches.iter().any(|seen| seen.id == met.match_id).then_some(())
    })
    .await;
    assert!(!school.sees(met.match_id).await.exchange.open);
    let gone = school.partner.consent_request(met.match_id, request.id).await;
    assert_eq!(refusal(gone), ProblemType::NotFound);
    // The others go on.
    let message = met.childcare.writes(met.match_id, &met.health, "Wij wel.").await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Wij wel.");
}
