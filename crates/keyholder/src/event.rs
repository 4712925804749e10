//! What the keyholder writes into its audit log: a closed catalogue, with a line for each event.
//!
//! Leaves name organisations and random tags. How much was evaluated, for which client, under which key, the public keys
//! themselves, and for which message in which match a share was released stand in openings. Nothing names a professional
//! or a child: there is nothing here that could.

use std::fmt;

use serde_json::{Value, json};

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A client may enter.
    ClientRegistered {
        tag: u128,
        organisation: Option<[u8; 16]>,
        client: String,
        role: &'static str,
    },
    /// A client may not enter any more.
    ClientDisabled {
        tag: u128,
        organisation: Option<[u8; 16]>,
        client: String,
    },
    /// Other quotas hold: for one organisation, or where nothing else was agreed.
    QuotaChanged {
        tag: u128,
        organisation: Option<[u8; 16]>,
        quotas: Value,
    },
    /// Elements were charged, and are then evaluated and answered.
    EvaluationAnswered {
        client_tag: u128,
        organisation: [u8; 16],
        client: String,
        elements: usize,
        epoch: u16,
    },
    /// The first refusal of a day because of a quota.
    QuotaExhausted {
        client_tag: u128,
        organisation: [u8; 16],
        client: String,
        quota: &'static str,
    },
    /// A key was made.
    KeyIntroduced {
        tag: u128,
        epoch: u16,
        public_key: String,
    },
    /// A key became the one to use.
    KeyLive {
        tag: u128,
        before: Option<u128>,
        epoch: u16,
    },
    /// A key's secret was wiped.
    KeyDestroyed { tag: u128, epoch: u16 },
    /// The quotient of two keys was handed over, sealed.
    RotationStarted {
        from: u128,
        to: u128,
        from_epoch: u16,
        to_epoch: u16,
        client: String,
        ceremony_key: String,
    },
    /// A portal's key is believed.
    ConsentKeyAdded {
        tag: u128,
        network: String,
        public_key: String,
    },
    /// A portal's key is not believed any more.
    ConsentKeyEnded {
        tag: u128,
        network: String,
        public_key: String,
    },
    /// Another key of the gate was taken; what was sealed with shares of the one before needs that one.
    GateKeyReplaced { tag: u128 },
    /// A share is released, for one message under one consent.
    ShareReleased {
        client_tag: u128,
        organisation: [u8; 16],
        client: String,
        match_id: String,
        message: String,
        consent: String,
    },
    /// The first refusal of a share on a day, by client and reason.
    ShareRefused {
        client_tag: u128,
        organisation: [u8; 16],
        client: String,
        reason: &'static str,
    },
    /// The gateway told of consents that ended, and of these the keyholder did not know.
    TombstonesReceived {
        client_tag: u128,
        client: String,
        consents: Vec<String>,
    },
    /// The operator took the log out.
    AuditExported { tag: u128 },
}

/// One event as a leaf and an opening say it.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) organisation: Option<[u8; 16]>,
    pub(crate) subject: Tag,
    pub(crate) related: Vec<Tag>,
    pub(crate) from: Option<&'static str>,
    pub(crate) to: Option<&'static str>,
    pub(crate) opening: Value,
}

/// The random name of a record in the log.
pub(crate) struct Tag(pub(crate) char, pub(crate) u128);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:032x}", self.0, self.1)
    }
}

/// Letters of tags: a client (as in the service's log), a key of this keyholder or of a portal, settings, an export.
const CLIENT: char = 'k';
const KEY: char = 'y';
const SETTINGS: char = 'v';
const ORGANISATION: char = 'o';
pub(crate) const EXPORT: char = 'x';

/// Every event of the keyholder's log, in the order of the catalogue.
pub const EVENTS: [&str; 16] = [
    "client.registered",
    "client.disabled",
    "quota.changed",
    "evaluation.answered",
    "evaluation.quota_exhausted",
    "key.introduced",
    "key.live",
    "key.destroyed",
    "rotation.started",
    "gate.consent_key_added",
    "gate.consent_key_ended",
    "gate.key_replaced",
    "gate.share_released",
    "gate.share_refused",
    "gate.tombstones_received",
    "audit.exported",
];

