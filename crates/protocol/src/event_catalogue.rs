//! Everything an organisation can be told without asking: by its inbox, by a stream of it, by a webhook. One row for each,
//! from which docs/EVENTS.md and the page `/events` are made. A new kind of notice does not compile without its row.

use crate::notice::{Notice, NoticeKind};
use crate::webhook::{CloudEvent, EventType};

/// What a document says of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// When it comes, in a sentence.
    pub when: &'static str,
    /// What the receiver does.
    pub then: &'static str,
    /// What of its organisation it is about.
    pub about: About,
}

/// What an event names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A match: `match` of the notice.
    Match,
    /// A signal of the organisation's own: `signal` of the notice.
    Signal,
    /// A webhook endpoint of the organisation's own.
    Endpoint,
    /// A batch that the organisation sent; no notice.
    Batch,
    /// Nothing: it shows that deliveries arrive; no notice.
    Nothing,
}

/// Every kind of notice, in the order of a case's life.
pub const NOTICES: [NoticeKind; 18] = [
    NoticeKind::MatchOpened,
    NoticeKind::MatchJoined,
    NoticeKind::ContactReminder,
    NoticeKind::LeadProposed,
    NoticeKind::LeadAccepted,
    NoticeKind::LeadDeclined,
    NoticeKind::MessageWaiting,
    NoticeKind::MatchCorrected,
    NoticeKind::MatchClosed,
    NoticeKind::ArchivedSignal,
    NoticeKind::SoftMatch,
    NoticeKind::FamilyMatch,
    NoticeKind::DisclosureReminder,
    NoticeKind::PostponementReview,
    NoticeKind::ObjectionAdvice,
    NoticeKind::ObjectionDecided,
    NoticeKind::SignalDestroyed,
    NoticeKind::WebhookDisabled,
];

/// Every event: the notices, then what a webhook alone tells.
pub fn events() -> impl Iterator<Item = EventType> {
    let alone = [EventType::BatchEnded, EventType::Test];
    NOTICES.into_iter().map(EventType::Notice).chain(alone)
}

/// The row of an event.
pub const fn row(event: EventType) -> Row {
    use About::{Batch, Endpoint, Match, Nothing, Signal};
    use NoticeKind as K;
    let (about, when, then) = match event {
        EventType::Notice(K::MatchOpened) => (
            Match,
            "Another organisation has an active signal about the child of your signal. You are both told, at the network's next fixed minute.",
            "Read the match, show your professional the other's contact as far as it is shown, and let them call.",
        ),
        EventType::Notice(K::MatchJoined) => (
            Match,
            "A further organisation came into a match of yours.",
            "Read the match: it has one more party. Consent given before does not cover the newcomer.",
        ),
        EventType::Notice(K::ContactReminder) => (
            Match,
            "At 09:00 on the last day on which contact is in time, while a party has not confirmed it.",
            "Confirm contact when your professionals spoke; the next working day the follow-up officer sees the match.",
        ),
        EventType::Notice(K::LeadProposed) => (
            Match,
            "Your organisation is proposed as lead.",
            "Answer with `accepted` or `declined`.",
        ),
        EventType::Notice(K::LeadAccepted) => (
            Match,
            "The proposed party is lead from now on.",
            "Read the match: `lead` stands with the party.",
        ),
        EventType::Notice(K::LeadDeclined) => (
            Match,
            "The proposed party declined.",
            "Agree on another and propose them.",
        ),
        EventType::Notice(K::MessageWaiting) => (
            Match,
            "Another party left a sealed message or an attachment for your organisation.",
            "List the messages of the match, fetch what is `waiting`, open it, keep it in your own file and acknowledge it.",
        ),
        EventType::Notice(K::MatchCorrected) => (
            Match,
            "Another party's signal should not have been given, or its family objected with success: it was destroyed.",
            "Tell your professional that this involvement was a mistake; read what is left of the match.",
        ),
        EventType::Notice(K::MatchClosed) => (
            Match,
            "A match of yours is over: fewer than two signals remain, or its lead closed it.",
            "Close the case in your system. Exchange has ended.",
        ),
        EventType::Notice(K::ArchivedSignal) => (
            Signal,
            "Another organisation had a signal about the child of your new signal before. You are told once.",
            "Where it is needed, open the notice with a reason; that is logged.",
        ),
        EventType::Notice(K::SoftMatch) => (
            Signal,
            "Your signal, given without a citizen service number, may be about the same child as another's.",
            "Compare with your own file and answer the soft match. Nobody is shown to the other before both said yes.",
        ),
        EventType::Notice(K::FamilyMatch) => (
            Signal,
            "Another organisation is involved with another child of the same guardian.",
            "Read the family match. It never says that the children are one.",
        ),
        EventType::Notice(K::DisclosureReminder) => (
            Signal,
            "The family has yet to be told of your signal, and the last day comes near.",
            "Tell the family and record it, or propose to postpone. A signal with neither is paused.",
        ),
        EventType::Notice(K::PostponementReview) => (
            Signal,
            "The day of review of a postponement has come.",
            "Tell the family and record it, or propose again.",
        ),
        EventType::Notice(K::ObjectionAdvice) => (
            Signal,
            "A family objected to your signal; your advice is asked within two weeks.",
            "Give advice: `end_signal`, `keep_signal` or `no_advice`.",
        ),
        EventType::Notice(K::ObjectionDecided) => (
            Signal,
            "The municipality decided an objection to your signal, which stays.",
            "Read the objection's outcome with your advices.",
        ),
        EventType::Notice(K::SignalDestroyed) => (
            Match,
            "Your own signal in this match was destroyed after an objection.",
            "Close the case in your system: you are no party any more, and the signal answers 404.",
        ),
        EventType::Notice(K::WebhookDisabled) => (
            Endpoint,
            "Nothing is delivered to a webhook endpoint of yours any more: it answered 410, or failed for five days.",
            "Mend the receiver, enable the endpoint and replay what it missed. The inbox has everything meanwhile.",
        ),
        EventType::BatchEnded => (
            Batch,
            "Every line of a batch of signals was worked off.",
            "Read the batch and the outcome of each line.",
        ),
        EventType::Test => (
            Nothing,
            "Somebody of your organisation asked for a test event.",
            "Nothing; answer 2xx.",
        ),
    };
    Row { when, then, about }
}

