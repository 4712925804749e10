//! Sealed exchange: what can be asked of `protocol`, by number. A *route* is five fields: match, message, sender, recipient,
//! consent hash. A *share* is 43 characters, or nothing in a network without a keyholder. *Chance* is 32 bytes.
//!
//! | number | operation | question | answer |
//! |---|---|---|---|
//! | 11 | public key | secret | 43 characters |
//! | 12 | fingerprint | organisation, public key | six groups of digits |
//! | 13 | prove possession | chance, organisation, secret, the service's key | 64 characters |
//! | 14 | verify a consent | record's document, hash, signature, key id; status's document, signature, key id; network, match, two parties, time; then the portal's keys | nothing |
//! | 15 | seal a message | chance, route, share, secret, recipient's key, content | enc, envelope, ciphertext |
//! | 16 | open a message | route, share, sender's key, secret, enc, envelope, ciphertext | content |
//! | 17 | begin to seal an attachment | chance, route, share, secret, recipient's key, name, type, bytes of the file | number, enc, envelope, sealed bytes, bytes of the file in the first part |
//! | 18 | seal a part | number, bytes of the file | the part; unless it was the last, bytes of the file in the next one |
//! | 19 | begin to open an attachment | route, share, sender's key, secret, enc, envelope, sealed bytes | number |
//! | 20 | open a part | number, the part | nothing |
//! | 21 | finish opening | number | name, type, file |

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::str::FromStr;

use protocol::consent::{ConsentKey, ConsentKeys, ConsentVerifier, SignedRecord};
use protocol::gate::{GateRefusal, GateShareRequest, SignedStatus, judge};
use protocol::sealed_message::{
    AttachmentHeader, Gate, KeyFingerprint, OpenError, Opening, OpeningError, Route, SealError, Sealed,
    Sealing, SealingKey, SealingSecret, Unusable, open, seal,
};
use protocol::text::{Base64Url, Confidential};
use protocol::{Id, Invalid, KeyId};
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::fields::{Fields, answer};
use crate::operation::{Answer, Refused};

impl From<Invalid> for Refused {
    fn from(error: Invalid) -> Self {
        Self::new("invalid-encoding", error)
    }
}

impl From<Unusable> for Refused {
    fn from(error: Unusable) -> Self {
        Self::new("key", error)
    }
}

