//! RFC 9497 Appendix A.1.1 and A.1.2, and our own vectors with the wrong inputs, all from `vectors.json`.

use curve25519_dalek::{RistrettoPoint, Scalar};
use serde_json::Value;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::{
    BlindedElement, Delta, EvaluatedElement, Proof, PublicKey, Request, SecretKey, VoprfError,
    client::{blind_one, unblind},
    hash::{CONTEXT, expand_message_xmd, hash_to_scalar},
    unblinded_token,
};
use crate::token::Token;

const CONTEXT_OPRF: &[u8] = b"OPRFV1-\x00-ristretto255-SHA512";

fn vectors(section: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../vectors.json")).unwrap();
    let list = all.pointer(section).and_then(Value::as_array).cloned().unwrap();
    assert!(!list.is_empty(), "{section}");
    list
}

fn text<'v>(vector: &'v Value, member: &str) -> &'v str {
    vector[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} of {vector}"))
}

fn list<'v>(vector: &'v Value, member: &str) -> Vec<&'v str> {
    vector[member]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().unwrap()
}

fn scalar(text: &str) -> Zeroizing<Scalar> {
    Zeroizing::new(Scalar::from_canonical_bytes(bytes(text)).unwrap())
}

/// `Finalize` of RFC 9497: only here, because the product stops at the unblinded element.
fn finalize(input: &[u8], unblinded: &Token) -> Vec<u8> {
    Sha512::new()
        .chain_update(u16::try_from(input.len()).unwrap().to_be_bytes())
        .chain_update(input)
        .chain_update(32_u16.to_be_bytes())
        .chain_update(unblinded.as_bytes())
        .chain_update(b"Finalize")
        .finalize()
        .to_vec()
}

/// `DeriveKeyPair` of RFC 9497 section 3.2.1, for the first counter, which is never zero in the vectors.
fn derive_secret(context: &[u8], seed: &[u8], info: &[u8]) -> Scalar {
    let length = u16::try_from(info.len()).unwrap().to_be_bytes();
    let uniform = expand_message_xmd(&[seed, &length, info, &[0]], &[b"DeriveKeyPair", context]);
    Scalar::from_bytes_mod_order_wide(&uniform)
}

#[test]
fn rfc_9497_appendix_a_1_1_mode_oprf() {
    for vector in vectors("/rfc9497/oprf") {
        let key = SecretKey::from_bytes(&bytes(text(&vector, "skSm"))).unwrap();
        let derived = derive_secret(
            CONTEXT_OPRF,
            &hex(text(&vector, "Seed")),
            &hex(text(&vector, "KeyInfo")),
        );
        assert_eq!(derived, *key.scalar);
        let (input, blind) = (hex(text(&vector, "Input")), scalar(text(&vector, "Blind")));
        let blinded = blind_one(CONTEXT_OPRF, &input, &blind).unwrap();
        assert_eq!(blinded.as_bytes(), &bytes(text(&vector, "BlindedElement")));
        let evaluated = key.evaluate(&[blinded]).unwrap();
        assert_eq!(
            evaluated[0].as_bytes(),
            &bytes(text(&vector, "EvaluationElement"))
        );
        assert_eq!(
            finalize(&input, &unblind(&blind, &evaluated[0])),
            hex(text(&vector, "Output"))
        );
    }
}

#[test]
fn rfc_9497_appendix_a_1_2_mode_voprf_and_its_batch() {
    let vectors = vectors("/rfc9497/voprf");
    assert!(
        vectors.iter().any(|vector| text(vector, "Input").contains(',')),
        "the batch of two"
    );
    for vector in vectors {
        let key = SecretKey::from_bytes(&bytes(text(&vector, "skSm"))).unwrap();
        let derived = derive_secret(
            CONTEXT,
            &hex(text(&vector, "Seed")),
            &hex(text(&vector, "KeyInfo")),
        );
        assert_eq!(derived, *key.scalar);
        assert_eq!(key.public_key().as_bytes(), &bytes(text(&vector, "pkSm")));

        let inputs: Vec<Vec<u8>> = text(&vector, "Input").split(',').map(hex).collect();
        let blinds = text(&vector, "Blind").split(',').map(scalar).collect();
        let request = Request::with_blinds(inputs.iter().map(Vec::as_slice), blinds).unwrap();
        let blinded: Vec<[u8; 32]> = text(&vector, "BlindedElement").split(',').map(bytes).collect();
        assert!(
            request
                .blinded()
                .iter()
                .map(BlindedElement::as_bytes)
                .eq(&blinded)
        );

        let evaluated = key.evaluate(request.blinded()).unwrap();
        let expected: Vec<[u8; 32]> = text(&vector, "EvaluationElement").split(',').map(bytes).collect();
        assert!(evaluated.iter().map(EvaluatedElement::as_bytes).eq(&expected));

        let nonce = scalar(text(&vector, "ProofRandomScalar"));
        let proof = Proof::generate(&key, request.blinded(), &evaluated, &nonce);
        assert_eq!(proof.to_bytes(), bytes(text(&vector, "Proof")));

        let tokens = request.finish(key.public_key(), &evaluated, &proof).unwrap();
        let outputs: Vec<Vec<u8>> = inputs.iter().zip(&tokens).map(|(i, n)| finalize(i, n)).collect();
        assert!(text(&vector, "Output").split(',').map(hex).eq(outputs));
    }
}

