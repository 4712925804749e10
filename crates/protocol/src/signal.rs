//! A professional's statement *that* they are involved with a child; no why, no content.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrganisationId;
use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::disclosure::DisclosureDuty;
use crate::id::Id;
use crate::text::{self, Base64Url, Confidential, Invalid, YearMonth, text_value};

/// Body of `POST /v1/signals`. There is no member for content, and none can be added.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignalSubmission {
    /// One token per network epoch that is live, all of one suite, kind and keyholder's epoch.
    #[schema(min_items = 1, max_items = 4)]
    pub tokens: Vec<SignalToken>,
    /// Your own, opaque reference to a client of whom you have no BSN, the same each time; never a BSN. It comes with tokens
    /// of a service key, which two children can share, and says which of your clients is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<ClientReference>,
    /// The child's guardians, where the covenant has family matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 4)]
    pub guardians: Vec<GuardianTokens>,
    /// Who gives the signal and how parties reach them.
    pub professional: Contact,
    /// The day on which the signal ends by itself; the covenant says how far ahead it may lie.
    #[schema(example = "2027-11-30")]
    pub planned_end: Date,
    /// The month after which nothing may be kept: that of the child's 23rd birthday.
    pub destroy_by: YearMonth,
    /// A tick from the covenant's list; checked and not stored.
    pub ground: Ground,
    /// The organisation whose signal it is, where that lets yours give signals on its behalf and its covenant allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OrganisationId>,
}

deserialize_as_body!(SignalSubmission);

impl Body for SignalSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let tokens = tokens(object, &[TokenKind::Bsn, TokenKind::ServiceKey]);
        let client_reference = client_reference(object, tokens.as_deref());
        let guardians = object.optional("guardians", |object| {
            object.objects("guardians", 1..=MAX_GUARDIANS, GuardianTokens::read)
        });
        let professional = object.object("professional", Contact::read);
        let planned_end = object.date("plannedEnd");
        let destroy_by = object.value("destroyBy");
        let ground = object.value("ground");
        let on_behalf_of = object.optional_value("onBehalfOf");
        Some(Self {
            tokens: tokens?,
            client_reference: client_reference?,
            guardians: guardians?.unwrap_or_default(),
            professional: professional?,
            planned_end: planned_end?,
            destroy_by: destroy_by?,
            ground: ground?,
            on_behalf_of: on_behalf_of?,
        })
    }
}

/// The most guardians that can be named with a signal.
pub const MAX_GUARDIANS: usize = 4;

/// The tokens of one guardian, as for a child. They find families, never a child.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuardianTokens {
    /// One token per network epoch that is live, all of one suite and keyholder's epoch, of kind `guardian-bsn`.
    #[schema(min_items = 1, max_items = 4)]
    pub tokens: Vec<SignalToken>,
}

impl GuardianTokens {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let tokens = tokens(object, &[TokenKind::GuardianBsn])?;
        Some(Self { tokens })
    }
}

/// A reference to the client stands beside a service key, and only there: a BSN says which child is meant.
fn client_reference(
    object: &mut Object<'_>,
    tokens: Option<&[SignalToken]>,
) -> Option<Option<ClientReference>> {
    let reference: Option<ClientReference> = object.optional_human("clientReference")?;
    let kind = tokens.and_then(<[_]>::first).map(|token| token.kind);
    let fault = match (kind, &reference) {
        (Some(TokenKind::ServiceKey), None) => FieldErrorCode::Required,
        (Some(TokenKind::Bsn), Some(_)) => FieldErrorCode::NotAllowed,
        _ => return Some(reference),
    };
    object.fault("clientReference", fault);
    None
}

/// The tokens of one person, of one of these kinds: made in one way, one for each network epoch.
pub(crate) fn tokens(object: &mut Object<'_>, kinds: &[TokenKind]) -> Option<Vec<SignalToken>> {
    let tokens = object.objects("tokens", 1..=4, SignalToken::read)?;
    let way = |token: &SignalToken| (token.suite, token.oprf_epoch, token.kind);
    let alike = tokens.windows(2).all(|pair| way(&pair[0]) == way(&pair[1]));
    let mut epochs: Vec<u16> = tokens.iter().map(|token| token.net_epoch).collect();
    epochs.sort_unstable();
    let distinct = epochs.windows(2).all(|pair| pair[0] != pair[1]);
    let of_kind = tokens.iter().all(|token| kinds.contains(&token.kind));
    if alike && distinct && of_kind {
        Some(tokens)
    } else {
        object.fault("tokens", FieldErrorCode::NotAllowed);
        None
    }
}

