//! A service for tests that keeps what parties seal for each other, and a portal beside it. Each test can make it lie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use protocol::consent::{ConsentKeys, ConsentSigner, SignedRecord};
use protocol::exchange::{Attachment, AttachmentSubmission, ContentKind, MessageState, part_bytes, parts};
use protocol::gate::{ConsentStatus, Standing};
use protocol::problem::ProblemType;
use protocol::{Id, OrganisationId};
use serde_json::{Value, json};

use super::keyholder::Keyholder;
use super::{
    Asked, MATCH, NOW, Reply, SCHOOL, Service, TestEnvironment, YOUTH_HELP, consent_keys, given, match_for,
    portal, sealing, signed, terms, token,
};
use crate::{NetworkKey, Partner, PartnerKeys, Settings};

/// What the service has, and how it behaves.
pub(crate) struct Held {
    /// The record of the consent that stands, as it says.
    pub(crate) record: SignedRecord,
    /// What it says of the portal's keys.
    pub(crate) keys: ConsentKeys,
    /// The message it took, as it gives it back.
    pub(crate) message: Option<Value>,
    /// The attachment it took.
    pub(crate) attachment: Option<AttachmentSubmission>,
    /// What arrived of it.
    pub(crate) arrived: BTreeMap<u32, Vec<u8>>,
    /// After so many parts nobody answers any more.
    pub(crate) breaks_after: Option<usize>,
    /// Who signs the portal's word.
    pub(crate) portal: ConsentSigner,
    /// The portal's word.
    pub(crate) word: Standing,
    /// How many seconds old the portal's word is.
    pub(crate) age: i64,
    /// The portal does not answer.
    pub(crate) portal_down: bool,
    /// Where it says the portal is, when not at its own address.
    pub(crate) status_url: Option<String>,
    /// It takes messages and its answer is lost.
    pub(crate) hangs_up: bool,
}

/// A school that seals for youth help, the service between them, and maybe a keyholder.
pub(crate) struct World {
    held: Arc<Mutex<Held>>,
    pub(crate) school: Service,
    pub(crate) youth_help: Service,
    pub(crate) keyholder: Option<Keyholder>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let held = Held {
            record: signed(terms()),
            keys: consent_keys(),
            message: None,
            attachment: None,
            arrived: BTreeMap::new(),
            breaks_after: None,
            portal: portal(),
            word: Standing::Stands,
            age: 0,
            portal_down: false,
            status_url: None,
            hangs_up: false,
        };
        let held = Arc::new(Mutex::new(held));
        let door = async |you| {
            let held = Arc::clone(&held);
            Service::start(move |asked| {
                token(asked).unwrap_or_else(|| held.lock().unwrap().answer(asked, you))
            })
            .await
        };
        Self {
            school: door(SCHOOL).await,
            youth_help: door(YOUTH_HELP).await,
            held,
            keyholder: None,
        }
    }

    pub(crate) async fn with_keyholder() -> Self {
        Self {
            keyholder: Some(Keyholder::start().await),
            ..Self::start().await
        }
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    pub(crate) fn keyholder(&self) -> &Keyholder {
        self.keyholder.as_ref().unwrap()
    }

    /// The school's program; with a keyholder it knows that.
    pub(crate) fn sender(&self) -> Partner {
        self.partner(&self.school, SCHOOL)
    }

    pub(crate) fn recipient(&self) -> Partner {
        self.partner(&self.youth_help, YOUTH_HELP)
    }

    fn partner(&self, door: &Service, who: OrganisationId) -> Partner {
        let keyholder = self.keyholder.as_ref().map(|keyholder| {
            keyholder.change(|state| state.caller = Some(who));
            keyholder.settings()
        });
        connect(
            Settings {
                keyholder,
                ..door.settings()
            },
            who,
        )
    }

    /// A program of an organisation that knows no keyholder, whether there is one or not.
    pub(crate) fn unaware(&self, who: OrganisationId) -> Partner {
        let door = if who == SCHOOL {
            &self.school
        } else {
            &self.youth_help
        };
        connect(door.settings(), who)
    }
}

pub(crate) fn connect(settings: Settings, who: OrganisationId) -> Partner {
    let secret = identifiers::NetworkSecret::from_bytes([7; 32]);
    let keys = PartnerKeys {
        network: vec![NetworkKey { epoch: 1, secret }],
        sealing: sealing(who).into(),
    };
    Partner::connect(settings, keys, TestEnvironment::default()).unwrap()
}

