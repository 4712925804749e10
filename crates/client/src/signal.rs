//! Giving a signal.

use identifiers::Bsn;
use jiff::civil::Date;
use protocol::page::{Page, PageQuery};
use protocol::signal::{Contact, Ground, Signal, SignalSubmission};
use protocol::{Id, IdempotencyKey, YearMonth};

use crate::error::Error;
use crate::partner::{Partner, page};
use crate::tokens::Made;

/// A signal to give.
pub struct NewSignal {
    /// The child's citizen service number; it does not leave this machine.
    pub bsn: Bsn,
    /// Who gives the signal.
    pub professional: Contact,
    /// The day on which it ends by itself.
    pub planned_end: Date,
    /// The month of the child's 23rd birthday.
    pub destroy_by: YearMonth,
    /// The ground that was ticked.
    pub ground: Ground,
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
        let made = self
            .tokens(&signal.professional.reference, &[&signal.bsn])
            .await?;
        let used = made.way.clone();
        match self.submit(signal, made, key).await {
            // A refusal leaves its key free.
            Err(error) if self.made_anew(&error, &used).await? => {
                let again = self
                    .tokens(&signal.professional.reference, &[&signal.bsn])
                    .await?;
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
        let submission = SignalSubmission {
            tokens: made.children.into_iter().flatten().collect(),
            professional: signal.professional.clone(),
            planned_end: signal.planned_end,
            destroy_by: signal.destroy_by,
            ground: signal.ground.clone(),
        };
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
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, Reply, SCHOOL, Service, sealing, token as access};

    pub(crate) fn new_signal() -> NewSignal {
        NewSignal {
            bsn: Bsn::parse("999990019").unwrap(),
            professional: Contact {
                reference: "m.jansen".parse().unwrap(),
                email: None,
                phone: Some("+31201234567".parse().unwrap()),
            },
            planned_end: protocol::text::date("2027-06-30").unwrap(),
            destroy_by: "2041-05".parse().unwrap(),
            ground: "development-at-risk".parse().unwrap(),
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
        let expected = token::of_bsn(&secret, 1, &new_signal().bsn);
        assert_eq!(read.tokens[0].token.expose(), expected.as_bytes());
        assert_eq!(read.tokens[0].key_check.0, *key_check(&secret, 1).as_bytes());
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