/// Everything one own vector holds, and the two sides' steps on it.
struct Exchange {
    key: SecretKey,
    tokens: Vec<Token>,
    blinds: Vec<Zeroizing<Scalar>>,
    nonce: Zeroizing<Scalar>,
}

impl Exchange {
    fn of(vector: &Value) -> Self {
        Self {
            key: SecretKey::from_bytes(&bytes(text(vector, "secretKeyHex"))).unwrap(),
            tokens: list(vector, "tokens")
                .into_iter()
                .map(|token| Token::parse(token).unwrap())
                .collect(),
            blinds: list(vector, "blindsHex").into_iter().map(scalar).collect(),
            nonce: scalar(text(vector, "proofNonceHex")),
        }
    }

    fn request(&self) -> Request {
        Request::with_blinds(
            self.tokens.iter().map(|token| &token.as_bytes()[..]),
            self.blinds.clone(),
        )
        .unwrap()
    }
}

#[test]
fn every_step_of_our_vectors() {
    for vector in vectors("/voprf") {
        let exchange = Exchange::of(&vector);
        assert_eq!(exchange.key.public_key().to_string(), text(&vector, "publicKey"));
        let request = exchange.request();
        let blinded: Vec<String> = request
            .blinded()
            .iter()
            .map(BlindedElement::to_base64url)
            .collect();
        assert_eq!(blinded, list(&vector, "blinded"));
        let evaluated = exchange.key.evaluate(request.blinded()).unwrap();
        let shown: Vec<String> = evaluated.iter().map(EvaluatedElement::to_base64url).collect();
        assert_eq!(shown, list(&vector, "evaluated"));
        let proof = Proof::generate(&exchange.key, request.blinded(), &evaluated, &exchange.nonce);
        assert_eq!(proof.to_base64url(), text(&vector, "proof"));
        let unblinded = request
            .finish(exchange.key.public_key(), &evaluated, &proof)
            .unwrap();
        assert!(exchange.key.evaluate_directly(&exchange.tokens) == unblinded);
        let shown: Vec<String> = unblinded
            .iter()
            .map(|token| token.to_base64url().to_string())
            .collect();
        assert_eq!(shown, list(&vector, "unblinded"));
        assert!(
            unblinded
                .iter()
                .all(|token| unblinded_token(*token.as_bytes()).as_ref() == Ok(token))
        );
    }
}

#[test]
fn every_wrong_element_scalar_and_size_gets_its_error() {
    for vector in vectors("/voprfRefused/element") {
        let (element, error) = (text(&vector, "text"), text(&vector, "error"));
        assert_eq!(
            BlindedElement::parse(element).unwrap_err().code(),
            error,
            "{vector}"
        );
        assert_eq!(
            EvaluatedElement::parse(element).unwrap_err().code(),
            error,
            "{vector}"
        );
        assert_eq!(
            element.parse::<PublicKey>().unwrap_err().code(),
            error,
            "{vector}"
        );
        if let Ok(token) = Token::parse(element) {
            assert_eq!(
                unblinded_token(*token.as_bytes()).unwrap_err().code(),
                error,
                "{vector}"
            );
        }
    }
    for vector in vectors("/voprfRefused/secretKey") {
        let refused = SecretKey::from_bytes(&bytes(text(&vector, "hex"))).unwrap_err();
        assert_eq!(refused.code(), text(&vector, "error"), "{vector}");
    }
    for vector in vectors("/voprfRefused/batchSize") {
        let size = usize::try_from(vector["size"].as_u64().unwrap()).unwrap();
        let key = SecretKey::from_bytes(&[1; 32]).unwrap();
        let blinded = vec![BlindedElement::from_point(RistrettoPoint::mul_base(&Scalar::ONE)); size];
        assert_eq!(key.evaluate(&blinded).unwrap_err().code(), text(&vector, "error"));
        let tokens = vec![Token::from_bytes([1; 32]); size];
        let refused = Request::blind(&tokens, &mut chance(0)).unwrap_err();
        assert_eq!(refused.code(), text(&vector, "error"));
    }
}