impl From<SealError> for Refused {
    fn from(error: SealError) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<OpenError> for Refused {
    fn from(error: OpenError) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<GateRefusal> for Refused {
    fn from(error: GateRefusal) -> Self {
        Self::new(error.as_str(), error)
    }
}

/// Attachments under way.
#[derive(Default)]
pub(crate) struct Exchange {
    sealings: BTreeMap<u32, Sealing>,
    openings: BTreeMap<u32, Opening<Held>>,
}

impl Exchange {
    /// `number` is what a new attachment is called by.
    pub(crate) fn carry_out(&mut self, operation: u32, number: u32, fields: &mut Fields<'_>) -> Answer {
        match operation {
            11 => public_key(fields),
            12 => fingerprint(fields),
            13 => prove_possession(fields),
            14 => verify_consent(fields),
            15 => seal_message(fields),
            16 => open_message(fields),
            17 => self.begin_sealing(number, fields),
            18 => self.seal_part(fields),
            19 => self.begin_opening(number, fields),
            20 => self.open_part(fields),
            21 => self.finish_opening(fields),
            _ => Err(Refused::MALFORMED),
        }
    }

    pub(crate) fn give_up(&mut self, number: u32) {
        self.sealings.remove(&number);
        self.openings.remove(&number);
    }

    fn begin_sealing(&mut self, number: u32, fields: &mut Fields<'_>) -> Answer {
        let mut chance = Chance::given(fields)?;
        let (route, share) = (route(fields)?, share(fields)?);
        let (sender, recipient) = (secret(fields)?, key(fields)?);
        let header = AttachmentHeader::new(fields.text()?, fields.text()?)
            .map_err(|error| Refused::new("header", error))?;
        let file_bytes = fields.number()?.into();
        let sealing = Sealing::new(
            &route,
            gate(&share),
            &sender,
            &recipient,
            &header,
            file_bytes,
            &mut chance,
        )?;
        chance.was_enough()?;
        let [sealed_bytes, wants] = [
            Some(sealing.sealed_bytes()),
            sealing.wants().map(|wants| wants as u64),
        ]
        .map(four_bytes);
        let enc = sealing.enc().to_string();
        let given = answer([
            number.to_be_bytes().as_slice(),
            enc.as_bytes(),
            sealing.envelope().as_bytes(),
            &sealed_bytes,
            &wants,
        ]);
        self.sealings.insert(number, sealing);
        Ok(given)
    }

    fn seal_part(&mut self, fields: &mut Fields<'_>) -> Answer {
        let number = fields.number()?;
        let sealing = self.sealings.get_mut(&number).ok_or_else(already_finished)?;
        let part = sealing.part(fields.bytes()?)?;
        let wants = sealing.wants().map(|wants| four_bytes(Some(wants as u64)));
        if wants.is_none() {
            self.sealings.remove(&number);
        }
        let wants = wants.iter().map(<[u8; 4]>::as_slice);
        Ok(answer(std::iter::once(part.bytes.as_slice()).chain(wants)))
    }

    fn begin_opening(&mut self, number: u32, fields: &mut Fields<'_>) -> Answer {
        let (expected, share) = (route(fields)?, share(fields)?);
        let (sender, recipient) = (key(fields)?, secret(fields)?);
        let (enc, envelope) = (value(fields)?, fields.text()?);
        let sealed_bytes = fields.number()?;
        let opening = Opening::new(
            &expected,
            gate(&share),
            &sender,
            &recipient,
            &enc,
            envelope,
            sealed_bytes.into(),
            Held(Zeroizing::default()),
        )?;
        self.openings.insert(number, opening);
        Ok(answer([number.to_be_bytes().as_slice()]))
    }

    /// What failed is gone: nothing of it is given out.
    fn open_part(&mut self, fields: &mut Fields<'_>) -> Answer {
        let number = fields.number()?;
        let opening = self.openings.get_mut(&number).ok_or_else(already_finished)?;
        if let Err(error) = opening.part(fields.bytes()?) {
            self.openings.remove(&number);
            return Err(refused(error));
        }
        Ok(Zeroizing::default())
    }

    fn finish_opening(&mut self, fields: &mut Fields<'_>) -> Answer {
        let opening = self
            .openings
            .remove(&fields.number()?)
            .ok_or_else(already_finished)?;
        let opened = opening.finish().map_err(refused)?;
        let header = &opened.header;
        Ok(answer([
            header.name().as_bytes(),
            header.media_type().as_bytes(),
            &opened.sink.0,
        ]))
    }
}

fn already_finished() -> Refused {
    Refused::new(
        "already-finished",
        "this attachment was finished, given up or refused before",
    )
}

fn refused(error: OpeningError) -> Refused {
    match error {
        OpeningError::Open(error) => error.into(),
        // Memory takes everything.
        OpeningError::Sink(_) => Refused::MALFORMED,
    }
}

fn public_key(fields: &mut Fields<'_>) -> Answer {
    Ok(answer([secret(fields)?.public()?.to_string().as_bytes()]))
}

fn fingerprint(fields: &mut Fields<'_>) -> Answer {
    let fingerprint = KeyFingerprint::of(value(fields)?, &key(fields)?);
    Ok(answer([fingerprint.to_string().as_bytes()]))
}

fn prove_possession(fields: &mut Fields<'_>) -> Answer {
    let mut chance = Chance::given(fields)?;
    let (organisation, secret) = (value(fields)?, secret(fields)?);
    let proof = secret.prove_possession(organisation, &key(fields)?, &mut chance)?;
    chance.was_enough()?;
    Ok(answer([proof.to_string().as_bytes()]))
}

/// What the keyholder judges before it hands out a share, from where a party stands: of both parties, and without knowing
/// of tombstones.
fn verify_consent(fields: &mut Fields<'_>) -> Answer {
    let record = SignedRecord {
        document: fields.text()?.to_owned(),
        hash: value(fields)?,
        signature: value(fields)?,
        key_id: value(fields)?,
    };
    let status = SignedStatus {
        document: fields.text()?.to_owned(),
        signature: value(fields)?,
        key_id: value(fields)?,
    };
    let network = value(fields)?;
    let match_id = value(fields)?;
    let parties = [value(fields)?, value(fields)?];
    let now = fields
        .text()?
        .parse()
        .map_err(|_| Refused::new("invalid-encoding", "not a time"))?;
    let keys = fields.texts()?.into_iter().map(|text| {
        let public_key: Base64Url<32> = text.parse()?;
        Ok(ConsentKey {
            key_id: KeyId::of(&public_key.0),
            public_key,
        })
    });
    let portal = ConsentVerifier::new(&ConsentKeys {
        network,
        keys: keys.collect::<Result<_, Invalid>>()?,
        status_url: None,
    })
    .map_err(|error| Refused::new("key", error))?;

    let request = GateShareRequest {
        match_id,
        // Nothing is released here: it is about no message.
        message_id: Id([0; 16]),
        record,
        status,
    };
    if parties[0] == parties[1] {
        return Err(GateRefusal::RecordParty.into());
    }
    for party in parties {
        judge(&request, party, std::slice::from_ref(&portal), now, false)?;
    }
    Ok(Zeroizing::default())
}

fn seal_message(fields: &mut Fields<'_>) -> Answer {
    let mut chance = Chance::given(fields)?;
    let (route, share) = (route(fields)?, share(fields)?);
    let (sender, recipient) = (secret(fields)?, key(fields)?);
    let sealed = seal(
        &route,
        gate(&share),
        &sender,
        &recipient,
        fields.bytes()?,
        &mut chance,
    )?;
    chance.was_enough()?;
    let enc = sealed.enc.to_string();
    Ok(answer([
        enc.as_bytes(),
        sealed.envelope.as_bytes(),
        &sealed.ciphertext,
    ]))
}

fn open_message(fields: &mut Fields<'_>) -> Answer {
    let (expected, share) = (route(fields)?, share(fields)?);
    let (sender, recipient) = (key(fields)?, secret(fields)?);
    let sealed = Sealed {
        enc: value(fields)?,
        envelope: fields.text()?.to_owned(),
        ciphertext: fields.bytes()?.to_vec(),
    };
    let content = open(&expected, gate(&share), &sender, &recipient, &sealed)?;
    Ok(answer([content.as_slice()]))
}

fn value<T: FromStr<Err = Invalid>>(fields: &mut Fields<'_>) -> Result<T, Refused> {
    Ok(fields.text()?.parse()?)
}

fn secret(fields: &mut Fields<'_>) -> Result<SealingSecret, Refused> {
    Ok(SealingSecret::from_bytes(*fields.array()?))
}

fn key(fields: &mut Fields<'_>) -> Result<SealingKey, Refused> {
    value(fields)
}

fn route(fields: &mut Fields<'_>) -> Result<Route, Refused> {
    Ok(Route {
        match_id: value(fields)?,
        message_id: value(fields)?,
        sender: value(fields)?,
        recipient: value(fields)?,
        consent_hash: value(fields)?,
    })
}

fn share(fields: &mut Fields<'_>) -> Result<Option<Confidential<32>>, Refused> {
    match fields.text()? {
        "" => Ok(None),
        text => Ok(Some(text.parse()?)),
    }
}

fn gate(share: &Option<Confidential<32>>) -> Gate<'_> {
    share.as_ref().map_or(Gate::NoKeyholder, Gate::Share)
}

/// Nothing here is above 25 MiB and some; nothing at all is zero.
fn four_bytes(number: Option<u64>) -> [u8; 4] {
    u32::try_from(number.unwrap_or_default())
        .unwrap_or(u32::MAX)
        .to_be_bytes()
}

/// The host's chance, handed out once.
struct Chance {
    bytes: Zeroizing<[u8; 32]>,
    used: usize,
}

impl Chance {
    fn given(fields: &mut Fields<'_>) -> Result<Self, Refused> {
        let bytes: Zeroizing<[u8; 32]> = fields.array()?;
        if *bytes == [0; 32] {
            return Err(Refused::new(
                "no-chance",
                "the host's generator of chance gives nothing but zeros",
            ));
        }
        Ok(Self { bytes, used: 0 })
    }

