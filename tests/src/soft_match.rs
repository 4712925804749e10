//! Children without a BSN, and what their organisations are asked of them.

use client::{Child as Whose, Error, NewSignal, Submitted};
use identifiers::{Identifier, ServiceKey, key_check, token};
use protocol::Id;
use protocol::family_match::FamilyMatch;
use protocol::notice::NoticeKind;
use protocol::signal::Signal;
use protocol::soft_match::{SoftMatch, SoftMatchAnswer};
use serde_json::{Value, json};

use crate::professional::first_page;
use crate::region::{NET_EPOCH, network_secret};
use crate::{Child, Professional, child, eventually};

/// A client of an organisation of whom there is no BSN.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// As the organisation wrote it.
    pub surname: &'static str,
    /// Birth date.
    pub born: &'static str,
    /// Sex.
    pub sex: &'static str,
    /// The organisation's own reference.
    pub reference: &'static str,
}

impl Client {
    /// The service key as the client library makes it.
    #[must_use]
    pub fn key(&self) -> ServiceKey {
        ServiceKey::new(self.surname, self.born, self.sex).unwrap()
    }
}

impl Professional {
    /// A signal about this client until 1 September 2027.
    #[must_use]
    pub fn new_signal_about(&self, client: &Client) -> NewSignal {
        NewSignal {
            child: Whose::WithoutBsn {
                key: client.key(),
                reference: client.reference.parse().unwrap(),
            },
            ..self.new_signal(&child(1), "2027-09-01")
        }
    }

    /// Gives a signal about this client and tells the family; the organisation must have had none.
    pub async fn signals_about(&self, client: &Client) -> Signal {
        self.gives(&self.new_signal_about(client)).await
    }

    /// Gives a signal about this child with these guardians, by their numbers, and tells the family.
    pub async fn signals_with_guardians(&self, of: &Child, guardians: &[Child]) -> Signal {
        let signal = NewSignal {
            guardians: guardians.iter().map(Child::bsn).collect(),
            ..self.new_signal(of, "2027-09-01")
        };
        self.gives(&signal).await
    }

    async fn gives(&self, signal: &NewSignal) -> Signal {
        match self.partner.submit_signal(signal, None).await.unwrap() {
            Submitted::New(signal) => {
                self.tells_the_family(signal.id).await;
                signal
            }
            Submitted::Known(_) => panic!("{} had a signal for this child", self.name),
        }
    }

    /// A signal about this client as its body goes over the wire.
    #[must_use]
    pub fn client_signal_body(&self, client: &Client) -> String {
        let mut body: Value = serde_json::from_str(&self.signal_body(&child(1))).unwrap();
        let made = token::derive(&network_secret(), NET_EPOCH, &client.key().into());
        body["tokens"] = json!([wire_token("service-key", made.as_bytes())]);
        body["clientReference"] = json!(client.reference);
        body.to_string()
    }

    /// A signal about this child with a guardian as its body goes over the wire.
    #[must_use]
    pub fn guardian_signal_body(&self, of: &Child, guardian: &Child) -> String {
        let mut body: Value = serde_json::from_str(&self.signal_body(of)).unwrap();
        let guardian = Identifier::GuardianBsn(guardian.bsn());
        let made = token::derive(&network_secret(), NET_EPOCH, &guardian);
        body["guardians"] = json!([{"tokens": [wire_token("guardian-bsn", made.as_bytes())]}]);
        body.to_string()
    }

    /// Everything the organisation is or was asked, newest first.
    pub async fn soft_matches(&self) -> Vec<SoftMatch> {
        self.partner.soft_matches(&first_page()).await.unwrap().items
    }

    /// Waits until it has been asked so many times, no more and no fewer; newest first.
    pub async fn is_asked(&self, count: usize) -> Vec<SoftMatch> {
        let asked = eventually("a soft match", async || {
            Some(self.soft_matches().await).filter(|asked| asked.len() >= count)
        })
        .await;
        assert_eq!(asked.len(), count, "{} is asked too often", self.name);
        asked
    }

    /// Answers.
    pub async fn says_same_child(&self, id: Id, same_child: bool) -> SoftMatchAnswer {
        self.tries_to_say_same_child(id, same_child).await.unwrap()
    }

    /// Answers, maybe in vain.
    ///
    /// # Errors
    /// The refusal.
    pub async fn tries_to_say_same_child(&self, id: Id, same_child: bool) -> Result<SoftMatchAnswer, Error> {
        self.partner.answer_soft_match(id, same_child, None).await
    }

    /// Everything the inbox tells, by kind.
    pub async fn inbox_kinds(&self) -> Vec<NoticeKind> {
        self.inbox().await.iter().map(|notice| notice.kind).collect()
    }

    /// Its family matches.
    pub async fn family_matches(&self) -> Vec<FamilyMatch> {
        self.partner.family_matches(&first_page()).await.unwrap().items
    }
}

fn wire_token(kind: &str, token: &[u8; 32]) -> Value {
    json!({
        "suite": 1, "netEpoch": NET_EPOCH, "kind": kind,
        "keyCheck": protocol::text::encode(key_check(&network_secret(), NET_EPOCH).as_bytes()),
        "token": protocol::text::encode(token),
    })
}