/// A pseudonym of the child, made by the partner so that the service never sees the identifier.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "suite": 2,
    "netEpoch": 1,
    "oprfEpoch": 1,
    "kind": "bsn",
    "keyCheck": "BwcHBwcHBwcHBwcHBwcHBw",
    "token": "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY",
}))]
pub struct SignalToken {
    /// How the token was made: 1 is the keyed hash, 2 what the keyholder's evaluation made of it, blinded by the client.
    #[schema(minimum = 1, maximum = 2, example = 2)]
    pub suite: u8,
    /// Epoch of the network key.
    #[schema(minimum = 1, example = 1)]
    pub net_epoch: u16,
    /// Epoch of the keyholder's key; with suite 2, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    pub oprf_epoch: Option<u16>,
    /// What kind of identifier is behind it.
    pub kind: TokenKind,
    /// Shows that the network key is the right one, so that a wrong key is told instead of never matching.
    pub key_check: Base64Url<16>,
    /// The token: with suite 1 the keyed hash `t`, with suite 2 the unblinded element `N` (ristretto255, RFC 9496).
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_-]{43}$", example = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc")]
    pub token: Confidential<32>,
}

impl SignalToken {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let suite = object.whole("suite", 1..=2);
        let net_epoch = object.whole("netEpoch", 1..=u64::from(u16::MAX));
        let kind = object.text("kind", |text| match text {
            "bsn" => Ok(TokenKind::Bsn),
            "service-key" => Ok(TokenKind::ServiceKey),
            "guardian-bsn" => Ok(TokenKind::GuardianBsn),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let key_check = object.value("keyCheck");
        let token = object.value("token");
        let oprf_epoch = object.optional("oprfEpoch", |object| {
            object.whole("oprfEpoch", 1..=u64::from(u16::MAX))
        });
        let token = Self {
            suite: suite?,
            net_epoch: net_epoch?,
            oprf_epoch: oprf_epoch?,
            kind: kind?,
            key_check: key_check?,
            token: token?,
        };
        match token.fault() {
            None => Some(token),
            Some((member, code)) => {
                object.fault(member, code);
                None
            }
        }
    }

    /// What does not go together: a token of suite 2 names the epoch it was evaluated in and is an element, strictly
    /// decoded; one of suite 1 has neither.
    fn fault(&self) -> Option<(&'static str, FieldErrorCode)> {
        match (self.suite, self.oprf_epoch) {
            (1, None) => None,
            (1, Some(_)) => Some(("oprfEpoch", FieldErrorCode::NotAllowed)),
            (_, None) => Some(("oprfEpoch", FieldErrorCode::Required)),
            (_, Some(_)) => match identifiers::voprf::unblinded_token(*self.token.expose()) {
                Ok(_) => None,
                Err(_) => Some(("token", FieldErrorCode::InvalidFormat)),
            },
        }
    }
}

/// What kind of identifier a token was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// The Dutch citizen service number.
    Bsn,
    /// Surname, birth date and sex of a child of whom there is no BSN. Two children can share one.
    ServiceKey,
    /// A guardian's citizen service number; only among the guardians of a signal.
    GuardianBsn,
}

/// The professional's reference in their own organisation, and how to reach them at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// The organisation's own, opaque reference to the professional; never a BSN.
    pub reference: ProfessionalReference,
    /// Work e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Work telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
}

impl Contact {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let reference = object.human("reference");
        let email = object.optional_human("email");
        let phone = object.optional_value("phone");
        Some(Self {
            reference: reference?,
            email: email?,
            phone: phone?,
        })
    }
}

/// A value that is a text of a grammar.
macro_rules! grammar {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr, example: $example:literal, pattern: $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The value as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(Invalid { what: $what }) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        // Contact data is personal data: it is shown where it is asked for and never in a log.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[not shown]")
            }
        }

        text_value!($name, name: stringify!($name), description: $what, example: $example, pattern: $pattern);
    };
}

