//! Tokens of a new network epoch for signals that are there: when the network's secret changes, only partners can make
//! the new tokens, and they send them in bulk.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::id::Id;
use crate::signal::{SignalToken, TokenKind, tokens};

/// The most signals in one request. With two tokens each that is a body of about 30 KiB.
pub const MAX_SIGNALS: usize = 100;

/// Body of `POST /v1/signals/resubmissions`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resubmission {
    /// The organisation's own signals, each once.
    #[schema(min_items = 1, max_items = 100)]
    pub signals: Vec<ResubmittedSignal>,
}

/// A signal and its tokens.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResubmittedSignal {
    /// Which signal.
    pub id: Id,
    /// One token per network epoch that is live, as for a new signal.
    #[schema(min_items = 1, max_items = 4)]
    pub tokens: Vec<SignalToken>,
}

deserialize_as_body!(Resubmission);

impl Body for Resubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let signals = object.objects("signals", 1..=MAX_SIGNALS, ResubmittedSignal::read)?;
        let mut ids: Vec<Id> = signals.iter().map(|signal| signal.id).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            object.fault("signals", FieldErrorCode::NotAllowed);
            return None;
        }
        Some(Self { signals })
    }
}

impl ResubmittedSignal {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let id = object.value("id");
        // Guardians come with a new signal and never later: nobody tries out one adult after another.
        let tokens = tokens(object, &[TokenKind::Bsn, TokenKind::ServiceKey]);
        Some(Self {
            id: id?,
            tokens: tokens?,
        })
    }
}

/// The answer, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResubmissionAnswer {
    /// What came of each signal.
    pub results: Vec<ResubmissionResult>,
}

/// What came of one signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResubmissionResult {
    /// Which signal.
    pub id: Id,
    /// What came of it.
    pub outcome: ResubmissionOutcome,
    /// The log's signed promise that it stands there within 60 s; null when nothing was done.
    pub receipt: Option<String>,
}

/// What came of one signal. It never says whether another organisation knows the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResubmissionOutcome {
    /// The tokens were taken, now or at an earlier attempt.
    Accepted,
    /// This organisation has no active signal of this id.
    NotFound,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(id: &str) -> String {
        format!(
            r#"{{"id":"{id}","tokens":[{{"suite":1,"netEpoch":2,"kind":"bsn","keyCheck":"BwcHBwcHBwcHBwcHBwcHBw","token":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}}]}}"#
        )
    }

    fn body(signals: &[String]) -> String {
        format!(r#"{{"signals":[{}]}}"#, signals.join(","))
    }

    #[test]
    fn each_signal_once() {
        let (first, second) = ("AQEBAQEBAQEBAQEBAQEBAQ", "AgICAgICAgICAgICAgICAg");
        let read = Resubmission::parse(body(&[signal(first), signal(second)]).as_bytes()).unwrap();
        assert_eq!(read.signals[1].id.to_string(), second);
        assert_eq!(read.signals[0].tokens[0].net_epoch, 2);
        assert!(!format!("{read:?}").contains("BwcHBwcHBwcHBwcHBwcHBwcHBw"));
        let written = serde_json::to_vec(&read).unwrap();
        assert!(Resubmission::parse(&written).is_ok());

        let refused = Resubmission::parse(body(&[signal(first), signal(first)]).as_bytes()).unwrap_err();
        assert_eq!(refused.errors[0].pointer, "/signals");
        assert!(Resubmission::parse(body(&[]).as_bytes()).is_err());
    }

    #[test]
    fn a_fault_is_told_at_its_place() {
        let bad = signal("AQEBAQEBAQEBAQEBAQEBAQ").replace(r#""suite":1"#, r#""suite":3"#);
        let refused =
            Resubmission::parse(body(&[signal("AgICAgICAgICAgICAgICAg"), bad]).as_bytes()).unwrap_err();
        assert_eq!(refused.errors[0].pointer, "/signals/1/tokens/0/suite");
    }

    #[test]
    fn outcomes_have_their_names() {
        let answer = ResubmissionAnswer {
            results: vec![ResubmissionResult {
                id: Id([1; 16]),
                outcome: ResubmissionOutcome::NotFound,
                receipt: None,
            }],
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"results":[{"id":"AQEBAQEBAQEBAQEBAQEBAQ","outcome":"not-found","receipt":null}]}"#
        );
    }
}