#[test]
fn every_wrong_answer_is_refused_and_nothing_is_unblinded() {
    let base = vectors("/voprf").pop().unwrap();
    let exchange = Exchange::of(&base);
    for vector in vectors("/voprfRefused/answer") {
        let member = |name: &str| {
            if vector[name].is_null() {
                base[name].clone()
            } else {
                vector[name].clone()
            }
        };
        let refused = (|| {
            let key: PublicKey = member("publicKey").as_str().unwrap().parse()?;
            let evaluated = member("evaluated");
            let evaluated: Vec<EvaluatedElement> = evaluated
                .as_array()
                .unwrap()
                .iter()
                .map(|element| EvaluatedElement::parse(element.as_str().unwrap()))
                .collect::<Result<_, _>>()?;
            let proof = Proof::parse(member("proof").as_str().unwrap())?;
            exchange.request().finish(&key, &evaluated, &proof)
        })();
        assert_eq!(
            refused.unwrap_err().code(),
            text(&vector, "error"),
            "{}",
            text(&vector, "why")
        );
    }
}

#[test]
fn blinds_from_bytes_are_those_of_our_vectors() {
    let wide = |blind: &Zeroizing<Scalar>| {
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..32].copy_from_slice(blind.as_bytes());
        bytes
    };
    for vector in vectors("/voprf") {
        let exchange = Exchange::of(&vector);
        let chance: Vec<_> = exchange.blinds.iter().map(wide).collect();
        let request = Request::blind_from(&exchange.tokens, &chance).unwrap();
        assert_eq!(request.blinded(), exchange.request().blinded());
        let refused = |chance: &[_]| Request::blind_from(&exchange.tokens, chance).unwrap_err();
        assert_eq!(refused(&chance[1..]), VoprfError::CountMismatch);
        let mut broken = chance.clone();
        broken[0] = Zeroizing::new([0; 64]);
        assert_eq!(refused(&broken), VoprfError::ZeroScalar);
    }
}

#[test]
fn every_change_of_a_key_in_our_vectors() {
    for vector in vectors("/delta") {
        let [old, new] = ["fromSecretKeyHex", "toSecretKeyHex"]
            .map(|member| SecretKey::from_bytes(&bytes(text(&vector, member))).unwrap());
        let [old_public, new_public] = ["fromPublicKey", "toPublicKey"]
            .map(|member| text(&vector, member).parse::<PublicKey>().unwrap());
        assert_eq!(old.public_key(), &old_public);
        assert_eq!(new.public_key(), &new_public);
        let delta = Delta::between(&old, &new);
        assert_eq!(*delta.to_bytes(), bytes(text(&vector, "deltaHex")));
        assert_eq!(*delta.inverse().to_bytes(), bytes(text(&vector, "inverseHex")));
        let delta = Delta::from_bytes(&bytes(text(&vector, "deltaHex"))).unwrap();
        let inverse = Delta::from_bytes(&bytes(text(&vector, "inverseHex"))).unwrap();
        assert!(delta.links(&old_public, &new_public) && inverse.links(&new_public, &old_public));
        for (token, moved) in list(&vector, "tokens").into_iter().zip(list(&vector, "moved")) {
            let (token, moved) = (Token::parse(token).unwrap(), Token::parse(moved).unwrap());
            assert!(delta.apply(&token).as_ref() == Ok(&moved));
            assert!(inverse.apply(&moved).as_ref() == Ok(&token));
        }
    }
}