grammar!(
    /// An organisation's own reference to a professional: 1 to 64 characters of `A-Z a-z 0-9 . _ @ -`.
    ProfessionalReference,
    "reference to a professional",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte)),
    example: "m.jansen",
    pattern: "^[A-Za-z0-9._@-]{1,64}$"
);

grammar!(
    /// An organisation's own reference to a client: 1 to 64 characters of `A-Z a-z 0-9 . _ @ -`.
    ClientReference,
    "reference to a client",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte)),
    example: "dossier-4711",
    pattern: "^[A-Za-z0-9._@-]{1,64}$"
);

grammar!(
    /// An e-mail address: the part of RFC 5321 that people have at work, without quotes or comments.
    EmailAddress,
    "e-mail address",
    is_email,
    example: "m.jansen@school.example",
    pattern: "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{3,189}$"
);

grammar!(
    /// A telephone number in E.164: `+` and 8 to 15 digits.
    PhoneNumber,
    "telephone number in E.164",
    |text| text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    }),
    example: "+31201234567",
    pattern: "^\\+[1-9][0-9]{7,14}$"
);

grammar!(
    /// The name of a ground in the covenant's list: 1 to 64 characters of `a-z 0-9 -`.
    Ground,
    "name of a ground",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
    example: "development-at-risk",
    pattern: "^[a-z0-9-]{1,64}$"
);

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let dots = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.bytes().all(atom)
        && dots(local)
        && domain.contains('.')
        && domain.len() <= 189
        && domain.split('.').all(label)
}

/// A signal, as its own organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub state: SignalState,
    /// When it was given.
    pub submitted_at: Timestamp,
    /// The day on which it ends by itself.
    #[schema(example = "2027-11-30")]
    pub planned_end: Date,
    /// The month after which nothing is kept.
    pub destroy_by: YearMonth,
    /// When it ended, by itself or before its planned end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who gave it on behalf of the organisation, if another did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<OrganisationId>,
    /// Whether the family was told of it; only when the signal is read, and not while it sleeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<DisclosureDuty>,
    /// How the child's pseudonym was made.
    pub assurance: TokenAssurance,
}

/// Where a signal stands. Only `active` matches. A signal that was destroyed has no state: it does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalState {
    /// Waits until the family has agreed to it; nobody else knows of it.
    Sleeping,
    /// Matches.
    Active,
    /// The family was not told in time: matches nothing new, and its exchange is closed.
    Paused,
    /// Ended by its organisation.
    Ended,
    /// Ended by its planned end.
    Expired,
    /// Over for a day or more; kept to tell one later new party that there was a signal.
    Archived,
}

/// Body of `POST /v1/signals/{id}/endings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndingSubmission {
    /// Why it ends.
    pub reason: EndReason,
}

deserialize_as_body!(EndingSubmission);

impl Body for EndingSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let reason = object.text("reason", |text| match text {
            "resolved" => Ok(EndReason::Resolved),
            "unjustified" => Ok(EndReason::Unjustified),
            "deceased" => Ok(EndReason::Deceased),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        Some(Self { reason: reason? })
    }
}

/// Why a signal ends before its planned end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The involvement is over. The signal is kept in the archive; one that sleeps is destroyed.
    Resolved,
    /// It should not have been given. It is destroyed, and everybody who was in a match with it is told.
    Unjustified,
    /// The child has died. It is destroyed.
    Deceased,
}

/// What became of a signal that was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// The signal.
    pub signal: Id,
    /// Why.
    pub reason: EndReason,
    /// When.
    pub ended_at: Timestamp,
    /// Whether nothing of it is left. Else it can still be read.
    pub destroyed: bool,
}

/// Body of `POST /v1/signals/reassignments`: all signals of one professional get another in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReassignmentSubmission {
    /// Your organisation's reference to who leaves.
    pub from: ProfessionalReference,
    /// Who takes over, and how parties reach them.
    pub to: Contact,
}

deserialize_as_body!(ReassignmentSubmission);

impl Body for ReassignmentSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let from = object.human("from");
        let to = object.object("to", Contact::read);
        Some(Self { from: from?, to: to? })
    }
}

/// What was reassigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reassignment {
    /// How many signals have the other professional from now on. Those that are over keep the one they had.
    pub signals: u32,
}

