//! What can be asked, by number; `npm/core.js` has the same table.
//!
//! | number | operation | question | answer |
//! |---|---|---|---|
//! | 1 | check an identifier | kind, identifier | nothing |
//! | 2 | its canonical value | kind, identifier | the bytes that are hashed |
//! | 3 | read a key file | its text | 32 bytes |
//! | 4 | key-check value | network key, epoch | 22 characters |
//! | 5 | token `t` | network key, epoch, kind, identifier | 43 characters |
//! | 6 | blind | 64 bytes of chance for each token, then the tokens | number of the request, then the blinded elements |
//! | 7 | finish | number of the request, public key, proof, evaluated elements | the tokens `N` |
//! | 8 | verify a proof | public key, proof, blinded elements, as many evaluated elements | nothing |
//! | 9 | give up a request, a sealing or an opening | its number | nothing |
//! | 10 | find a raw BSN | a text | one byte, 1 or 0 |
//! | 11 to 21 | sealed exchange | see `exchange.rs` | |

use std::collections::BTreeMap;

use identifiers::voprf::{BlindedElement, EvaluatedElement, Proof, PublicKey, Request, VoprfError};
use identifiers::{Identifier, InvalidIdentifier, Kind, NetworkSecret, Token, contains_raw_bsn, key, token};
use zeroize::Zeroizing;

use crate::exchange::Exchange;
use crate::fields::{Fields, answer};

/// The bytes before the value in what a token is made of: label, epoch, kind, length (`identifiers::token`).
const IDENT_PREFIX: usize = 23;

pub(crate) type Answer = Result<Zeroizing<Vec<u8>>, Refused>;

/// Why a question is refused: a stable name and what it says. Carries nothing of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    code: &'static str,
    says: String,
}

impl Refused {
    /// The glue never asks like this; whoever wrote to the module without it did.
    pub(crate) const MALFORMED: Self = Self {
        code: "malformed-question",
        says: String::new(),
    };

    pub(crate) fn new(code: &'static str, error: impl std::fmt::Display) -> Self {
        Self {
            code,
            says: error.to_string(),
        }
    }

    pub(crate) fn into_fields(self) -> Zeroizing<Vec<u8>> {
        answer([self.code.as_bytes(), self.says.as_bytes()])
    }
}

impl From<InvalidIdentifier> for Refused {
    fn from(error: InvalidIdentifier) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<VoprfError> for Refused {
    fn from(error: VoprfError) -> Self {
        Self::new(error.code(), error)
    }
}

/// What is under way: requests that wait for the keyholder's answer, attachments half sealed or opened.
#[derive(Default)]
pub(crate) struct Operations {
    requests: BTreeMap<u32, Request>,
    exchange: Exchange,
    last: u32,
}

impl Operations {
    pub(crate) fn carry_out(&mut self, operation: u32, question: &[u8]) -> Answer {
        let fields = &mut Fields::of(question);
        match operation {
            1 => identifier(fields).map(|_| Zeroizing::default()),
            2 => canonical(fields),
            3 => key_file(fields),
            4 => key_check(fields),
            5 => make_token(fields),
            6 => self.blind(fields),
            7 => self.finish(fields),
            8 => verify(fields),
            9 => self.give_up(fields),
            10 => Ok(answer([[u8::from(contains_raw_bsn(fields.text()?))].as_slice()])),
            _ => {
                let number = self.last.wrapping_add(1);
                let given = self.exchange.carry_out(operation, number, fields)?;
                self.last = number;
                Ok(given)
            }
        }
    }

