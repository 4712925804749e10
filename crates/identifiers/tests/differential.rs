//! Our evaluation against the `voprf` crate, another implementation of RFC 9497: each plays each side.

#![allow(clippy::unwrap_used, reason = "a step that fails here fails the test")]

use identifiers::{
    Token,
    voprf::{BlindedElement, EvaluatedElement, Proof, PublicKey, Request, SecretKey},
};
use proptest::prelude::*;
use sha2::{Digest, Sha512};
use voprf::{Group, Ristretto255};

type Client = voprf::VoprfClient<Ristretto255>;
type Server = voprf::VoprfServer<Ristretto255>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn our_partner_with_their_keyholder(
        seed in any::<[u8; 32]>(),
        tokens in prop::collection::vec(any::<[u8; 32]>(), 1..6),
    ) {
        let mut chance = Chance::new(&seed);
        let server = Server::new(&mut chance).unwrap();
        let public = PublicKey::from_bytes(&Ristretto255::serialize_elem(server.get_public_key()).into()).unwrap();

        let asked: Vec<Token> = tokens.iter().copied().map(Token::from_bytes).collect();
        let request = Request::blind(&asked, &mut chance).unwrap();
        let blinded: Vec<_> = request
            .blinded()
            .iter()
            .map(|element| voprf::BlindedElement::<Ristretto255>::deserialize(element.as_bytes()).unwrap())
            .collect();
        let answer = server.batch_blind_evaluate(&mut chance, &blinded).unwrap();
        let evaluated: Vec<EvaluatedElement> = answer
            .messages
            .iter()
            .map(|element| EvaluatedElement::from_bytes(&element.serialize().into()).unwrap())
            .collect();
        let proof = Proof::from_bytes(&answer.proof.serialize()[..].try_into().unwrap()).unwrap();

        let unblinded = request.finish(&public, &evaluated, &proof).unwrap();
        for (token, n) in asked.iter().zip(&unblinded) {
            let direct = server.evaluate(token.as_bytes()).unwrap();
            prop_assert_eq!(finalize(token, n), direct.to_vec());
        }
    }

    #[test]
    fn their_partner_with_our_keyholder(
        seed in any::<[u8; 32]>(),
        tokens in prop::collection::vec(any::<[u8; 32]>(), 1..6),
    ) {
        let mut chance = Chance::new(&seed);
        let key = SecretKey::random(&mut chance);
        let public = Ristretto255::deserialize_elem(key.public_key().as_bytes()).unwrap();

        let asked: Vec<_> = tokens.iter().map(|token| Client::blind(token, &mut chance).unwrap()).collect();
        let blinded: Vec<BlindedElement> = asked
            .iter()
            .map(|client| BlindedElement::from_bytes(&client.message.serialize().into()).unwrap())
            .collect();
        let (evaluated, proof) = key.evaluate_and_prove(&blinded, &mut chance).unwrap();
        let evaluated: Vec<_> = evaluated
            .iter()
            .map(|element| voprf::EvaluationElement::<Ristretto255>::deserialize(element.as_bytes()).unwrap())
            .collect();
        let proof = voprf::Proof::<Ristretto255>::deserialize(&proof.to_bytes()).unwrap();

        let clients: Vec<Client> = asked.into_iter().map(|client| client.state).collect();
        let outputs: Vec<_> =
            Client::batch_finalize(&tokens, &clients, &evaluated, &proof, public).unwrap().collect();
        let server = Server::new_with_key(key.to_bytes().as_ref()).unwrap();
        for (token, output) in tokens.iter().zip(outputs) {
            prop_assert_eq!(output.unwrap(), server.evaluate(token).unwrap());
        }
    }

    #[test]
    fn both_accept_the_same_elements(bytes in any::<[u8; 32]>()) {
        let theirs = voprf::BlindedElement::<Ristretto255>::deserialize(&bytes).is_ok();
        prop_assert_eq!(BlindedElement::from_bytes(&bytes).is_ok(), theirs);
    }
}

/// Our own vectors lead to their outputs.
#[test]
fn their_keyholder_confirms_our_vectors() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    for vector in vectors["voprf"].as_array().unwrap() {
        let key = vector["secretKeyHex"].as_str().unwrap();
        let key: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&key[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let server = Server::new_with_key(&key).unwrap();
        let texts = |member: &str| vector[member].as_array().unwrap().clone().into_iter();
        for (token, unblinded) in texts("tokens").zip(texts("unblinded")) {
            let token = Token::parse(token.as_str().unwrap()).unwrap();
            let unblinded = Token::parse(unblinded.as_str().unwrap()).unwrap();
            assert_eq!(
                finalize(&token, &unblinded),
                server.evaluate(token.as_bytes()).unwrap().to_vec()
            );
        }
    }
}

/// `Finalize` of RFC 9497, which the product leaves out.
fn finalize(input: &Token, unblinded: &Token) -> Vec<u8> {
    let length = 32_u16.to_be_bytes();
    let parts: [&[u8]; 5] = [
        &length,
        input.as_bytes(),
        &length,
        unblinded.as_bytes(),
        b"Finalize",
    ];
    Sha512::digest(parts.concat()).to_vec()
}

/// A generator that gives the same bytes in every run, for both versions of the generator trait.
struct Chance(blake3::OutputReader);

impl Chance {
    fn new(seed: &[u8; 32]) -> Self {
        Self(blake3::Hasher::new_keyed(seed).finalize_xof())
    }
}

impl rand_core::TryRng for Chance {
    type Error = std::convert::Infallible;

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

impl rand_core_06::RngCore for Chance {
    fn next_u32(&mut self) -> u32 {
        rand_core_06::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core_06::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl rand_core_06::CryptoRng for Chance {}
