//! Mail that says that there are messages: how often an address gets one, and when one that could not be delivered is tried
//! again or given up.

use jiff::{SignedDuration, Timestamp};

/// One address gets one mail in this time at most: it says that there are messages, not how many.
pub const BETWEEN_MAILS: SignedDuration = SignedDuration::from_mins(15);

/// Nobody is mailed about a notice that has shown for so long: after an interruption, or when mail is first configured, what
/// lies there is known or the coordinator's.
pub const TOO_OLD: SignedDuration = SignedDuration::from_hours(24);

/// How long a mail that the server puts off is tried.
const PUT_OFF: SignedDuration = SignedDuration::from_hours(48);

/// How long an address that refused a mail for good is left alone.
pub const LEFT_ALONE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When a mail that was put off is tried again; none when it is given up. `attempts` counts the one that failed, `since` is
/// when the mail came to be due.
pub fn next_attempt(attempts: u32, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let pause = match attempts {
        0 | 1 => SignedDuration::from_mins(1),
        2 => SignedDuration::from_mins(5),
        3 => SignedDuration::from_mins(30),
        _ => SignedDuration::from_hours(2),
    };
    let next = now + pause;
    (next.duration_since(since) < PUT_OFF).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_ever_more_seldom_and_given_up_after_two_days() {
        let since: Timestamp = "2027-03-01T09:00:00Z".parse().unwrap();
        let mut now = since;
        let mut pauses = Vec::new();
        let mut attempts = 1;
        while let Some(next) = next_attempt(attempts, since, now) {
            pauses.push(next.duration_since(now).as_mins());
            now = next;
            attempts += 1;
        }
        assert_eq!(pauses[..4], [1, 5, 30, 120]);
        assert!(pauses.is_sorted());
        assert!(now.duration_since(since) > PUT_OFF - SignedDuration::from_hours(3));
        assert!(now.duration_since(since) < PUT_OFF);
    }
}
