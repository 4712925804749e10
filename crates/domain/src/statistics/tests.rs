use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::covenant::tests::covenant;

#[test]
fn below_ten_is_withheld_zero_as_well() {
    let published = publish(&[0, 9, 10, 1_000]);
    assert_eq!(published.covenants, [None, None, Some(10), Some(1_000)]);
}

#[test]
fn one_withheld_covenant_has_no_total_to_be_subtracted_from() {
    assert_eq!(publish(&[4, 200, 300]).network, None);
    assert_eq!(publish(&[4]).network, None);
    assert_eq!(publish(&[200, 300]).network, Some(500));
    assert_eq!(publish(&[300]).network, Some(300));
    assert_eq!(publish(&[]).network, None);
}

#[test]
fn a_sum_of_the_withheld_that_can_be_had_in_one_way_is_not_told() {
    // 0 is 0 + 0, and 18 is 9 + 9.
    assert_eq!(publish(&[0, 0, 40]).network, None);
    assert_eq!(publish(&[9, 9, 40]).network, None);
    assert_eq!(publish(&[3, 6, 40]).network, Some(49));
    assert_eq!(publish(&[3, 6, 2, 40]).network, Some(51));
}

/// Whoever knows the rules and sees what is published cannot rule out any value from 0 to 9 for any withheld count: for
/// each there are counts that would be published alike. Every table of up to four covenants of which the withheld ones
/// take each value is tried.
#[test]
fn what_is_published_leaves_each_withheld_count_every_value() {
    for covenants in 1..=4_u32 {
        let mut possible: BTreeMap<String, Vec<Vec<u64>>> = BTreeMap::new();
        for number in 0..11_u64.pow(covenants) {
            // Digits to the base 11; 10 stands for a count that is shown.
            let counts: Vec<u64> = (0..covenants)
                .map(|place| number / 11_u64.pow(place) % 11)
                .map(|digit| if digit == 10 { 25 } else { digit })
                .collect();
            let seen = format!("{:?}", publish(&counts));
            possible.entry(seen).or_default().push(counts);
        }
        for (seen, tables) in possible {
            for place in 0..covenants as usize {
                if publish(&tables[0]).covenants[place].is_some() {
                    continue;
                }
                for value in 0..SMALLEST_SHOWN {
                    let fits = tables.iter().any(|counts| counts[place] == value);
                    assert!(fits, "{seen} rules out {value} at {place}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn a_published_number_is_the_count_and_never_small(counts in prop::collection::vec(0..30_u64, 0..8)) {
        let published = publish(&counts);
        prop_assert_eq!(published.covenants.len(), counts.len());
        for (count, shown) in counts.iter().zip(&published.covenants) {
            prop_assert_eq!(shown.is_some(), *count >= SMALLEST_SHOWN);
            prop_assert!(shown.is_none_or(|shown| shown == *count));
        }
        if let Some(network) = published.network {
            prop_assert_eq!(network, counts.iter().sum::<u64>());
            prop_assert!(network >= SMALLEST_SHOWN);
            prop_assert!(published.covenants.iter().filter(|shown| shown.is_none()).count() != 1);
        }
    }
}

#[test]
fn quarters_are_written_and_follow_each_other() {
    let first = Quarter::parse("2027-Q1").unwrap();
    assert_eq!(first.first_day(), date(2027, 1, 1));
    assert_eq!(first.previous().to_string(), "2026-Q4");
    assert_eq!(first.previous().next(), first);
    assert_eq!(Quarter::of(date(2027, 3, 31)), first);
    assert_eq!(Quarter::of(date(2027, 4, 1)).to_string(), "2027-Q2");
    assert_eq!(Quarter::of(date(2027, 12, 31)).next().to_string(), "2028-Q1");
    for wrong in [
        "", "2027", "2027-Q0", "2027-Q5", "2027-q1", "27-Q1", "2027-Q11", "+027-Q1", "2027Q1",
    ] {
        assert_eq!(Quarter::parse(wrong), Err(NotAQuarter), "{wrong}");
    }
}

#[test]
fn a_quarter_ends_at_midnight_of_the_covenant() {
    let (covenant, quarter) = (covenant(""), Quarter::parse("2027-Q1").unwrap());
    let end = quarter.ends_at(&covenant);
    assert_eq!(end.to_string(), "2027-03-31T22:00:00Z");
    assert_eq!(Quarter::at(&covenant, end), quarter.next());
    let before = "2027-03-31T21:59:59Z".parse().unwrap();
    assert_eq!(Quarter::at(&covenant, before), quarter);
}
