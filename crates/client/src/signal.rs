//! Giving a signal.

use identifiers::{Bsn, Identifier, ServiceKey};
use jiff::civil::Date;
use protocol::page::{Page, PageQuery};
use protocol::signal::{
    ArchivedSignal, ClientReference, Contact, EndReason, Ending, EndingSubmission, Ground, GuardianTokens,
    OpeningReason, OpeningSubmission, Reassignment, ReassignmentSubmission, Signal, SignalSubmission,
    SignalToken,
};
use protocol::{Id, IdempotencyKey, OrganisationId, YearMonth};

use crate::error::Error;
use crate::partner::{Partner, page};
use crate::tokens::Made;

/// A signal to give.
pub struct NewSignal {
    /// Which child.
    pub child: Child,
    /// The citizen service numbers of the child's guardians, at most four, where the covenant has family matches; they
    /// do not leave this machine either.
    pub guardians: Vec<Bsn>,
    /// Who gives the signal.
    pub professional: Contact,
    /// The day on which it ends by itself.
    pub planned_end: Date,
    /// The month of the child's 23rd birthday.
    pub destroy_by: YearMonth,
    /// The ground that was ticked.
    pub ground: Ground,
    /// The organisation whose signal it is, when it is given on behalf of another.
    pub on_behalf_of: Option<OrganisationId>,
}

/// Which child a signal is about. What identifies it does not leave this machine.
#[derive(Clone)]
pub enum Child {
    /// The child's citizen service number.
    Bsn(Bsn),
    /// There is none.
    WithoutBsn {
        /// Surname, birth date and sex. Another child can have the same: then it is asked whether they are one.
        key: ServiceKey,
        /// Your own, opaque reference to this client, the same each time; never a citizen service number.
        reference: ClientReference,
    },
}

impl Child {
    fn identifier(&self) -> Identifier {
        match self {
            Self::Bsn(bsn) => bsn.clone().into(),
            Self::WithoutBsn { key, .. } => key.clone().into(),
        }
    }

    fn reference(&self) -> Option<&ClientReference> {
        match self {
            Self::Bsn(_) => None,
            Self::WithoutBsn { reference, .. } => Some(reference),
        }
    }
}

impl From<Bsn> for Child {
    fn from(bsn: Bsn) -> Self {
        Self::Bsn(bsn)
    }
}

impl NewSignal {
    /// The body in which it is sent, with these tokens of the child and its guardians.
    pub(crate) fn submission(&self, tokens: Vec<Vec<SignalToken>>) -> SignalSubmission {
        let mut people = tokens.into_iter();
        SignalSubmission {
            tokens: people.next().unwrap_or_default(),
            client_reference: self.child.reference().cloned(),
            guardians: people.map(|tokens| GuardianTokens { tokens }).collect(),
            professional: self.professional.clone(),
            planned_end: self.planned_end,
            destroy_by: self.destroy_by,
            ground: self.ground.clone(),
            on_behalf_of: self.on_behalf_of,
        }
    }

    /// The child, then its guardians.
    pub(crate) fn people(&self) -> Vec<Identifier> {
        let guardians = self.guardians.iter().cloned().map(Identifier::GuardianBsn);
        std::iter::once(self.child.identifier())
            .chain(guardians)
            .collect()
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// The signal was stored.
    New(Signal),
    /// This organisation had a signal for this child; here it is.
    Known(Signal),
}

impl Submitted {
    /// The signal, new or known.
    pub const fn signal(&self) -> &Signal {
        match self {
            Self::New(signal) | Self::Known(signal) => signal,
        }
    }
}

impl Partner {
    /// Gives a signal. The identifier becomes one token per network epoch before anything is sent to the service; with a
    /// keyholder the token is blinded, evaluated there, verified and unblinded on the way.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] give it again with the same `key`. After [`Error::Keyholder`] and
    /// [`Error::KeyholderLied`] nothing was sent to the service.
    pub async fn submit_signal(
        &self,
        signal: &NewSignal,
        key: Option<&IdempotencyKey>,
    ) -> Result<Submitted, Error> {
        let people = signal.people();
        let made = self.tokens(&signal.professional.reference, &people).await?;
        let used = made.way.clone();
        match self.submit(signal, made, key).await {
            // A refusal leaves its key free.
            Err(error) if self.made_anew(&error, &used).await? => {
                let again = self.tokens(&signal.professional.reference, &people).await?;
                self.submit(signal, again, key).await
            }
            outcome => outcome,
        }
    }

    async fn submit(
        &self,
        signal: &NewSignal,
        made: Made,
        key: Option<&IdempotencyKey>,
    ) -> Result<Submitted, Error> {
        let submission = signal.submission(made.people);
        let answer = self.connection.post("/v1/signals", &submission, key).await?;
        Ok(if answer.created {
            Submitted::New(answer.value)
        } else {
            Submitted::Known(answer.value)
        })
    }

    /// One of the organisation's own signals.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn signal(&self, id: Id) -> Result<Signal, Error> {
        self.connection.get(&format!("/v1/signals/{id}")).await
    }

