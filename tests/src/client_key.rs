//! Keys of partner programs, of each kind that is taken.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PSS_SHA256, RsaKeyPair,
};
use ed25519_dalek::{Signer as _, SigningKey};
use protocol::Jwk;
use protocol::jwk::SigningAlgorithm;
use protocol::text::encode;

use crate::environment::random;

/// A key pair of a partner program.
pub enum KeyOfClient {
    /// Signs with EdDSA.
    Ed25519(SigningKey),
    /// Signs with ES256.
    P256(EcdsaKeyPair),
    /// Signs with PS256.
    Rsa(RsaKeyPair),
}

impl KeyOfClient {
    /// A new one.
    #[must_use]
    pub fn new(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::EdDsa => Self::Ed25519(SigningKey::from_bytes(&random())),
            SigningAlgorithm::Es256 => {
                Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
            }
            SigningAlgorithm::Ps256 => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> Jwk {
        match self {
            Self::Ed25519(key) => key.verifying_key().to_bytes().into(),
            Self::P256(pair) => {
                let point = pair.public_key().as_ref();
                Jwk::P256 {
                    x: point[1..33].try_into().unwrap(),
                    y: point[33..].try_into().unwrap(),
                }
            }
            Self::Rsa(pair) => {
                let n = pair.public_key().modulus().big_endian_without_leading_zero();
                Jwk::Rsa(encode(n).parse().unwrap())
            }
        }
    }

    /// Its signature, in base64url.
    #[must_use]
    pub fn sign(&self, message: &str) -> String {
        let chance = SystemRandom::new();
        let message = message.as_bytes();
        match self {
            Self::Ed25519(key) => encode(key.sign(message).to_bytes()),
            Self::P256(pair) => encode(pair.sign(&chance, message).unwrap()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &chance, message, &mut signature)
                    .unwrap();
                encode(signature)
            }
        }
    }
}