impl Event {
    /// What leaf and opening say.
    pub(crate) fn line(&self) -> Line {
        match self {
            Self::ClientRegistered {
                tag,
                organisation,
                client,
                role,
            } => Line::new("client.registered", Tag(CLIENT, *tag))
                .by(*organisation)
                .opening(json!({ "client": client, "role": role })),
            Self::ClientDisabled {
                tag,
                organisation,
                client,
            } => Line::new("client.disabled", Tag(CLIENT, *tag))
                .by(*organisation)
                .opening(json!({ "client": client })),
            Self::QuotaChanged {
                tag,
                organisation,
                quotas,
            } => {
                let subject = match organisation {
                    Some(id) => Tag(ORGANISATION, u128::from_be_bytes(*id)),
                    None => Tag(SETTINGS, *tag),
                };
                Line::new("quota.changed", subject)
                    .by(*organisation)
                    .opening(quotas.clone())
            }
            Self::EvaluationAnswered {
                client_tag,
                organisation,
                client,
                elements,
                epoch,
            } => Line::new("evaluation.answered", Tag(CLIENT, *client_tag))
                .by(Some(*organisation))
                .opening(json!({ "client": client, "elements": elements, "oprfEpoch": epoch })),
            Self::QuotaExhausted {
                client_tag,
                organisation,
                client,
                quota,
            } => Line::new("evaluation.quota_exhausted", Tag(CLIENT, *client_tag))
                .by(Some(*organisation))
                .opening(json!({ "client": client, "quota": quota })),
            Self::KeyIntroduced {
                tag,
                epoch,
                public_key,
            } => Line::new("key.introduced", Tag(KEY, *tag))
                .moved(None, "introduced")
                .opening(json!({ "oprfEpoch": epoch, "publicKey": public_key })),
            Self::KeyLive { tag, before, epoch } => {
                let mut line = Line::new("key.live", Tag(KEY, *tag))
                    .moved(Some("introduced"), "live")
                    .opening(json!({ "oprfEpoch": epoch }));
                line.related = before.iter().map(|before| Tag(KEY, *before)).collect();
                line
            }
            Self::KeyDestroyed { tag, epoch } => Line::new("key.destroyed", Tag(KEY, *tag))
                .moved(Some("live"), "destroyed")
                .opening(json!({ "oprfEpoch": epoch })),
            Self::RotationStarted {
                from,
                to,
                from_epoch,
                to_epoch,
                client,
                ceremony_key,
            } => {
                let mut line = Line::new("rotation.started", Tag(KEY, *to)).opening(json!({
                    "client": client, "ceremonyKey": ceremony_key, "fromEpoch": from_epoch, "toEpoch": to_epoch
                }));
                line.related = vec![Tag(KEY, *from)];
                line
            }
            Self::ConsentKeyAdded {
                tag,
                network,
                public_key,
            } => Line::new("gate.consent_key_added", Tag(KEY, *tag))
                .opening(json!({ "network": network, "publicKey": public_key })),
            Self::ConsentKeyEnded {
                tag,
                network,
                public_key,
            } => Line::new("gate.consent_key_ended", Tag(KEY, *tag))
                .opening(json!({ "network": network, "publicKey": public_key })),
            Self::GateKeyReplaced { tag } => {
                Line::new("gate.key_replaced", Tag(SETTINGS, *tag)).opening(json!({}))
            }
            Self::ShareReleased {
                client_tag,
                organisation,
                client,
                match_id,
                message,
                consent,
            } => Line::new("gate.share_released", Tag(CLIENT, *client_tag))
                .by(Some(*organisation))
                .opening(
                    json!({ "client": client, "match": match_id, "message": message, "consent": consent }),
                ),
            Self::ShareRefused {
                client_tag,
                organisation,
                client,
                reason,
            } => Line::new("gate.share_refused", Tag(CLIENT, *client_tag))
                .by(Some(*organisation))
                .opening(json!({ "client": client, "reason": reason })),
            Self::TombstonesReceived {
                client_tag,
                client,
                consents,
            } => Line::new("gate.tombstones_received", Tag(CLIENT, *client_tag))
                .opening(json!({ "client": client, "consents": consents })),
            // The scope as the verifier compares it with the bundle's.
            Self::AuditExported { tag } => Line::new("audit.exported", Tag(EXPORT, *tag))
                .opening(json!({ "events": "all", "organisations": "all" })),
        }
    }
}