    /// Ends a signal before its planned end.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn end_signal(
        &self,
        id: Id,
        reason: EndReason,
        key: Option<&IdempotencyKey>,
    ) -> Result<Ending, Error> {
        let path = format!("/v1/signals/{id}/endings");
        let submission = EndingSubmission { reason };
        Ok(self.connection.post(&path, &submission, key).await?.value)
    }

    /// Puts another professional in the place of one who leaves, in all of the organisation's living signals.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn reassign_signals(
        &self,
        reassignment: &ReassignmentSubmission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Reassignment, Error> {
        let path = "/v1/signals/reassignments";
        Ok(self.connection.post(path, reassignment, key).await?.value)
    }

    /// Asks what a notice from the archive is about.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again with the same `key`.
    pub async fn open_archive_notice(
        &self,
        notice: Id,
        reason: OpeningReason,
        key: Option<&IdempotencyKey>,
    ) -> Result<ArchivedSignal, Error> {
        let path = format!("/v1/notices/{notice}/openings");
        let submission = OpeningSubmission { reason };
        Ok(self.connection.post(&path, &submission, key).await?.value)
    }

    /// The organisation's own signals, a page at a time.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn signals(&self, query: &PageQuery) -> Result<Page<Signal>, Error> {
        self.connection.get(&page("/v1/signals", query)).await
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use identifiers::{key_check, token};
    use protocol::Body as _;
    use protocol::signal::TokenKind;
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, Reply, SCHOOL, Service, sealing, token as access};

    pub(crate) fn bsn() -> Bsn {
        Bsn::parse("999990019").unwrap()
    }

    pub(crate) fn new_signal() -> NewSignal {
        NewSignal {
            child: bsn().into(),
            guardians: Vec::new(),
            professional: Contact {
                reference: "m.jansen".parse().unwrap(),
                email: None,
                phone: Some("+31201234567".parse().unwrap()),
            },
            planned_end: protocol::text::date("2027-06-30").unwrap(),
            destroy_by: "2041-05".parse().unwrap(),
            ground: "development-at-risk".parse().unwrap(),
            on_behalf_of: None,
        }
    }

    async fn service(status: u16) -> Service {
        Service::start(move |asked| {
            access(asked).unwrap_or_else(|| {
                let signal = json!({
                    "id": Id([6; 16]), "state": "active", "submittedAt": NOW, "plannedEnd": "2027-06-30",
                    "destroyBy": "2041-05", "assurance": {"suite": 1, "blindedByClient": false},
                });
                Reply::Json(status, signal)
            })
        })
        .await
    }

    #[tokio::test]
    async fn the_identifier_stays_here() {
        let service = service(201).await;
        let submitted = service
            .partner(sealing(SCHOOL))
            .submit_signal(&new_signal(), None)
            .await
            .unwrap();
        assert!(matches!(submitted, Submitted::New(_)));

        let body = service.asked("POST /v1/signals")[0].body.clone();
        assert!(!body.contains("999990019"));
        let read = SignalSubmission::parse(body.as_bytes()).unwrap();
        let secret = identifiers::NetworkSecret::from_bytes([7; 32]);
        let expected = token::of_bsn(&secret, 1, &bsn());
        assert_eq!(read.tokens[0].token.expose(), expected.as_bytes());
        assert_eq!(read.tokens[0].key_check.0, *key_check(&secret, 1).as_bytes());
    }

    #[tokio::test]
    async fn a_child_without_a_number_goes_by_its_key_and_guardians_beside_it() {
        let service = service(201).await;
        let key = ServiceKey::new("Zilverberg", "2020-05-14", "v").unwrap();
        let signal = NewSignal {
            child: Child::WithoutBsn {
                key: key.clone(),
                reference: "dossier-4711".parse().unwrap(),
            },
            guardians: vec![bsn()],
            ..new_signal()
        };
        let partner = service.partner(sealing(SCHOOL));
        partner.submit_signal(&signal, None).await.unwrap();
        let body = service.asked("POST /v1/signals")[0].body.clone();
        assert!(!body.to_lowercase().contains("zilver") && !body.contains("2020"));
        let read = SignalSubmission::parse(body.as_bytes()).unwrap();
        let secret = identifiers::NetworkSecret::from_bytes([7; 32]);
        let token = |identifier: &Identifier| *token::derive(&secret, 1, identifier).as_bytes();
        assert_eq!(read.tokens[0].kind, TokenKind::ServiceKey);
        assert_eq!(read.tokens[0].token.expose(), &token(&key.into()));
        assert_eq!(read.client_reference.unwrap().as_str(), "dossier-4711");
        let guardian = &read.guardians[0].tokens[0];
        assert_eq!(guardian.kind, TokenKind::GuardianBsn);
        // A guardian's token is another than that of the same number as a child's.
        assert_eq!(guardian.token.expose(), &token(&Identifier::GuardianBsn(bsn())));
        assert_ne!(guardian.token.expose(), &token(&bsn().into()));
    }

    #[tokio::test]
    async fn a_signal_given_before_is_known() {
        let service = service(200).await;
        let submitted = service
            .partner(sealing(SCHOOL))
            .submit_signal(&new_signal(), None)
            .await
            .unwrap();
        assert!(matches!(&submitted, Submitted::Known(signal) if signal.id == Id([6; 16])));
    }

    #[tokio::test]
    async fn lists_are_asked_page_by_page() {
        let service = Service::start(|asked| {
            access(asked).unwrap_or_else(|| {
                let next = if asked.line.contains("cursor=") {
                    json!(null)
                } else {
                    json!("abc-_1")
                };
                Reply::Json(200, json!({"items": [], "next": next}))
            })
        })
        .await;
        let partner = service.partner(sealing(SCHOOL));
        let first = partner
            .signals(&PageQuery {
                limit: 2,
                cursor: None,
            })
            .await
            .unwrap();
        let next = partner
            .signals(&PageQuery {
                limit: 2,
                cursor: first.next,
            })
            .await
            .unwrap();
        assert_eq!(next.next, None);
        assert!(service.asked("GET /v1/signals?limit=2&cursor=abc-_1 ").len() == 1);
    }
}
