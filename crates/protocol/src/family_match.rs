//! Family matches: your signal is about a child in whose family another organisation is involved with another child.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::Id;
use crate::match_case::{Organisation, Safeguarding};
use crate::signal::Contact;

/// A family match, as one of its organisations sees it. It is about different children with a guardian in common; it names
/// none of them, and not the guardian. No message passes in it and no consent is asked: speak with the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilyMatch {
    /// Its id; the same for every organisation in it.
    pub id: Id,
    /// Where it stands.
    pub state: FamilyMatchState,
    /// Always false: the signals are about different children.
    #[schema(example = false)]
    pub same_child: bool,
    /// When it became visible.
    pub opened_at: Timestamp,
    /// Your signals in it.
    pub signals: Vec<Id>,
    /// The organisations that gave signals about the other children; none when it has ended.
    pub parties: Vec<FamilyMatchParty>,
    /// Where to turn when a child is in danger. Nothing here is needed for that, and no consent.
    pub safeguarding: Safeguarding,
}

/// Where a family match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamilyMatchState {
    /// There are signals about different children.
    Open,
    /// There are not any more.
    Ended,
}

/// Another organisation in a family match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilyMatchParty {
    /// Which organisation; null where the covenant keeps it hidden.
    pub organisation: Option<Organisation>,
    /// How to reach the professional; null where the covenant keeps it hidden.
    pub contact: Option<Contact>,
}
