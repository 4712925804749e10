//! Sealing keys are added, retired and sealed to at the same time, and all of it happens one after the other.

use std::collections::BTreeSet;

use casework::{NewParty, RegisterError};
use client::Error;
use domain::actor::OrganisationKind;
use ed25519_dalek::SigningKey;
use futures::future::join_all;
use protocol::consent::AgeBand;
use protocol::problem::ProblemType;
use tests::{COVENANT, Guardian, Region, Sector, assert_sound, sealing_secret};

use crate::two_in_contact;

/// How many are retired or sent at once.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_coordinators_that_rotate_at_once_as_many_add_a_key_as_may() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let secrets: Vec<_> = std::iter::repeat_with(sealing_secret).take(AT_ONCE).collect();
    let added = join_all(
        secrets
            .iter()
            .map(|secret| school.partner.add_sealing_key(school.organisation, secret, None)),
    )
    .await;
    let (added, refused): (Vec<_>, Vec<_>) = added.into_iter().partition(Result::is_ok);
    assert_eq!(added.len(), 2);
    for refused in refused {
        let problem = refused.unwrap_err().problem_type();
        assert_eq!(problem, Some(ProblemType::TooManySealingKeys));
    }
    assert_eq!(school.waiting_by_sealing_key().await.len(), 3);
    let numbers = region
        .texts("SELECT number::text FROM organisation_sealing_key ORDER BY number")
        .await;
    assert_eq!(numbers, ["1", "2", "3"]);

    // One key retired by many is retired once.
    let old = school.first_sealing_key();
    let retired = join_all((0..AT_ONCE).map(|_| school.partner.retire_sealing_key(&old, false, None))).await;
    let retired: BTreeSet<_> = retired
        .into_iter()
        .map(|retired| retired.unwrap().retired_at)
        .collect();
    assert_eq!(retired.len(), 1);
    let leaves = tests::events(&region).await;
    assert_eq!(leaves.get("organisation.sealing_key_added"), Some(&3));
    assert_eq!(leaves.get("organisation.sealing_key_retired"), Some(&1));
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_first_keys_one_comes_after_the_other() {
    let region = Region::start().await;
    let party = NewParty {
        covenant: COVENANT.to_owned(),
        name: "Wijkteam Noord".to_owned(),
        kind: OrganisationKind::Partner,
        sector: Some(Sector::SocialSupport),
        roles: BTreeSet::new(),
        sealing_key: None,
        client_key: SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes().into(),
    };
    let organisation = region.casework.register(party).await.unwrap().organisation;
    let key = sealing_secret().public().unwrap();
    let keys = [key, key, sealing_secret().public().unwrap()];
    let added = join_all(
        keys.iter()
            .map(|key| region.casework.operate_add_sealing_key(organisation, *key)),
    )
    .await;
    let refused: Vec<_> = added.into_iter().filter_map(Result::err).collect();
    assert!(
        matches!(refused[..], [RegisterError::SealingKey(_)]),
        "{refused:?}"
    );
    let keys = region.casework.sealing_keys_of(organisation).await.unwrap();
    let numbers: Vec<i32> = keys.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [2, 1]);
}

/// Retiring waits for what is being stored that is sealed to the key, and counts it; what comes after is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_retires_a_key_is_told_of_every_message_that_was_taken() {
    let region = Region::start().await;
    let (school, youth_help, match_id) = two_in_contact(&region).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    let to = youth_help.organisation;
    let mut sealed = Vec::new();
    for _ in 0..AT_ONCE {
        let one = school.partner.seal_message(match_id, to, b"Tegelijk.").await;
        sealed.push(one.unwrap());
    }
    let old = youth_help.first_sealing_key();
    let sending = join_all(
        sealed
            .iter()
            .map(|one| school.partner.send_sealed(match_id, one, None)),
    );
    let (sent, retired) = tokio::join!(sending, youth_help.partner.retire_sealing_key(&old, true, None));
    let waiting = retired.unwrap().waiting;
    let mut taken = 0;
    for outcome in sent {
        match outcome {
            Ok(receipt) => {
                taken += 1;
                assert_eq!(youth_help.reads(match_id, receipt.message_id).await, "Tegelijk.");
            }
            Err(error) => assert!(
                matches!(error.problem_type(), Some(ProblemType::SealingKeyRetired)),
                "{error:?}"
            ),
        }
    }
    assert_eq!(waiting, taken);
    let late = school.partner.seal_message(match_id, to, b"Te laat.").await;
    assert!(matches!(late, Err(Error::NoRecipient)));
    assert_sound(&region).await;
}
