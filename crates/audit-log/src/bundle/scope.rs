//! Which openings an export carries. The scope is agreed per supervisor, stated in the opening of the signed leaf
//! `audit.exported`, and repeated in MANIFEST.json.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::entry::Entry;

/// Everything, or only what is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Written `"all"`.
    All,
    /// Written as a sorted list of names.
    Only(BTreeSet<String>),
}

/// The openings inside an export: those of leaves whose event and organisation are both selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Names of events.
    pub events: Selection,
    /// Public ids of organisations, `org_...`. A leaf without organisation is inside only when all are.
    pub organisations: Selection,
}

impl Scope {
    /// Every opening there is.
    #[must_use]
    pub fn all() -> Self {
        Self {
            events: Selection::All,
            organisations: Selection::All,
        }
    }

    /// Reads the members `events` and `organisations` of a JSON object; other members are not looked at.
    #[must_use]
    pub fn from_object(object: &Value) -> Option<Self> {
        let member = |name| Selection::from_value(object.get(name)?);
        Some(Self {
            events: member("events")?,
            organisations: member("organisations")?,
        })
    }

    /// Whether the opening of this leaf is inside.
    #[must_use]
    pub fn covers(&self, entry: &Entry) -> bool {
        let event = match &self.events {
            Selection::All => true,
            Selection::Only(names) => names.contains(&entry.event),
        };
        event
            && match &self.organisations {
                Selection::All => true,
                Selection::Only(ids) => entry.org.as_ref().is_some_and(|org| ids.contains(org)),
            }
    }

    /// The scope as a JSON object; names are written sorted.
    pub(super) fn to_json(&self) -> String {
        format!(
            r#"{{"events":{},"organisations":{}}}"#,
            self.events.to_value(),
            self.organisations.to_value()
        )
    }
}

impl Selection {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(all) if all == "all" => Some(Self::All),
            Value::Array(names) => names
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(Self::Only),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::All => Value::from("all"),
            Self::Only(names) => names.iter().map(String::as_str).collect(),
        }
    }
}