    fn blind(&mut self, fields: &mut Fields<'_>) -> Answer {
        let chance = fields.bytes()?;
        let tokens = fields.texts()?.into_iter().map(Token::parse);
        let tokens: Vec<Token> = tokens
            .collect::<Result<_, _>>()
            .map_err(|_| VoprfError::InvalidEncoding)?;
        let (parts, []) = chance.as_chunks::<64>() else {
            return Err(Refused::MALFORMED);
        };
        let parts: Vec<_> = parts.iter().map(|part| Zeroizing::new(*part)).collect();
        let request = Request::blind_from(&tokens, &parts)?;
        // A number that is still in use would put its request away; 2^32 of them would have to wait at once.
        self.last = self.last.wrapping_add(1);
        let shown: Vec<String> = request
            .blinded()
            .iter()
            .map(BlindedElement::to_base64url)
            .collect();
        self.requests.insert(self.last, request);
        let number = self.last.to_be_bytes();
        Ok(answer(
            std::iter::once(number.as_slice()).chain(shown.iter().map(String::as_bytes)),
        ))
    }

    /// The request is gone whatever comes of it: an answer that does not hold must not be followed by another try at it.
    fn finish(&mut self, fields: &mut Fields<'_>) -> Answer {
        let request = self.requests.remove(&fields.number()?).ok_or_else(|| {
            Refused::new("already-finished", "this request was finished or given up before")
        })?;
        let (public_key, proof) = key_and_proof(fields)?;
        let evaluated = evaluated(&fields.texts()?)?;
        let tokens = request.finish(&public_key, &evaluated, &proof)?;
        let shown: Vec<_> = tokens.iter().map(Token::to_base64url).collect();
        Ok(answer(shown.iter().map(|text| text.as_bytes())))
    }