    /// An ephemeral key is made of 32 bytes (RFC 9180 section 7.1.2). Should that ever become more, nothing is given out that
    /// zeros went into.
    fn was_enough(&self) -> Result<(), Refused> {
        if self.used <= self.bytes.len() {
            Ok(())
        } else {
            Err(SealError::Failed.into())
        }
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, filled: &mut [u8]) -> Result<(), Infallible> {
        let left = self.bytes.iter().skip(self.used);
        filled.fill(0);
        filled.iter_mut().zip(left).for_each(|(to, from)| *to = *from);
        self.used += filled.len();
        Ok(())
    }
}

impl TryCryptoRng for Chance {}

/// A file while it is opened: wiped when it is dropped, and whenever it moves to make room.
struct Held(Zeroizing<Vec<u8>>);

impl Write for Held {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + content.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(content);
        Ok(content.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks and gives the answer's fields.
    fn ask(exchange: &mut Exchange, operation: u32, fields: &[&[u8]]) -> Result<Vec<Vec<u8>>, Refused> {
        let question = answer(fields.iter().copied());
        let given = exchange.carry_out(operation, 7, &mut Fields::of(&question))?;
        let mut fields = Fields::of(&given);
        let mut list = Vec::new();
        while !fields.is_empty() {
            list.push(fields.bytes().unwrap().to_vec());
        }
        Ok(list)
    }

    const CHANCE: [u8; 32] = [0x33; 32];
    const SENDER: [u8; 32] = [0x11; 32];
    const RECIPIENT: [u8; 32] = [0x22; 32];
    const ROUTE: [&[u8]; 5] = [
        b"AQEBAQEBAQEBAQEBAQEBAQ",
        b"AgICAgICAgICAgICAgICAg",
        b"org_AwMDAwMDAwMDAwMDAwMDAw",
        b"org_BAQEBAQEBAQEBAQEBAQEBA",
        b"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU",
    ];
    const SHARE: &[u8] = b"Kd2yCPVikmYzhcTUVicaukPuINGWngxlf1gr94nL9DQ";

    fn public(secret: [u8; 32]) -> Vec<u8> {
        let public = SealingSecret::from_bytes(secret).public().unwrap();
        public.to_string().into_bytes()
    }

    fn question<'a>(before: &[&'a [u8]], after: &[&'a [u8]]) -> Vec<&'a [u8]> {
        [before, &ROUTE, &[SHARE], after].concat()
    }

    #[test]
    fn a_message_comes_back() {
        let mut exchange = Exchange::default();
        let (to, from) = (public(RECIPIENT), public(SENDER));
        let sealed = ask(&mut exchange, 15, &question(&[&CHANCE], &[&SENDER, &to, b"dag"])).unwrap();
        let [enc, envelope, ciphertext] = &sealed[..] else {
            panic!("three fields");
        };
        let after: [&[u8]; 5] = [&from, &RECIPIENT, enc, envelope, ciphertext];
        assert_eq!(ask(&mut exchange, 16, &question(&[], &after)).unwrap(), [b"dag"]);
    }

    #[test]
    fn an_attachment_comes_back_and_is_forgotten() {
        let mut exchange = Exchange::default();
        let (to, from) = (public(RECIPIENT), public(SENDER));
        let after: [&[u8]; 5] = [&SENDER, &to, b"a.txt", b"text/plain", &[0, 0, 0, 3]];
        let begun = ask(&mut exchange, 17, &question(&[&CHANCE], &after)).unwrap();
        assert_eq!(begun[4], [0, 0, 0, 3]);
        let wrong = ask(&mut exchange, 18, &[&begun[0], b"da"]).unwrap_err();
        assert_eq!(wrong, SealError::Length.into());
        let part = ask(&mut exchange, 18, &[&begun[0], b"dag"]).unwrap();
        assert_eq!(part.len(), 1, "no part after the last");
        assert!(exchange.sealings.is_empty());

        let after: [&[u8]; 5] = [&from, &RECIPIENT, &begun[1], &begun[2], &begun[3]];
        let number = ask(&mut exchange, 19, &question(&[], &after)).unwrap().remove(0);
        ask(&mut exchange, 20, &[&number, &part[0]]).unwrap();
        let file = ask(&mut exchange, 21, &[&number]).unwrap();
        assert_eq!(file, [&b"a.txt"[..], b"text/plain", b"dag"]);
        assert!(exchange.openings.is_empty());
        assert_eq!(
            ask(&mut exchange, 21, &[&number]).unwrap_err(),
            already_finished()
        );

        let number = ask(&mut exchange, 19, &question(&[], &after)).unwrap().remove(0);
        let early = ask(&mut exchange, 21, &[&number]).unwrap_err();
        assert_eq!(early, OpenError::Unfinished.into());
        let number = ask(&mut exchange, 19, &question(&[], &after)).unwrap().remove(0);
        let changed = [&part[0][1..], b"x"].concat();
        let broken = ask(&mut exchange, 20, &[&number, &changed]).unwrap_err();
        assert_eq!(broken, OpenError::Broken.into());
        assert!(exchange.openings.is_empty());
        ask(&mut exchange, 19, &question(&[], &after)).unwrap();
        exchange.give_up(7);
        assert!(exchange.openings.is_empty());
    }

    #[test]
    fn a_generator_that_gives_nothing_is_noticed() {
        let mut exchange = Exchange::default();
        let to = public(RECIPIENT);
        let sealed = ask(&mut exchange, 15, &question(&[&[0; 32]], &[&SENDER, &to, b"dag"]));
        assert!(sealed.is_err());
        let mut chance = Chance {
            bytes: Zeroizing::new([1; 32]),
            used: 0,
        };
        chance.try_fill_bytes(&mut [0; 32]).unwrap();
        assert!(chance.was_enough().is_ok());
        assert_eq!(chance.try_next_u32(), Ok(0));
        assert!(chance.was_enough().is_err());
    }
}
