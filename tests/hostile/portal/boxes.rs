//! Guessing: what is wrong with a PIN is counted in buckets of keys, and no spraying of guesses locks anybody out.

use protocol::consent::AgeBand;
use tests::{PIN, Region};

use super::{asked_in, coming_back};

/// How many wrong PINs an hour a bucket takes.
const MOST: usize = 10;

// rule: G2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_pins_of_a_key_that_was_found_are_counted_and_the_hour_after_its_owner_is_in_again() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 1, None).await;
    letters[0].enters().await;
    let key = letters[0].key.clone().unwrap();
    for guess in 0..MOST {
        let answer = coming_back(&region, &key, &format!("9021{guess:02}")).await;
        assert_eq!(answer.status, 400);
    }
    // The eleventh is not tried, though it is right; and is answered as if it were wrong.
    let full = coming_back(&region, &key, PIN).await;
    let unknown = coming_back(&region, "ABCD-1234-EFGH-5678", PIN).await;
    assert_eq!((full.status, &full.body), (unknown.status, &unknown.body));
    assert!(full.header("set-cookie").is_none());
    let sql =
        "SET session_replication_role = replica; UPDATE guess_bucket SET hour = hour - interval '1 hour'";
    region
        .database
        .superuser()
        .await
        .batch_execute(sql)
        .await
        .unwrap();
    assert_eq!(coming_back(&region, &key, PIN).await.status, 303);
}

// rule: G2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_of_keys_that_do_not_exist_fill_no_bucket_and_right_ones_leave_none() {
    let region = Region::start().await;
    let (_, _, mut letters) = asked_in(&region, AgeBand::Under12, 1, None).await;
    letters[0].enters().await;
    let counted = "SELECT coalesce(sum(wrong), 0)::bigint FROM guess_bucket";
    for guess in 0..15 {
        coming_back(&region, &format!("ABCD-1234-EFGH-{guess:04}"), PIN).await;
    }
    assert_eq!(region.count(counted).await, 0, "who sprays locks nobody out");
    let key = letters[0].key.clone().unwrap();
    for _ in 0..MOST + 5 {
        assert_eq!(coming_back(&region, &key, PIN).await.status, 303);
    }
    assert_eq!(region.count(counted).await, 0);
}

// rule: G2
#[test]
fn the_threat_model_says_how_many_guesses_are_taken() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/THREAT-MODEL.md");
    let said = std::fs::read_to_string(file)
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(usize::from(domain::pin::WRONG_TRIES_AN_HOUR), MOST);
    let buckets = 1_u32 << domain::pin::BUCKET_BITS;
    assert_eq!(buckets, 4_096);
    assert!(said.contains("Ten wrong PINs an hour are taken in each of 4,096 buckets of keys"));
    // Six digits, without ten of one digit alone, 123456 and 654321.
    let chosen = (0..1_000_000_u32)
        .filter(|pin| domain::pin::Pin::choose(&format!("{pin:06}")).is_ok())
        .count();
    assert!(chosen == 999_988 && said.contains("Of the 999,988 PINs"));
}