    fn give_up(&mut self, fields: &mut Fields<'_>) -> Answer {
        let number = fields.number()?;
        self.requests.remove(&number);
        self.exchange.give_up(number);
        Ok(Zeroizing::default())
    }
}

fn identifier(fields: &mut Fields<'_>) -> Result<Identifier, Refused> {
    let kind: Kind = fields.text()?.parse().map_err(InvalidIdentifier::from)?;
    Ok(Identifier::parse(kind, fields.text()?)?)
}

fn canonical(fields: &mut Fields<'_>) -> Answer {
    let ident = token::ident(0, &identifier(fields)?);
    Ok(answer([ident.get(IDENT_PREFIX..).unwrap_or_default()]))
}

fn key_file(fields: &mut Fields<'_>) -> Answer {
    let key = key::parse_key_file(fields.text()?).map_err(|error| Refused::new("invalid-key-file", error))?;
    Ok(answer([key.as_slice()]))
}

fn key_check(fields: &mut Fields<'_>) -> Answer {
    let (secret, epoch) = key_and_epoch(fields)?;
    Ok(answer([key::key_check(&secret, epoch).to_string().as_bytes()]))
}

fn make_token(fields: &mut Fields<'_>) -> Answer {
    let (secret, epoch) = key_and_epoch(fields)?;
    let token = token::derive(&secret, epoch, &identifier(fields)?);
    Ok(answer([token.to_base64url().as_bytes()]))
}

fn verify(fields: &mut Fields<'_>) -> Answer {
    let (public_key, proof) = key_and_proof(fields)?;
    let count = usize::try_from(fields.number()?).unwrap_or(usize::MAX);
    let elements = fields.texts()?;
    let (blinded, answers) = elements.split_at_checked(count).ok_or(Refused::MALFORMED)?;
    let blinded: Vec<_> = blinded
        .iter()
        .map(|text| BlindedElement::parse(text))
        .collect::<Result<_, _>>()?;
    proof.verify(&public_key, &blinded, &evaluated(answers)?)?;
    Ok(Zeroizing::default())
}

fn key_and_epoch(fields: &mut Fields<'_>) -> Result<(NetworkSecret, u16), Refused> {
    let secret = NetworkSecret::from_bytes(*fields.array()?);
    let epoch = u16::try_from(fields.number()?).ok().filter(|epoch| *epoch > 0);
    let epoch =
        epoch.ok_or_else(|| Refused::new("wrong-epoch", "an epoch is a whole number from 1 to 65535"))?;
    Ok((secret, epoch))
}

fn key_and_proof(fields: &mut Fields<'_>) -> Result<(PublicKey, Proof), Refused> {
    Ok((fields.text()?.parse()?, Proof::parse(fields.text()?)?))
}

fn evaluated(texts: &[&str]) -> Result<Vec<EvaluatedElement>, VoprfError> {
    texts.iter().map(|text| EvaluatedElement::parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(operations: &mut Operations, operation: u32, fields: &[&[u8]]) -> Result<Vec<Vec<u8>>, String> {
        let question = answer(fields.iter().copied());
        let given = operations
            .carry_out(operation, &question)
            .map_err(|refused| refused.code.to_owned())?;
        let mut fields = Fields::of(&given);
        let mut list = Vec::new();
        while !fields.is_empty() {
            list.push(fields.bytes().unwrap().to_vec());
        }
        Ok(list)
    }

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_token_is_that_of_the_library_and_the_canonical_value_what_it_hashes() {
        let mut operations = Operations::default();
        let token = ask(&mut operations, 5, &[&KEY, &[0, 0, 0, 1], b"bsn", b"1234.56.782"]).unwrap();
        let expected = token::of_raw(&NetworkSecret::from_bytes(KEY), 1, "bsn", "123456782").unwrap();
        assert_eq!(token, [expected.to_base64url().as_bytes()]);
        let value = ask(
            &mut operations,
            2,
            &[b"service-key", "Müller|2014-02-03|F".as_bytes()],
        )
        .unwrap();
        assert_eq!(value, [b"muller\x1f20140203\x1fv"]);
        assert_eq!(
            ask(&mut operations, 2, &[b"bsn", b"12345672"]).unwrap(),
            [b"012345672"]
        );
    }

    #[test]
    fn refusals_have_their_names() {
        let mut operations = Operations::default();
        for (operation, fields, code) in [
            (1, vec![&b"bsn"[..], b"123456789"], "fails-eleven-test"),
            (1, vec![b"passport", b"123456782"], "unknown-kind"),
            (1, vec![b"bsn"], "malformed-question"),
            (3, vec![b"not a key"], "invalid-key-file"),
            (4, vec![&KEY, &[0, 0, 0, 0]], "wrong-epoch"),
            (4, vec![&KEY, &[0, 1, 0, 0]], "wrong-epoch"),
            (4, vec![&KEY[1..], &[0, 0, 0, 1]], "malformed-question"),
            (6, vec![b""], "empty-batch"),
            (6, vec![&[1; 63], b"x"], "invalid-encoding"),
            (7, vec![&[0, 0, 0, 1]], "already-finished"),
            (11, vec![], "malformed-question"),
            (22, vec![], "malformed-question"),
        ] {
            assert_eq!(ask(&mut operations, operation, &fields).unwrap_err(), code);
        }
    }

    #[test]
    fn a_request_that_was_given_up_or_failed_is_gone() {
        let mut operations = Operations::default();
        let token = Token::from_bytes([1; 32]).to_base64url();
        for end in [9, 7] {
            let blinded = ask(&mut operations, 6, &[&[5; 64], token.as_bytes()]).unwrap();
            assert_eq!(operations.requests.len(), 1);
            let _ = ask(&mut operations, end, &[&blinded[0]]);
            assert!(operations.requests.is_empty());
            assert_eq!(
                ask(&mut operations, 7, &[&blinded[0]]).unwrap_err(),
                "already-finished"
            );
        }
        assert_eq!(
            ask(&mut operations, 6, &[&[0; 64], token.as_bytes()]).unwrap_err(),
            "zero-scalar"
        );
        assert_eq!(
            ask(&mut operations, 6, &[&[1; 63], token.as_bytes()]).unwrap_err(),
            "malformed-question"
        );
        assert_eq!(
            ask(&mut operations, 6, &[&[1; 128], token.as_bytes()]).unwrap_err(),
            "count-mismatch"
        );
    }

    #[test]
    fn a_number_in_text_is_found() {
        let mut operations = Operations::default();
        assert_eq!(ask(&mut operations, 10, &[b"ref 123456782"]).unwrap(), [[1]]);
        assert_eq!(ask(&mut operations, 10, &[b"ref 12"]).unwrap(), [[0]]);
    }
}
