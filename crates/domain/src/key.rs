//! Internal keys: how the program names a record to itself.
//!
//! None of these numbers ever leaves the service. What others see is a public id, made from the pair (subject, row) by
//! a keyed permutation, so that two records of one child share nothing in their ids.

/// A network: one installation with one pseudonym key and many covenants. Children are matched within one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkKey(pub i16);

/// A covenant: what one region agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CovenantKey(pub i32);

/// An organisation that is party to a covenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationKey(pub i32);

/// A family match: of several children, so it hangs on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FamilyMatchKey(pub i64);

/// An endpoint of webhooks: an organisation's own, so it hangs on no child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookEndpointKey(pub i64);

/// A batch of signals: about many children, so it hangs on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchKey(pub i64);

macro_rules! keys_on_a_subject {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// `subject` is the number, derived from nothing, behind which everything about one child hangs, `row` the record itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            /// The subject on which the record hangs.
            pub subject: i64,
            /// The record among all records of its kind.
            pub row: i64,
        }
    )+};
}

keys_on_a_subject! {
    /// A signal.
    SignalKey;
    /// A match: one case per child.
    MatchKey;
    /// An organisation's side of a soft match.
    SoftMatchKey;
    /// A request for consent and the consent that may come of it.
    ConsentKey;
    /// One required signatory of one request for consent.
    SignatoryKey;
    /// A notice to one party.
    NoticeKey;
    /// A sealed message between two parties of a match.
    MessageKey;
    /// A letter that opens one signal.
    LetterKey;
    /// An objection to one signal.
    ObjectionKey;
    /// A request for access or erasure.
    RightsRequestKey;
}
