//! What every sealing and opening needs first: a consent that stands, keys that are known, and the keyholder's share.

use protocol::consent::{Record, SignedRecord};
use protocol::gate::GateShareRequest;
use protocol::match_case::{Match, Party};
use protocol::sealed_message::{
    ContentKind, Envelope, Gate, GateKind, KeyFingerprint, OpenError, Route, SealError, SealingKey,
    SealingSecret,
};
use protocol::text::Confidential;
use protocol::{Base64Url, Id, OrganisationId};

use crate::environment::Chance;
use crate::error::Error;
use crate::partner::Partner;

/// The keyholder's share for one message; none where there is no keyholder.
pub(super) struct Share(Option<Confidential<32>>);

impl Share {
    pub(super) const fn gate(&self) -> Gate<'_> {
        match &self.0 {
            None => Gate::NoKeyholder,
            Some(share) => Gate::Share(share),
        }
    }
}

/// All that sealing to a recipient needs.
pub(super) struct ToSeal {
    pub(super) route: Route,
    pub(super) share: Share,
    pub(super) sender_key: SealingKey,
    pub(super) recipient_key: SealingKey,
}

/// What the service tells of something that is to be opened.
pub(super) struct Told<'a> {
    pub(super) match_id: Id,
    pub(super) message_id: Id,
    pub(super) sender: OrganisationId,
    pub(super) recipient: OrganisationId,
    pub(super) sender_key: SealingKey,
    pub(super) recipient_key: SealingKey,
    pub(super) record: &'a SignedRecord,
    pub(super) envelope: &'a str,
}

/// All that opening it needs.
pub(super) struct ToOpen<'a> {
    pub(super) route: Route,
    pub(super) share: Share,
    pub(super) sender_key: SealingKey,
    pub(super) secret: &'a SealingSecret,
    pub(super) record: Record,
}

impl Partner {
    /// Prepares a new message or attachment, under the consent that stands.
    pub(super) async fn to_seal(&self, match_id: Id, recipient: OrganisationId) -> Result<ToSeal, Error> {
        let found = self.match_case(match_id).await?;
        let sender = own_id(&found)?;
        let recipient_key = sealing_key(&found, recipient)?;
        self.rely_on_key(recipient, &recipient_key)?;
        let (record, signed) = self.standing_consent(match_id, [sender, recipient]).await?;

        let route = Route {
            match_id,
            message_id: Id(Chance(self.connection.environment()).bytes()),
            sender,
            recipient,
            consent_hash: record.hash(),
        };
        let share = self.share(&route, &record, &signed).await?;
        let sender_key = self.keys.sealing.newest().public();
        Ok(ToSeal {
            route,
            share,
            sender_key: sender_key.map_err(|_| SealError::Key)?,
            recipient_key,
        })
    }

    /// Prepares to open what is told to be this message: all that can be refused without its content is refused here, and no
    /// share is asked for it.
    pub(super) async fn to_open(&self, told: &Told<'_>, kind: ContentKind) -> Result<ToOpen<'_>, Error> {
        let own = own_id(&self.match_case(told.match_id).await?)?;
        let pair = [told.sender, own];
        let record = self.rely_on(told.record, told.match_id, pair).await?;
        let route = Route {
            match_id: told.match_id,
            message_id: told.message_id,
            sender: told.sender,
            recipient: own,
            consent_hash: record.hash(),
        };
        let envelope = Envelope::parse(told.envelope).map_err(|_| OpenError::Envelope)?;
        if told.recipient != own || envelope.route() != route {
            return Err(OpenError::Route.into());
        }
        if envelope.kind != kind {
            return Err(OpenError::Kind.into());
        }
        match (envelope.gate, &self.oblivious) {
            (GateKind::None, Some(_)) => return Err(OpenError::EmptyShare.into()),
            (GateKind::Keyholder, None) => return Err(OpenError::ShareMissing.into()),
            (GateKind::None, None) | (GateKind::Keyholder, Some(_)) => {}
        }
        self.rely_on_key(told.sender, &told.sender_key)?;
        let secret = self.keys.sealing.of(&told.recipient_key);
        let secret = secret.ok_or(Error::NoSecret)?;
        let share = self.share(&route, &record, told.record).await?;
        Ok(ToOpen {
            route,
            share,
            sender_key: told.sender_key,
            secret,
            record,
        })
    }

    /// The share for a message, where there is a keyholder: the portal says that the consent stands, and with that word the
    /// keyholder is asked.
    async fn share(&self, route: &Route, record: &Record, signed: &SignedRecord) -> Result<Share, Error> {
        let Some(oblivious) = &self.oblivious else {
            return Ok(Share(None));
        };
        let request = GateShareRequest {
            match_id: route.match_id,
            message_id: route.message_id,
            record: signed.clone(),
            status: self.portal.status(&self.connection, record).await?,
        };
        Ok(Share(Some(oblivious.gate_share(&request).await?.share)))
    }

    fn rely_on_key(&self, organisation: OrganisationId, key: &SealingKey) -> Result<(), Error> {
        let known = self.known_keys.is_known(organisation, key);
        if known.map_err(Error::KnownKeys)? {
            return Ok(());
        }
        Err(Error::StrangeKey {
            organisation,
            fingerprint: KeyFingerprint::of(organisation, key),
        })
    }
}

fn own_id(found: &Match) -> Result<OrganisationId, Error> {
    let own = found
        .parties
        .iter()
        .find(|party| party.you)
        .and_then(|party| party.organisation.as_ref());
    Ok(own.ok_or(Error::Answer { status: 200 })?.id)
}

fn sealing_key(found: &Match, recipient: OrganisationId) -> Result<SealingKey, Error> {
    let is_recipient = |party: &&Party| {
        let organisation = party.organisation.as_ref();
        !party.you && organisation.is_some_and(|organisation| organisation.id == recipient)
    };
    let party = found.parties.iter().find(is_recipient);
    let key: Option<Base64Url<32>> = party.ok_or(Error::NoRecipient)?.sealing_key;
    Ok(key.ok_or(Error::NoRecipient)?.into())
}