#[test]
fn every_wrong_quotient_and_token_gets_its_error() {
    for vector in vectors("/deltaRefused/delta") {
        let refused = Delta::from_bytes(&bytes(text(&vector, "hex"))).unwrap_err();
        assert_eq!(refused.code(), text(&vector, "error"), "{vector}");
    }
    let one = Delta::from_bytes(Scalar::ONE.as_bytes()).unwrap();
    for vector in vectors("/deltaRefused/token") {
        let token = Token::parse(text(&vector, "text")).unwrap();
        assert_eq!(
            one.apply(&token).unwrap_err().code(),
            text(&vector, "error"),
            "{vector}"
        );
    }
    for vector in vectors("/deltaRefused/links") {
        let delta = Delta::from_bytes(&bytes(text(&vector, "deltaHex"))).unwrap();
        let [from, to] = ["fromPublicKey", "toPublicKey"]
            .map(|member| text(&vector, member).parse::<PublicKey>().unwrap());
        assert!(!delta.links(&from, &to), "{vector}");
    }
}

#[test]
fn a_full_batch_of_both_sides_agrees_with_the_arithmetic() {
    let mut rng = chance(1);
    let key = SecretKey::random(&mut rng);
    let tokens: Vec<Token> = (0..100).map(|n| Token::from_bytes([n; 32])).collect();
    let request = Request::blind(&tokens, &mut rng).unwrap();
    let (evaluated, proof) = key.evaluate_and_prove(request.blinded(), &mut rng).unwrap();
    let evaluated: Vec<EvaluatedElement> = evaluated
        .iter()
        .map(|element| EvaluatedElement::from_bytes(element.as_bytes()).unwrap())
        .collect();
    let proof = Proof::parse(&proof.to_base64url()).unwrap();
    let unblinded = request.finish(key.public_key(), &evaluated, &proof).unwrap();
    for (token, n) in tokens.iter().zip(&unblinded) {
        let direct = *super::hash::hash_to_group(CONTEXT, token.as_bytes()) * *key.scalar;
        assert_eq!(n.as_bytes(), direct.compress().as_bytes());
    }
    // The same token blinded again looks different and leads to the same N.
    let again = Request::blind(&tokens[..1], &mut rng).unwrap();
    let (evaluated, proof) = key.evaluate_and_prove(again.blinded(), &mut rng).unwrap();
    assert!(again.finish(key.public_key(), &evaluated, &proof).unwrap()[0] == unblinded[0]);
}

#[test]
fn a_keyholder_cannot_let_errors_cancel_out() {
    let mut rng = chance(2);
    let key = SecretKey::random(&mut rng);
    let tokens = [Token::from_bytes([1; 32]), Token::from_bytes([2; 32])];
    let request = Request::blind(&tokens, &mut rng).unwrap();
    let (mut evaluated, _) = key.evaluate_and_prove(request.blinded(), &mut rng).unwrap();
    let error = RistrettoPoint::mul_base(&Scalar::from(7_u8));
    let shifted = [evaluated[0].point + error, evaluated[1].point - error];
    evaluated = shifted
        .iter()
        .map(|p| EvaluatedElement::from_bytes(p.compress().as_bytes()).unwrap())
        .collect();
    let proof = Proof::generate(
        &key,
        request.blinded(),
        &evaluated,
        &super::key::random_scalar(&mut rng),
    );
    assert_eq!(
        request.finish(key.public_key(), &evaluated, &proof).err(),
        Some(VoprfError::InvalidProof)
    );
}

#[test]
fn debug_shows_nothing() {
    let mut rng = chance(3);
    let key = SecretKey::from_bytes(&[5; 32]).unwrap();
    let request = Request::blind(&[Token::from_bytes([5; 32])], &mut rng).unwrap();
    let (evaluated, proof) = key.evaluate_and_prove(request.blinded(), &mut rng).unwrap();
    for shown in [
        format!("{key:?}"),
        format!("{:?}", request.blinded()[0]),
        format!("{:?}", evaluated[0]),
        format!("{proof:?}"),
        format!("{request:?}"),
    ] {
        assert!(shown.ends_with("(..)") && shown.len() < 32, "{shown}");
    }
}

/// `expand_message_xmd` of RFC 9380 is bound by the vectors above; the scalar hash by the proofs. What they do not
/// show is that parts are simply joined.
#[test]
fn parts_are_joined() {
    assert_eq!(
        hash_to_scalar(CONTEXT, &[b"ab", b"c"]),
        hash_to_scalar(CONTEXT, &[b"a", b"bc"])
    );
}

/// A generator that gives the same bytes in every run.
fn chance(seed: u8) -> Chance {
    Chance(blake3::Hasher::new().update(&[seed]).finalize_xof())
}

struct Chance(blake3::OutputReader);

impl rand_core::TryRng for Chance {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Chance {}
