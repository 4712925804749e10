//! Notices: what a party is told about a match or about its own signal. A notice has no identity and no content; it says where to look.

use jiff::Timestamp;

use crate::covenant::Covenant;
use crate::key::OrganisationKey;
use crate::words::words;

words! {
    /// What a notice tells its reader. Each is about a match that the reader is party to, or about a signal of its own.
    NoticeKind, "notice kinds" {
        /// You have become party to a match.
        MatchOpened = "match-opened",
        /// A further organisation joined a match that you are party to.
        MatchJoined = "match-joined",
        /// A match that you were party to is over.
        MatchClosed = "match-closed",
        /// A signal of a match that you are or were party to ended as never justified.
        MatchCorrected = "match-corrected",
        /// A party was proposed as lead of the match.
        LeadProposed = "lead-proposed",
        /// The proposed party became lead.
        LeadAccepted = "lead-accepted",
        /// The proposed party declined.
        LeadDeclined = "lead-declined",
        /// Another party left a message or an attachment for you in the match.
        MessageWaiting = "message-waiting",
        /// Today is the last day on which contact is in time.
        ContactReminder = "contact-reminder",
        /// An organisation had a signal about this child before you did; once only.
        ArchivedSignal = "archived-signal",
        /// A signal was destroyed.
        SignalDestroyed = "signal-destroyed",
        /// The family has yet to be told of your signal.
        DisclosureReminder = "disclosure-reminder",
        /// Whether the family can be told of your signal has to be looked at again.
        PostponementReview = "postponement-review",
        /// Your signal may be about the same child as another organisation's.
        SoftMatch = "soft-match",
        /// Your signal is about a child of a family in which another organisation is involved with another child.
        FamilyMatch = "family-match",
        /// Your advice on an objection to your signal is asked.
        ObjectionAdvice = "objection-advice",
        /// An objection to your signal was decided.
        ObjectionDecided = "objection-decided",
        /// Nothing is delivered to your endpoint any more. About the endpoint, and no match or signal.
        WebhookDisabled = "webhook-disabled",
    }
}

/// Working days after which a notice that nobody acknowledged goes to the organisation's coordinator.
const UNREAD_WORKING_DAYS: u8 = 2;

/// The instant from which a notice that was shown at this one stands in the coordinator's list: when the second working
/// day after that day is over, in the reader's own covenant.
pub fn unread_from(reader: &Covenant, visible_at: Timestamp) -> Timestamp {
    let shown_on = reader.local_date(visible_at);
    reader.end_of_day(reader.add_working_days(shown_on, UNREAD_WORKING_DAYS))
}

impl NoticeKind {
    /// Who is told what when an organisation becomes party: the newcomer that it is in a match, everyone who was in it
    /// that someone joined. When a match opens nobody was in it and each party is a newcomer. Nobody is left out:
    /// learning of each other is mutual.
    pub fn on_entering(
        newcomers: &[OrganisationKey],
        already_party: &[OrganisationKey],
    ) -> Vec<(OrganisationKey, Self)> {
        let told =
            |to: &[OrganisationKey], kind| to.iter().map(move |organisation| (*organisation, kind)).collect();
        let mut notices: Vec<_> = told(newcomers, Self::MatchOpened);
        if !newcomers.is_empty() {
            notices.extend::<Vec<_>>(told(already_party, Self::MatchJoined));
        }
        notices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covenant::tests::covenant;

    const A: OrganisationKey = OrganisationKey(1);
    const B: OrganisationKey = OrganisationKey(2);
    const C: OrganisationKey = OrganisationKey(3);

    #[test]
    fn everyone_is_told_once() {
        assert_eq!(
            NoticeKind::on_entering(&[A, B], &[]),
            [(A, NoticeKind::MatchOpened), (B, NoticeKind::MatchOpened)]
        );
        assert_eq!(
            NoticeKind::on_entering(&[C], &[A, B]),
            [
                (C, NoticeKind::MatchOpened),
                (A, NoticeKind::MatchJoined),
                (B, NoticeKind::MatchJoined)
            ]
        );
        assert!(NoticeKind::on_entering(&[], &[A, B]).is_empty());
    }

    #[test]
    fn a_notice_waits_two_working_days_for_its_reader() {
        let unread = |shown: &str| unread_from(&covenant(""), shown.parse().unwrap()).to_string();
        // Monday: Tuesday and Wednesday pass.
        assert_eq!(unread("2027-03-01T09:00:00+01:00"), "2027-03-03T23:00:00Z");
        // Thursday before Easter: neither Good Friday nor Easter Monday counts, and the clock changes between.
        assert_eq!(unread("2027-03-25T23:59:59+01:00"), "2027-03-31T22:00:00Z");
        // A Saturday counts as little as a first day as it does as a last.
        assert_eq!(unread("2027-03-06T12:00:00+01:00"), "2027-03-09T23:00:00Z");
    }
}
