//! The words of a match.

use crate::words::words;

words! {
    /// The name of the state a match is in, as tables, the interface and the audit log write it.
    MatchState, "match states" {
        /// At least two organisations have an active signal; not everyone who must has confirmed contact.
        Open = "open",
        /// Everyone who must has confirmed contact.
        ContactConfirmed = "contact_confirmed",
        /// Over. A later pair of signals makes a new match, with new consent.
        Closed = "closed",
    }
}
