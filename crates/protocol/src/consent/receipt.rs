//! The consent receipt: what a family takes home of a consent, in a form that other programs read and check.
//!
//! It follows ISO/IEC TS 27560:2023 with the terms of the W3C community group's Data Privacy Vocabulary (profile `dpv-27560`),
//! and is signed with the portal's key as W3C Data Integrity says (cryptosuite `eddsa-jcs-2022`), so that no program of ours is
//! needed to check it. It says what the page about the consent says to the same reader, and names no person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::record::{Assurance, Method, Name};
use super::{ConsentPurpose, ConsentSigner, ConsentVerifier, RecordError};
use crate::text::Base64Url;

/// The profile that a receipt follows.
const PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt-record";
/// The profile of the record in it.
const RECORD_PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#record";
const CRYPTOSUITE: &str = "eddsa-jcs-2022";
/// Multicodec prefix of an Ed25519 public key (`did:key`).
const ED25519_PUBLIC: [u8; 2] = [0xed, 0x01];

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptTerms {
    /// Of this receipt alone.
    pub identifier: String,
    /// When it was made.
    pub created: Timestamp,
    /// The network whose portal made it.
    pub network: Name,
    /// The language of the sentences in it: `nl`, `ar`, ...
    pub language: String,
    /// What the consent is for.
    pub purpose: ConsentPurpose,
    /// The same in words.
    pub purpose_in_words: String,
    /// The organisations it names, as far as the reader may know them.
    pub parties: Vec<String>,
    /// How many more it names.
    pub unnamed: usize,
    /// The organisation that asked.
    pub asked_by: String,
    /// The municipality at which the family uses its rights.
    pub municipality: String,
    /// The portal's address, where consent is taken back.
    pub portal: String,
    /// Version of the text that was read.
    pub text_version: String,
    /// In which languages it was read.
    pub text_languages: BTreeSet<String>,
    /// How it was given.
    pub method: Method,
    /// How sure it is that those who decided are those who must.
    pub assurance: Assurance,
    /// When it was asked: the day, as the page says it.
    pub requested_on: Date,
    /// When it was given: the day. At which time would tell a guardian when another one decided.
    pub given_on: Date,
    /// Until when it stands, unless withdrawn.
    pub valid_until: Timestamp,
    /// When it was withdrawn: the day.
    pub withdrawn_on: Option<Date>,
    /// SHA-256 of the signed record, by which the portal tells whether the consent stands.
    pub record_hash: Base64Url<32>,
}

