//! Words about consent, as the wire says them and as the rules do.

use domain::consent as rule;
use protocol::consent as wire;

pub(crate) const fn role(signatory: wire::Signatory) -> rule::SignatoryRole {
    match signatory {
        wire::Signatory::Guardian => rule::SignatoryRole::Guardian,
        wire::Signatory::YoungPerson => rule::SignatoryRole::YoungPerson,
    }
}

pub(crate) const fn wire_role(role: rule::SignatoryRole) -> wire::Signatory {
    match role {
        rule::SignatoryRole::Guardian => wire::Signatory::Guardian,
        rule::SignatoryRole::YoungPerson => wire::Signatory::YoungPerson,
    }
}

pub(crate) const fn decision(decision: wire::AttestedDecision) -> rule::AttestedDecision {
    match decision {
        wire::AttestedDecision::Agreed => rule::AttestedDecision::Agreed,
        wire::AttestedDecision::Refused => rule::AttestedDecision::Refused,
        wire::AttestedDecision::Withdrawn => rule::AttestedDecision::Withdrawn,
    }
}
