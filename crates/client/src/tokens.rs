//! From identifiers to tokens as they are sent.

use identifiers::{Identifier, Kind, Token, key_check, token};
use protocol::key_epochs::NetworkKeys;
use protocol::problem::ProblemType;
use protocol::signal::{ProfessionalReference, SignalToken, TokenKind};
use protocol::text::{Base64Url, Confidential};

use crate::error::Error;
use crate::oblivious::professional_pseudonym;
use crate::partner::{NetworkKey, Partner};

/// How tokens were made: for which network epochs, and in which of the keyholder's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    net_epochs: Vec<u16>,
    oprf_epoch: Option<u16>,
}

/// The tokens of each person, in order.
pub(crate) struct Made {
    pub(crate) way: Way,
    pub(crate) people: Vec<Vec<SignalToken>>,
}

fn kind(person: &Identifier) -> TokenKind {
    match person.kind() {
        Kind::Bsn => TokenKind::Bsn,
        Kind::ServiceKey => TokenKind::ServiceKey,
        Kind::GuardianBsn => TokenKind::GuardianBsn,
    }
}

impl Partner {
    /// The tokens of these people, one per network epoch each; together at most 100. With a keyholder they are of suite 2 or
    /// there are none.
    pub(crate) async fn tokens(
        &self,
        professional: &ProfessionalReference,
        people: &[Identifier],
    ) -> Result<Made, Error> {
        if self.keys.network.is_empty() {
            return Err(Error::Settings("no network secret"));
        }
        let net_epochs = self.net_epochs.lock().await.clone();
        let in_use = |network: &&NetworkKey| net_epochs.contains(&network.epoch);
        let networks: Vec<&NetworkKey> = self.keys.network.iter().filter(in_use).collect();
        let hashed = people.iter().flat_map(|person| {
            let hash = |network: &&NetworkKey| token::derive(&network.secret, network.epoch, person);
            networks.iter().map(hash)
        });
        let hashed: Vec<Token> = hashed.collect();
        let (suite, oprf_epoch, tokens) = match &self.oblivious {
            None => (1, None, hashed),
            Some(oblivious) => {
                let newest = self.keys.network.iter().max_by_key(|network| network.epoch);
                let newest = newest.ok_or(Error::Settings("no network secret"))?;
                let professional = professional_pseudonym(&newest.secret, professional);
                let evaluated = oblivious.evaluate(professional, &hashed).await?;
                (2, Some(evaluated.oprf_epoch), evaluated.tokens)
            }
        };
        let kinds = people
            .iter()
            .flat_map(|person| std::iter::repeat_n(kind(person), networks.len()));
        let made = tokens
            .iter()
            .zip(networks.iter().cycle())
            .zip(kinds)
            .map(|((token, network), kind)| SignalToken {
                suite,
                net_epoch: network.epoch,
                oprf_epoch,
                kind,
                key_check: Base64Url(*key_check(&network.secret, network.epoch).as_bytes()),
                token: Confidential::new(*token.as_bytes()),
            });
        let made: Vec<SignalToken> = made.collect();
        Ok(Made {
            way: Way {
                net_epochs,
                oprf_epoch,
            },
            people: made.chunks(networks.len().max(1)).map(<[_]>::to_vec).collect(),
        })
    }

    /// After `unknown-key-epoch`: learns which keys are live now, from the keyholder's list and from the service. Whether
    /// tokens would be made in another way than `used`; a keyholder that takes back what its list said is told.
    pub(crate) async fn made_anew(&self, error: &Error, used: &Way) -> Result<bool, Error> {
        if error.problem_type() != Some(ProblemType::UnknownKeyEpoch) {
            return Ok(false);
        }
        let oprf_epoch = match &self.oblivious {
            None => None,
            Some(oblivious) => match oblivious.refresh().await {
                Ok(list) => Some(list.live().0),
                // It cannot be reached just now: the refusal that led here says more.
                Err(Error::Keyholder(_)) => return Ok(false),
                Err(error) => return Err(error),
            },
        };
        let mut net_epochs = self.net_epochs.lock().await;
        let known = self.connection.get_public::<NetworkKeys>("/v1/key-epochs").await;
        if let Ok(known) = known {
            // Those whose secret is here; a secret the service will want tomorrow waits.
            let wanted = |epoch: &u16| known.net_epochs.iter().any(|known| known.net_epoch == *epoch);
            let configured = self.keys.network.iter().map(|network| network.epoch);
            let usable: Vec<u16> = configured.filter(wanted).collect();
            if !usable.is_empty() {
                *net_epochs = usable;
            }
        }
        let now = Way {
            net_epochs: net_epochs.clone(),
            oprf_epoch,
        };
        Ok(now != *used)
    }
}