impl Line {
    fn new(name: &'static str, subject: Tag) -> Self {
        Self {
            name,
            organisation: None,
            subject,
            related: Vec::new(),
            from: None,
            to: None,
            opening: Value::Null,
        }
    }

    fn by(self, organisation: Option<[u8; 16]>) -> Self {
        Self { organisation, ..self }
    }

    fn moved(self, from: Option<&'static str>, to: &'static str) -> Self {
        Self {
            from,
            to: Some(to),
            ..self
        }
    }

    fn opening(self, opening: Value) -> Self {
        Self { opening, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<Event> {
        let organisation = [1; 16];
        let client = || "cl_a".to_owned();
        vec![
            Event::ClientRegistered {
                tag: 1,
                organisation: Some(organisation),
                client: client(),
                role: "partner",
            },
            Event::ClientDisabled {
                tag: 1,
                organisation: None,
                client: client(),
            },
            Event::QuotaChanged {
                tag: 1,
                organisation: None,
                quotas: json!({ "gatewayDaily": 1 }),
            },
            Event::EvaluationAnswered {
                client_tag: 1,
                organisation,
                client: client(),
                elements: 3,
                epoch: 1,
            },
            Event::QuotaExhausted {
                client_tag: 1,
                organisation,
                client: client(),
                quota: "organisation",
            },
            Event::KeyIntroduced {
                tag: 1,
                epoch: 1,
                public_key: "AA".to_owned(),
            },
            Event::KeyLive {
                tag: 1,
                before: Some(2),
                epoch: 1,
            },
            Event::KeyDestroyed { tag: 1, epoch: 1 },
            Event::RotationStarted {
                from: 1,
                to: 2,
                from_epoch: 1,
                to_epoch: 2,
                client: client(),
                ceremony_key: "AA".to_owned(),
            },
            Event::ConsentKeyAdded {
                tag: 1,
                network: "testland".to_owned(),
                public_key: "AA".to_owned(),
            },
            Event::ConsentKeyEnded {
                tag: 1,
                network: "testland".to_owned(),
                public_key: "AA".to_owned(),
            },
            Event::GateKeyReplaced { tag: 1 },
            Event::ShareReleased {
                client_tag: 1,
                organisation,
                client: client(),
                match_id: "AA".to_owned(),
                message: "AA".to_owned(),
                consent: "AA".to_owned(),
            },
            Event::ShareRefused {
                client_tag: 1,
                organisation,
                client: client(),
                reason: "expired",
            },
            Event::TombstonesReceived {
                client_tag: 1,
                client: client(),
                consents: vec!["AA".to_owned()],
            },
            Event::AuditExported { tag: 1 },
        ]
    }

    #[test]
    fn each_event_fits_a_leaf_and_the_verifier_knows_its_name() {
        let mut names = Vec::new();
        for event in every() {
            let line = event.line();
            assert!(line.opening.is_object(), "{}", line.name);
            assert!(
                audit_log::verify::KNOWN_EVENTS.contains(&line.name),
                "{} is not known to the verifier",
                line.name
            );
            let leaf = crate::log::record::entry(&event, 7, jiff::Timestamp::UNIX_EPOCH, None).to_leaf();
            assert!(leaf.is_ok(), "{}: {leaf:?}", line.name);
            names.push(line.name);
        }
        assert_eq!(names, EVENTS);
    }
}