/// Body of `POST /v1/notices/{id}/openings`: why the organisation asks what a notice from the archive is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpeningSubmission {
    /// Why. It is written in the audit log.
    pub reason: OpeningReason,
}

deserialize_as_body!(OpeningSubmission);

impl Body for OpeningSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let reason = object.text("reason", |text| match text {
            "continue_help" => Ok(OpeningReason::ContinueHelp),
            "safety" => Ok(OpeningReason::Safety),
            "family_asks" => Ok(OpeningReason::FamilyAsks),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        Some(Self { reason: reason? })
    }
}

/// Why an organisation asks what a notice from the archive is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpeningReason {
    /// To ask the earlier organisation what helped, together with the family.
    ContinueHelp,
    /// Safety is being weighed.
    Safety,
    /// The family asks for it.
    FamilyAsks,
}

impl OpeningReason {
    /// The word for it.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ContinueHelp => "continue_help",
            Self::Safety => "safety",
            Self::FamilyAsks => "family_asks",
        }
    }
}

/// An archived signal, as the one party that is told of it may see it: who, and from when to when. Nothing else is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArchivedSignal {
    /// The notice that told of it.
    pub notice: Id,
    /// The organisation's name; none for one whose name would say something about the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The day on which it was given.
    #[schema(example = "2027-08-30")]
    pub from: Date,
    /// The day on which it ended.
    #[schema(example = "2029-08-29")]
    pub to: Date,
}

/// How a pseudonym was made: suite 1 is a keyed hash alone, suite 2 needed the keyholder. Where the client did not blind
/// the value itself, the service saw its keyed hash and had it evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenAssurance {
    /// The suite under which the pseudonym is stored.
    #[schema(minimum = 1, maximum = 2, example = 2)]
    pub suite: u8,
    /// Whether the client blinded the value itself; never with suite 1.
    pub blinded_by_client: bool,
}