/// The event as a webhook delivers it and a stream carries it, for a document.
pub fn example(event: EventType) -> CloudEvent {
    let base = "https://trefpunt.example";
    let about = match row(event).about {
        About::Match | About::Signal | About::Endpoint => format!("{base}/v1/notices/{ID}"),
        About::Batch => format!("{base}/v1/signals/batches/{ID}"),
        About::Nothing => format!("{base}/v1/webhook-endpoints/{ID}"),
    };
    CloudEvent {
        specversion: "1.0".to_owned(),
        id: format!("msg_{ID}"),
        source: base.to_owned(),
        kind: event.name(),
        time: MOMENT.parse().unwrap_or_default(),
        dataref: about,
    }
}

/// The notice to which `dataref` leads, for a document; none where it leads elsewhere.
pub fn example_notice(kind: NoticeKind) -> Option<Notice> {
    let about = row(EventType::Notice(kind)).about;
    let id = |wanted| (about == wanted).then(|| ID.parse().ok()).flatten();
    Some(Notice {
        id: ID.parse().ok()?,
        kind,
        match_id: id(About::Match),
        signal_id: id(About::Signal),
        webhook_endpoint: id(About::Endpoint),
        created_at: MOMENT.parse().ok()?,
        acknowledged_at: None,
    })
}

const ID: &str = "h5Yz0cVbTtqN1rXk2mPvQA";
const MOMENT: &str = "2027-03-02T09:15:00Z";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_event_is_named_twice_and_none_is_left_out() {
        let mut names: Vec<String> = events().map(EventType::name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        // The words of the wire, from the API description: what is not in the list above is missing here.
        use utoipa::PartialSchema as _;
        let schema = serde_json::to_value(NoticeKind::schema()).unwrap();
        assert_eq!(schema["enum"].as_array().unwrap().len(), NOTICES.len());
    }

    #[test]
    fn each_example_of_a_notice_names_one_thing() {
        for kind in NOTICES {
            let notice = example_notice(kind).unwrap();
            let named = [notice.match_id, notice.signal_id, notice.webhook_endpoint];
            assert_eq!(named.iter().flatten().count(), 1, "{kind:?}");
            assert_eq!(example(EventType::Notice(kind)).time, notice.created_at);
        }
    }
}
