//! Which openings an export has.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The openings a supervisor may have, or that an export has: those of these events and these organisations; `None` is
/// all. A leaf without organisation is inside only when all organisations are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpeningScope {
    /// Names of events.
    pub events: Option<BTreeSet<String>>,
    /// Organisations as the log names them: `org_` and 22 characters of unpadded base64url.
    pub organisations: Option<BTreeSet<String>>,
}

impl OpeningScope {
    /// Every opening.
    pub const ALL: Self = Self {
        events: None,
        organisations: None,
    };

    /// What is asked of what may be had: what is not asked for by name is all that may be. `None` when something was
    /// asked for by name that may not be had.
    pub fn within(self, allowed: &Self) -> Option<Self> {
        Some(Self {
            events: narrow(self.events, allowed.events.as_ref())?,
            organisations: narrow(self.organisations, allowed.organisations.as_ref())?,
        })
    }

    pub(super) fn events_value(&self) -> Value {
        self.events.as_ref().map_or(json!("all"), |events| json!(events))
    }

    pub(super) fn organisations_value(&self) -> Value {
        self.organisations
            .as_ref()
            .map_or(json!("all"), |organisations| json!(organisations))
    }
}

fn narrow(
    asked: Option<BTreeSet<String>>,
    allowed: Option<&BTreeSet<String>>,
) -> Option<Option<BTreeSet<String>>> {
    match (asked, allowed) {
        (None, allowed) => Some(allowed.cloned()),
        (Some(asked), Some(allowed)) if !asked.is_subset(allowed) => None,
        (asked, _) => Some(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> Option<BTreeSet<String>> {
        Some(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn nobody_gets_more_than_was_decided() {
        let allowed = OpeningScope {
            events: set(&["a.b", "c.d"]),
            organisations: set(&["org_1", "org_2"]),
        };
        assert_eq!(OpeningScope::ALL.within(&allowed), Some(allowed.clone()));
        let less = OpeningScope {
            events: set(&["a.b"]),
            organisations: set(&["org_2"]),
        };
        assert_eq!(less.clone().within(&allowed), Some(less.clone()));
        assert_eq!(less.clone().within(&OpeningScope::ALL), Some(less));
        for (events, organisations) in [(set(&["a.b", "x.y"]), None), (None, set(&["org_3"]))] {
            let more = OpeningScope {
                events,
                organisations,
            };
            assert_eq!(more.within(&allowed), None);
        }
        let none = OpeningScope {
            events: set(&[]),
            organisations: None,
        };
        assert_eq!(none.within(&allowed).unwrap().events, set(&[]));
    }

    #[test]
    fn the_log_names_what_it_holds() {
        let scope = OpeningScope {
            events: set(&["c.d", "a.b"]),
            organisations: None,
        };
        assert_eq!(scope.events_value(), json!(["a.b", "c.d"]));
        assert_eq!(scope.organisations_value(), json!("all"));
    }
}