impl ConsentSigner {
    /// Signs a receipt; gives it as JSON, indented for whoever opens it.
    ///
    /// # Errors
    /// [`RecordError::Malformed`] when it cannot be written.
    pub fn sign_receipt(&self, terms: &ReceiptTerms) -> Result<String, RecordError> {
        let key = did_key(&self.key().public_key.0);
        let mut receipt = document(terms, &key);
        let mut proof = json!({
            "@context": receipt["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": CRYPTOSUITE,
            "created": terms.created,
            "verificationMethod": key,
            "proofPurpose": "assertionMethod",
        });
        let signature = self.sign_hashes(&hashes(&receipt, &proof)?);
        proof["proofValue"] = Value::String(base58(&signature.0));
        receipt["proof"] = proof;
        serde_json::to_string_pretty(&receipt).map_err(|_| RecordError::Malformed)
    }
}

impl ConsentVerifier {
    /// Checks the proof of a receipt; gives what was signed, without the proof.
    ///
    /// # Errors
    /// [`RecordError`] with the first thing that does not hold.
    pub fn verify_receipt(&self, text: &str) -> Result<Value, RecordError> {
        let mut receipt: Value = serde_json::from_str(text).map_err(|_| RecordError::Malformed)?;
        let members = receipt.as_object_mut().ok_or(RecordError::Malformed)?;
        let mut proof = members.remove("proof").ok_or(RecordError::Malformed)?;
        let value = proof
            .as_object_mut()
            .and_then(|proof| proof.remove("proofValue"))
            .ok_or(RecordError::Malformed)?;
        let says = |name: &str, what: &str| proof[name].as_str() == Some(what);
        let fits = says("type", "DataIntegrityProof")
            && says("cryptosuite", CRYPTOSUITE)
            && says("proofPurpose", "assertionMethod")
            && proof["@context"] == receipt["@context"];
        if !fits {
            return Err(RecordError::Malformed);
        }
        if receipt["dct:publisher"]["dpv:hasIdentifier"].as_str() != Some(self.network().as_str()) {
            return Err(RecordError::Network);
        }
        let method = proof["verificationMethod"]
            .as_str()
            .ok_or(RecordError::Malformed)?;
        let signature = value.as_str().ok_or(RecordError::Malformed)?;
        let signature = from_base58(signature).and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signature = Base64Url(signature.ok_or(RecordError::Signature)?);
        let hashes = hashes(&receipt, &proof)?;
        self.verify_hashes(&hashes, &signature, |key| did_key(key) == method)?;
        Ok(receipt)
    }
}

/// What is signed: the hash of the proof without its value, then that of the document without its proof (vc-di-eddsa,
/// section 3.3.4), each of the one canonical spelling (RFC 8785).
fn hashes(receipt: &Value, proof: &Value) -> Result<[u8; 64], RecordError> {
    let mut both = [0; 64];
    for (half, value) in both.chunks_exact_mut(32).zip([proof, receipt]) {
        let canonical = serde_jcs::to_vec(value).map_err(|_| RecordError::Malformed)?;
        half.copy_from_slice(&Sha256::digest(canonical));
    }
    Ok(both)
}

fn document(terms: &ReceiptTerms, key: &str) -> Value {
    let words = |text: &str| json!({"@language": terms.language, "@value": text});
    let organisation = |name: &String| json!({"@type": "dpv:Organisation", "dpv:hasName": name});
    let unnamed = std::iter::repeat_n(json!({"@type": "dpv:Organisation"}), terms.unnamed);
    let parties: Vec<Value> = terms.parties.iter().map(organisation).chain(unnamed).collect();
    let municipality = organisation(&terms.municipality);
    let right = |article: &str| {
        json!({
            "@type": ["dpv:DataSubjectRight", article],
            "dpv:isExercisedAt": {"@id": terms.portal},
            "dpv:isImplementedByEntity": municipality,
        })
    };
    let all = json!({
        "@type": "dpv:Entity",
        "dct:description": {"@language": "en", "@value": "everybody who has to decide, by the child's age"},
    });
    let event = |kind: Value, on: Date| {
        json!({
            "@type": kind,
            "dpv:isIndicatedAtTime": {"@type": "xsd:date", "@value": on},
            "dpv:isIndicatedBy": all,
        })
    };
    let until = json!({"@type": ["dpv:UntilTimeDuration", "xsd:dateTime"], "@value": terms.valid_until});
    let mut given = event(
        json!(["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"]),
        terms.given_on,
    );
    given["dpv:hasDuration"] = until.clone();
    given["dpv:hasIndicationMethod"] = json!([terms.method, terms.assurance]);
    let mut status = vec![event(json!("dpv:ConsentRequested"), terms.requested_on), given];
    status[0]["dpv:isIndicatedBy"] = organisation(&terms.asked_by);
    status.extend(
        terms
            .withdrawn_on
            .map(|on| event(json!("dpv:ConsentWithdrawn"), on)),
    );

    json!({
        "@context": [
            "https://w3id.org/security/data-integrity/v2",
            {
                "dct": "http://purl.org/dc/terms/",
                "dpv": "https://w3id.org/dpv#",
                "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
                "loc": "https://w3id.org/dpv/loc#",
                "skos": "http://www.w3.org/2004/02/skos/core#",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
            },
        ],
        "@id": format!("urn:trefpunt:consent-receipt:{}", terms.identifier),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": {"@id": PROFILE},
        "dpv:hasIdentifier": terms.identifier,
        "dct:created": {"@type": "xsd:dateTime", "@value": terms.created},
        "dct:language": terms.language,
        "dct:audience": {"@id": "dpv:DataSubject"},
        "dct:publisher": {"@id": key, "@type": "dpv:Entity", "dpv:hasIdentifier": terms.network},
        "dpv:hasRecordOfActivity": {
            "@id": format!("urn:trefpunt:consent-record:{}", terms.record_hash),
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": {"@id": RECORD_PROFILE},
            "dpv:hasIdentifier": terms.record_hash,
            // Who the child is, no record knows: it is the child of whoever holds this receipt.
            "dpv:hasDataSubject": {
                "@id": format!("urn:trefpunt:consent-receipt:{}#child", terms.identifier),
                "@type": ["dpv:DataSubject", "dpv:Child"],
            },
            "dpv:hasDataController": parties,
            "dpv:hasJurisdiction": {"@id": "loc:NL"},
            "dpv:hasApplicableLaw": {"@id": "http://data.europa.eu/eli/reg/2016/679/oj"},
            "dpv:hasLegalBasis": {"@id": "eu-gdpr:A6-1-a-explicit-consent"},
            "dpv:hasNotice": {
                "@id": format!("urn:trefpunt:consent-text:{}", terms.text_version),
                "@type": "dpv:ConsentNotice",
                "dpv:hasIdentifier": terms.text_version,
                "dct:language": terms.text_languages,
            },
            "dpv:hasProcess": {
                "@type": "dpv:Process",
                "dpv:hasPurpose": {
                    "@type": "dpv:Purpose",
                    "skos:broader": {"@id": "dpv:ServiceProvision"},
                    "dpv:hasIdentifier": terms.purpose,
                    "dct:description": words(&terms.purpose_in_words),
                },
                "dpv:hasPersonalData": {
                    "@type": "dpv:PersonalData",
                    "dct:description": {"@language": "en", "@value": match terms.purpose {
                        ConsentPurpose::Exchange => "what the organisations need to know of each other to help this child",
                        ConsentPurpose::Signal => "that the organisation is involved with this child",
                    }},
                },
                "dpv:hasProcessing": match terms.purpose {
                    ConsentPurpose::Exchange => json!([{"@id": "dpv:Share"}, {"@id": "dpv:Use"}]),
                    ConsentPurpose::Signal => json!([{"@id": "dpv:Store"}, {"@id": "dpv:Match"}]),
                },
                "dpv:hasRecipient": parties,
                "dpv:hasStorageCondition": {"@type": "dpv:StorageDuration", "dpv:hasDuration": until},
            },
            "dpv:hasConsentControl": {
                "@type": "dpv:WithdrawConsent",
                "dpv:isExercisedAt": {"@id": terms.portal},
            },
            "dpv:hasRight": [right("eu-gdpr:A7-3"), right("eu-gdpr:A15"), right("eu-gdpr:A17"), right("eu-gdpr:A21")],
            "dpv:hasConsentStatus": status,
        },
    })
}

/// The key as a DID that says it whole, with its only verification method.
fn did_key(key: &[u8; 32]) -> String {
    let named = base58(&[ED25519_PUBLIC.as_slice(), key].concat());
    format!("did:key:{named}#{named}")
}

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// No value of a proof is longer, in characters.
const LONGEST_BASE58: usize = 100;

/// base58-btc with its multibase letter.
fn base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| '1');
    let rest = digits
        .iter()
        .rev()
        .map(|digit| char::from(ALPHABET[usize::from(*digit)]));
    std::iter::once('z').chain(zeros).chain(rest).collect()
}

fn from_base58(text: &str) -> Option<Vec<u8>> {
    let text = text
        .strip_prefix('z')
        .filter(|text| text.len() <= LONGEST_BASE58)?;
    let mut bytes: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let mut carry = ALPHABET.iter().position(|known| *known == letter)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry % 256) as u8;
            carry /= 256;
        }
        while carry > 0 {
            bytes.push((carry % 256) as u8);
            carry /= 256;
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    bytes.resize(bytes.len() + zeros, 0);
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests;