impl Object<'_> {
    /// A full date member.
    pub fn date(&mut self, name: &'static str) -> Option<Date> {
        self.text(name, |value| {
            text::date(value).map_err(|_| FieldErrorCode::InvalidFormat)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemType;

    const GOOD: &str = r#"{"tokens":[{"suite":1,"netEpoch":1,"kind":"bsn","keyCheck":"BwcHBwcHBwcHBwcHBwcHBw",
        "token":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}],
        "professional":{"reference":"m.jansen","email":"m.jansen@school.example","phone":"+31201234567"},
        "plannedEnd":"2027-11-30","destroyBy":"2041-05","ground":"development-at-risk"}"#;

    #[test]
    fn what_is_written_is_read_again() {
        let submission = SignalSubmission::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(submission.tokens[0].token.expose(), &[7; 32]);
        let written = serde_json::to_vec(&submission).unwrap();
        let again = SignalSubmission::parse(&written).unwrap();
        assert_eq!(again.professional, submission.professional);
        assert_eq!(again.destroy_by, submission.destroy_by);
    }

    #[test]
    fn content_has_no_member_to_hide_in() {
        for (from, to) in [
            (r#""ground""#, r#""remark":"x","ground""#),
            (r#""reference""#, r#""name":"x","reference""#),
            (r#""suite""#, r#""note":"x","suite""#),
        ] {
            let refused = SignalSubmission::parse(GOOD.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(refused.problem, ProblemType::InvalidRequest);
            assert_eq!(refused.errors[0].code, FieldErrorCode::UnknownMember);
        }
    }

    #[test]
    fn a_citizen_service_number_is_no_reference() {
        for reference in ["123456782", "jansen-123.456.782", "bsn@123456782.nl"] {
            let body = GOOD.replacen("\"m.jansen\"", &format!("\"{reference}\""), 1);
            let refused = SignalSubmission::parse(body.as_bytes()).unwrap_err();
            assert_eq!(
                refused.problem,
                ProblemType::RawIdentifierForbidden,
                "{reference}"
            );
            assert!(!format!("{refused:?}").contains("123456782"));
        }
    }

    #[test]
    fn one_token_for_each_epoch() {
        let token = &GOOD[GOOD.find("{\"suite").unwrap()..=GOOD.find("}]").unwrap()];
        let twice = GOOD.replacen("}]", &format!("}},{token}]"), 1);
        assert!(SignalSubmission::parse(twice.as_bytes()).is_err());
        let other = twice.replacen("\"netEpoch\":1", "\"netEpoch\":2", 1);
        assert_eq!(SignalSubmission::parse(other.as_bytes()).unwrap().tokens.len(), 2);
    }

    const SUITE_1: &str = r#""suite":1,"netEpoch":1,"#;
    const TOKEN: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

    /// The body with a token of suite 2 under these epochs.
    fn oblivious(epochs: &str, token: &str) -> String {
        GOOD.replacen(SUITE_1, &format!(r#""suite":2,{epochs},"#), 1)
            .replacen(TOKEN, token, 1)
    }

    /// An element of the group, as it travels.
    fn element() -> String {
        let mut two = [0; 32];
        two[0] = 2;
        let key = identifiers::voprf::SecretKey::from_bytes(&two).unwrap();
        key.public_key().to_string()
    }

    #[test]
    fn a_token_of_suite_2_is_an_element_and_names_its_epoch() {
        let good = oblivious(r#""netEpoch":1,"oprfEpoch":3"#, &element());
        let read = SignalSubmission::parse(good.as_bytes()).unwrap();
        assert_eq!((read.tokens[0].suite, read.tokens[0].oprf_epoch), (2, Some(3)));
        let written = serde_json::to_vec(&read).unwrap();
        assert!(SignalSubmission::parse(&written).is_ok());

        let (identity, non_canonical) = ("A".repeat(43), "_".repeat(42) + "8");
        let both = r#""netEpoch":1,"oprfEpoch":3"#;
        for (body, member, code) in [
            (
                oblivious(r#""netEpoch":1"#, &element()),
                "oprfEpoch",
                FieldErrorCode::Required,
            ),
            (
                oblivious(r#""netEpoch":1,"oprfEpoch":0"#, &element()),
                "oprfEpoch",
                FieldErrorCode::OutOfRange,
            ),
            (oblivious(both, &identity), "token", FieldErrorCode::InvalidFormat),
            (
                oblivious(both, &non_canonical),
                "token",
                FieldErrorCode::InvalidFormat,
            ),
            (oblivious(both, TOKEN), "token", FieldErrorCode::InvalidFormat),
            (
                GOOD.replacen(SUITE_1, r#""suite":1,"netEpoch":1,"oprfEpoch":3,"#, 1),
                "oprfEpoch",
                FieldErrorCode::NotAllowed,
            ),
            (
                GOOD.replacen(SUITE_1, r#""suite":3,"netEpoch":1,"#, 1),
                "suite",
                FieldErrorCode::OutOfRange,
            ),
        ] {
            let refused = SignalSubmission::parse(body.as_bytes()).unwrap_err();
            assert_eq!(refused.errors.len(), 1, "{refused:?}");
            assert_eq!(refused.errors[0].pointer, format!("/tokens/0/{member}"));
            assert_eq!(refused.errors[0].code, code, "{body}");
            assert!(!format!("{refused:?}").contains(&element()));
        }
    }

    #[test]
    fn tokens_of_one_child_are_made_in_one_way() {
        let token = |suite: &str, epochs: &str, value: &str| {
            format!(
                r#"{{"suite":{suite},{epochs},"kind":"bsn","keyCheck":"BwcHBwcHBwcHBwcHBwcHBw","token":"{value}"}}"#
            )
        };
        let with = |tokens: &[String]| {
            let from = GOOD.find("[{").unwrap();
            let to = GOOD.find("}]").unwrap() + 2;
            let body = format!("{}[{}]{}", &GOOD[..from], tokens.join(","), &GOOD[to..]);
            SignalSubmission::parse(body.as_bytes())
        };
        let element = element();
        let first = token("2", r#""netEpoch":1,"oprfEpoch":3"#, &element);
        let second = token("2", r#""netEpoch":2,"oprfEpoch":3"#, &element);
        assert_eq!(with(&[first.clone(), second]).unwrap().tokens.len(), 2);
        for other in [
            token("1", r#""netEpoch":2"#, TOKEN),
            token("2", r#""netEpoch":2,"oprfEpoch":4"#, &element),
            token("2", r#""netEpoch":1,"oprfEpoch":3"#, &element),
        ] {
            let refused = with(&[first.clone(), other]).unwrap_err();
            assert_eq!(refused.errors[0].pointer, "/tokens");
            assert_eq!(refused.errors[0].code, FieldErrorCode::NotAllowed);
        }
    }

    #[test]
    fn a_token_or_contact_is_never_printed() {
        let shown = format!("{:?}", SignalSubmission::parse(GOOD.as_bytes()).unwrap());
        assert!(
            !shown.contains("BwcHBwcHBwcHBwcHBwcHBwcH") && !shown.contains("jansen"),
            "{shown}"
        );
    }

    #[test]
    fn addresses_are_plain() {
        for good in ["a@b.nl", "a.b+c@sub.school-1.example"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.nl",
            "a@",
            "a@b",
            "a@b..nl",
            ".a@b.nl",
            "a@-b.nl",
            "a b@c.nl",
            "a@b@c.nl",
            "\"a\"@b.nl",
            "a@b.nl\n",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad:?}");
        }
        for bad in [
            "",
            "+",
            "0612345678",
            "+0612345678",
            "+31 6 12345678",
            "+1234567",
            "+1234567890123456",
        ] {
            assert!(bad.parse::<PhoneNumber>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_service_key_goes_by_a_reference_and_a_number_does_not() {
        let service_key = GOOD.replacen("\"bsn\"", "\"service-key\"", 1);
        let with = |body: &str, reference: &str| {
            let body = body.replacen(
                "\"ground\"",
                &format!("\"clientReference\":{reference},\"ground\""),
                1,
            );
            SignalSubmission::parse(body.as_bytes())
        };
        let read = with(&service_key, "\"dossier-4711\"").unwrap();
        assert_eq!(read.tokens[0].kind, TokenKind::ServiceKey);
        assert_eq!(read.client_reference.unwrap().as_str(), "dossier-4711");
        let code = |refused: Result<SignalSubmission, _>| {
            let refused: crate::Refused = refused.unwrap_err();
            (refused.errors[0].pointer.clone(), refused.errors[0].code)
        };
        let at = |code| ("/clientReference".to_owned(), code);
        assert_eq!(
            code(SignalSubmission::parse(service_key.as_bytes())),
            at(FieldErrorCode::Required)
        );
        assert_eq!(code(with(&service_key, "null")), at(FieldErrorCode::Required));
        assert_eq!(
            code(with(GOOD, "\"dossier-4711\"")),
            at(FieldErrorCode::NotAllowed)
        );
        assert_eq!(
            code(with(&service_key, "\"Sofie Bakker\"")),
            at(FieldErrorCode::InvalidFormat)
        );
        assert_eq!(
            code(with(&service_key, "\"123456782\"")),
            at(FieldErrorCode::RawIdentifier)
        );
    }

    #[test]
    fn a_guardian_is_no_child_and_a_child_no_guardian() {
        let token = &GOOD[GOOD.find("{\"suite").unwrap()..=GOOD.find("}]").unwrap()];
        let of_guardian = token.replacen("\"bsn\"", "\"guardian-bsn\"", 1);
        let with = |guardians: &str| {
            let body = GOOD.replacen("\"ground\"", &format!("\"guardians\":{guardians},\"ground\""), 1);
            SignalSubmission::parse(body.as_bytes())
        };
        let one = format!(r#"{{"tokens":[{of_guardian}]}}"#);
        let read = with(&format!("[{one}]")).unwrap();
        assert_eq!(read.guardians[0].tokens[0].kind, TokenKind::GuardianBsn);
        assert!(with("null").unwrap().guardians.is_empty());
        let pointer = |refused: Result<SignalSubmission, crate::Refused>| {
            refused.unwrap_err().errors[0].pointer.clone()
        };
        assert_eq!(pointer(with("[]")), "/guardians");
        assert_eq!(
            pointer(with(&format!("[{}]", [one.as_str(); 5].join(",")))),
            "/guardians"
        );
        assert_eq!(
            pointer(with(&format!(r#"[{{"tokens":[{token}]}}]"#))),
            "/guardians/0/tokens"
        );
        let child = GOOD.replacen("\"bsn\"", "\"guardian-bsn\"", 1);
        assert_eq!(pointer(SignalSubmission::parse(child.as_bytes())), "/tokens");
    }
}