impl Held {
    fn answer(&mut self, asked: &Asked, you: OrganisationId) -> Reply {
        let (method, rest) = asked.line.split_once(' ').unwrap();
        let path = rest.split([' ', '?']).next().unwrap();
        let own = format!("/v1/matches/{MATCH}");
        let place = path.strip_prefix(&own).unwrap_or(path);
        match (method, place) {
            ("GET", "") => Reply::Json(200, match_for(you)),
            ("GET", "/v1/consent-keys") => {
                let mut keys = self.keys.clone();
                let own = asked
                    .header("host")
                    .map(|host| format!("http://{host}/v1/consent-status"));
                keys.status_url = self.status_url.clone().or(own);
                Reply::Json(200, serde_json::to_value(keys).unwrap())
            }
            ("POST", "/v1/consent-status") => self.say(asked),
            ("GET", "/consent-requests") => Reply::Json(200, given(&self.record)),
            ("POST", "/messages") => self.take_message(asked),
            ("POST", "/attachments") => {
                self.attachment = Some(serde_json::from_slice(&asked.bytes).unwrap());
                Reply::Json(201, self.attachment(you))
            }
            ("POST", place) if place.ends_with("/acknowledgements") => {
                let id = place.split('/').nth(2).unwrap();
                Reply::Json(201, json!({"messageId": id, "acknowledgedAt": NOW}))
            }
            ("PUT", place) => self.take_part(asked, number(place), you),
            ("GET", place) if place.starts_with("/messages/") => match self.message.clone() {
                Some(message) => Reply::Json(200, self.opened(message)),
                None => Reply::Problem(ProblemType::NotFound),
            },
            ("GET", place) if place.contains("/parts/") => match self.arrived.get(&number(place)) {
                Some(bytes) => Reply::Bytes(200, "application/octet-stream", bytes.clone()),
                None => Reply::Problem(ProblemType::NotFound),
            },
            ("GET", place) if place.starts_with("/attachments/") && self.attachment.is_some() => {
                Reply::Json(200, self.attachment(you))
            }
            ("GET", place) if place.starts_with("/attachments/") => Reply::Problem(ProblemType::NotFound),
            _ => panic!("{}", asked.line),
        }
    }

    /// The portal's word about any consent.
    fn say(&self, asked: &Asked) -> Reply {
        assert!(
            asked.header("authorization").is_none(),
            "no token goes to the portal"
        );
        if self.portal_down {
            return Reply::Problem(ProblemType::ShuttingDown);
        }
        let question: Value = serde_json::from_slice(&asked.bytes).unwrap();
        let now: jiff::Timestamp = NOW.parse().unwrap();
        let status = ConsentStatus {
            as_of: now - jiff::SignedDuration::from_secs(self.age),
            consent: serde_json::from_value(question["consentHash"].clone()).unwrap(),
            network: "demo".parse().unwrap(),
            state: self.word,
        };
        Reply::Json(
            200,
            serde_json::to_value(status.sign(&self.portal).unwrap()).unwrap(),
        )
    }

    fn take_message(&mut self, asked: &Asked) -> Reply {
        let body: Value = serde_json::from_slice(&asked.bytes).unwrap();
        let receipt = json!({"messageId": body["messageId"], "sentAt": NOW});
        self.message = Some(body);
        if self.hangs_up {
            return Reply::HangUp;
        }
        Reply::Json(201, receipt)
    }

    /// A message as its recipient gets it.
    fn opened(&self, mut message: Value) -> Value {
        let members = message.as_object_mut().unwrap();
        members.remove("consentHash");
        for (asked, told) in [
            ("senderKey", "senderSealingKey"),
            ("recipientKey", "recipientSealingKey"),
        ] {
            let key = members.remove(asked).unwrap();
            members.insert(told.into(), key);
        }
        members.insert("sender".into(), json!(SCHOOL));
        members.insert("sentAt".into(), json!(NOW));
        members.insert("record".into(), serde_json::to_value(&self.record).unwrap());
        message
    }

    fn take_part(&mut self, asked: &Asked, number: u32, you: OrganisationId) -> Reply {
        if self.breaks_after.is_some_and(|parts| self.arrived.len() >= parts) {
            return Reply::HangUp;
        }
        let sealed_bytes = self.attachment.as_ref().unwrap().sealed_bytes;
        assert_eq!(part_bytes(sealed_bytes, number), Some(asked.bytes.len() as u64));
        let before = self.arrived.insert(number, asked.bytes.clone());
        assert!(
            before.is_none_or(|before| before == asked.bytes),
            "other bytes in the same place"
        );
        Reply::Json(200, self.attachment(you))
    }

    fn attachment(&self, you: OrganisationId) -> Value {
        let taken = self.attachment.clone().unwrap();
        let whole = self.arrived.len() == parts(taken.sealed_bytes) as usize;
        let attachment = Attachment {
            message_id: taken.message_id,
            kind: ContentKind::Attachment,
            sender: SCHOOL,
            sender_sealing_key: taken.sender_key,
            recipient: taken.recipient,
            recipient_sealing_key: taken.recipient_key,
            state: if whole {
                MessageState::Waiting
            } else {
                MessageState::Arriving
            },
            sealed_bytes: taken.sealed_bytes,
            parts: parts(taken.sealed_bytes),
            received: (you == SCHOOL && !whole).then(|| self.arrived.keys().copied().collect()),
            arrive_by: None,
            sent_at: whole.then(|| NOW.parse().unwrap()),
            fetched_at: None,
            acknowledged_at: None,
            record: self.record.clone(),
            enc: taken.enc,
            envelope: taken.envelope,
        };
        serde_json::to_value(attachment).unwrap()
    }
}

fn number(place: &str) -> u32 {
    place.rsplit('/').next().unwrap().parse().unwrap()
}

/// An id that the service never gave.
pub(crate) const ANOTHER: Id = Id([9; 16]);
