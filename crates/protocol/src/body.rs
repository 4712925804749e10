//! Reads a request body: every fault is found and told at once, by JSON pointer, and nothing of what
//! was sent is repeated. Derived readers stop at the first fault and take an array for an object.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::json::Json;
use crate::problem::ProblemType;

/// A body that a client may send.
pub trait Body: Sized {
    /// Reads the members of the body's object; `None` when a fault was noted.
    fn read(object: &mut Object<'_>) -> Option<Self>;

    /// Reads a body from the bytes of a request.
    ///
    /// # Errors
    /// [`Refused`] with `malformed-json`, `raw-identifier-forbidden` or `invalid-request`, and for the
    /// last two every fault.
    fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        let malformed = |_| Refused {
            problem: ProblemType::MalformedJson,
            errors: Vec::new(),
        };
        Self::from_json(&Json::parse(bytes).map_err(malformed)?)
    }

    /// Reads a body from JSON that was read already.
    ///
    /// # Errors
    /// [`Refused`] as for [`Body::parse`].
    fn from_json(json: &Json) -> Result<Self, Refused> {
        let mut faults = Faults::default();
        let body = faults.object("", json, Self::read);
        match body {
            Some(body) if faults.0.is_empty() => Ok(body),
            _ => Err(faults.into_refused()),
        }
    }
}

/// Lets serde read a body, by the same reader.
macro_rules! deserialize_as_body {
    ($($body:ty),+) => {
        $(impl<'de> serde::Deserialize<'de> for $body {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = crate::json::Json::deserialize(deserializer)?;
                <$body as crate::body::Body>::from_json(&json).map_err(serde::de::Error::custom)
            }
        })+
    };
}
pub(crate) use deserialize_as_body;

/// Why a body was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", problem.slug())]
pub struct Refused {
    /// What the answer's problem document names.
    pub problem: ProblemType,
    /// Where the body is at fault.
    pub errors: Vec<FieldError>,
}

/// One fault in a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the member at fault, or `query:NAME` or `header:NAME`. For a member
    /// that is not known: to the object that holds it.
    #[schema(example = "/professional/reference")]
    pub pointer: String,
    /// Which rule was broken.
    pub code: FieldErrorCode,
    /// The rule in a sentence; fixed per code.
    #[schema(example = "The value does not follow the grammar of this member.")]
    pub detail: String,
}

impl FieldError {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, code: FieldErrorCode) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: code.detail().to_owned(),
        }
    }
}

/// The rules a member can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldErrorCode {
    /// A member that must be there is not.
    Required,
    /// A member this request does not have.
    UnknownMember,
    /// Another JSON type than the member has.
    WrongType,
    /// The text does not follow the grammar.
    InvalidFormat,
    /// A number, date or count outside its bounds.
    OutOfRange,
    /// A value the covenant or the request does not allow here.
    NotAllowed,
    /// Text meant for people holds a citizen service number.
    RawIdentifier,
}

impl FieldErrorCode {
    /// The rule in a sentence.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Required => "This member is required.",
            Self::UnknownMember => "The object has a member that this request does not know.",
            Self::WrongType => "The value has another JSON type than this member.",
            Self::InvalidFormat => "The value does not follow the grammar of this member.",
            Self::OutOfRange => "The value is outside the bounds of this member.",
            Self::NotAllowed => "The value is not allowed here.",
            Self::RawIdentifier => "The text holds a citizen service number.",
        }
    }
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    fn note(&mut self, pointer: &str, code: FieldErrorCode) {
        self.0.push(FieldError::new(pointer, code));
    }

    fn object<T>(
        &mut self,
        pointer: &str,
        json: &Json,
        read: impl FnOnce(&mut Object<'_>) -> Option<T>,
    ) -> Option<T> {
        let Json::Object(members) = json else {
            self.note(pointer, FieldErrorCode::WrongType);
            return None;
        };
        let mut object = Object {
            faults: self,
            pointer,
            members,
            asked: Vec::new(),
        };
        let value = read(&mut object);
        object.refuse_the_rest();
        value
    }

    fn into_refused(self) -> Refused {
        let raw = self
            .0
            .iter()
            .any(|error| error.code == FieldErrorCode::RawIdentifier);
        let problem = if raw {
            ProblemType::RawIdentifierForbidden
        } else {
            ProblemType::InvalidRequest
        };
        Refused {
            problem,
            errors: self.0,
        }
    }
}

/// An object of a body while it is read: members are asked for by name, and those nobody asked for
/// are faults.
pub struct Object<'a> {
    faults: &'a mut Faults,
    pointer: &'a str,
    members: &'a [(String, Json)],
    asked: Vec<&'static str>,
}

impl<'a> Object<'a> {
    /// A text member read by its grammar.
    pub fn value<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.text(name, |text| {
            text.parse().map_err(|_| FieldErrorCode::InvalidFormat)
        })
    }

    /// A text member that may be absent or null.
    pub fn optional_value<T: FromStr>(&mut self, name: &'static str) -> Option<Option<T>> {
        self.optional_text(name, |text| {
            text.parse().map_err(|_| FieldErrorCode::InvalidFormat)
        })
    }

    /// A text member that people read: by its grammar, and free of citizen service numbers.
    pub fn human<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.text(name, human)
    }

    /// A text member that people read and that may be absent or null.
    pub fn optional_human<T: FromStr>(&mut self, name: &'static str) -> Option<Option<T>> {
        self.optional_text(name, human)
    }

    /// A text member read by `parse`.
    pub fn text<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, FieldErrorCode>,
    ) -> Option<T> {
        match self.required(name)? {
            Json::Text(text) => parse(text).map_err(|code| self.fault(name, code)).ok(),
            _ => self.wrong_type(name),
        }
    }

    /// A text member read by `parse` that may be absent or null.
    pub fn optional_text<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, FieldErrorCode>,
    ) -> Option<Option<T>> {
        self.optional(name, |object| object.text(name, parse))
    }

    /// A member that may be absent or null, read by `read` when it is there.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.ask(name) {
            None | Some(Json::Null) => Some(None),
            Some(_) => read(self).map(Some),
        }
    }

    /// A whole number within bounds.
    pub fn whole<T: TryFrom<u64>>(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Option<T> {
        match self.required(name)? {
            Json::Whole(number) if bounds.contains(number) => T::try_from(*number).ok(),
            Json::Whole(_) => {
                self.fault(name, FieldErrorCode::OutOfRange);
                None
            }
            _ => self.wrong_type(name),
        }
    }

    /// Yes or no.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        match self.required(name)? {
            Json::Bool(value) => Some(*value),
            _ => self.wrong_type(name),
        }
    }

    /// An object member.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Object<'_>) -> Option<T>,
    ) -> Option<T> {
        let json = self.required(name)?;
        let pointer = self.pointer_to(name);
        self.faults.object(&pointer, json, read)
    }

    /// An array of objects with a number of items within bounds.
    pub fn objects<T>(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<usize>,
        read: impl Fn(&mut Object<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Json::List(items) = self.required(name)? else {
            return self.wrong_type(name);
        };
        if !bounds.contains(&items.len()) {
            self.fault(name, FieldErrorCode::OutOfRange);
            return None;
        }
        let pointer = self.pointer_to(name);
        let mut values = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            values.push(self.faults.object(&format!("{pointer}/{at}"), item, &read));
        }
        values.into_iter().collect()
    }

    /// An array of texts, each read by its grammar, with a number of items within bounds.
    pub fn values<T: FromStr>(
        &mut self,
        name: &'static str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Option<Vec<T>> {
        let Json::List(items) = self.required(name)? else {
            return self.wrong_type(name);
        };
        if !bounds.contains(&items.len()) {
            self.fault(name, FieldErrorCode::OutOfRange);
            return None;
        }
        let mut values = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let value = match item {
                Json::Text(text) => text.parse().map_err(|_| FieldErrorCode::InvalidFormat),
                _ => Err(FieldErrorCode::WrongType),
            };
            values.push(value.map_err(|code| self.fault_at(name, at, code)).ok());
        }
        values.into_iter().collect()
    }

    /// Notes a fault at an item of an array member.
    pub fn fault_at(&mut self, name: &str, item: usize, code: FieldErrorCode) {
        let pointer = format!("{}/{item}", self.pointer_to(name));
        self.faults.note(&pointer, code);
    }

    /// Notes a fault at a member.
    pub fn fault(&mut self, name: &str, code: FieldErrorCode) {
        let pointer = self.pointer_to(name);
        self.faults.note(&pointer, code);
    }

    fn ask(&mut self, name: &'static str) -> Option<&'a Json> {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
        self.members
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, json)| json)
    }

    fn required(&mut self, name: &'static str) -> Option<&'a Json> {
        let json = self.ask(name);
        if json.is_none() {
            self.fault(name, FieldErrorCode::Required);
        }
        json
    }

    fn wrong_type<T>(&mut self, name: &str) -> Option<T> {
        self.fault(name, FieldErrorCode::WrongType);
        None
    }

    /// A pointer to an unknown member would repeat what was sent, and content can hide in a name: the
    /// pointer goes to the object instead, once.
    fn refuse_the_rest(&mut self) {
        let known = |name: &String| self.asked.iter().any(|asked| asked == name);
        if !self.members.iter().all(|(name, _)| known(name)) {
            self.faults.note(self.pointer, FieldErrorCode::UnknownMember);
        }
    }

    fn pointer_to(&self, name: &str) -> String {
        let mut pointer = self.pointer.to_owned();
        // Names are our own: none holds `/` or `~`, so none needs escaping (RFC 6901 section 3).
        let _ = write!(pointer, "/{name}");
        pointer
    }
}

fn human<T: FromStr>(text: &str) -> Result<T, FieldErrorCode> {
    if identifiers::contains_raw_bsn(text) {
        return Err(FieldErrorCode::RawIdentifier);
    }
    text.parse().map_err(|_| FieldErrorCode::InvalidFormat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Empty {}

    impl Body for Empty {
        fn read(_: &mut Object<'_>) -> Option<Self> {
            Some(Self {})
        }
    }

    #[derive(Debug)]
    struct Sample {
        count: u8,
        names: Vec<crate::ClientId>,
    }

    impl Body for Sample {
        fn read(object: &mut Object<'_>) -> Option<Self> {
            let count = object.whole("count", 1..=9);
            let names = object.objects("names", 1..=2, |object| object.value("name"));
            Some(Self {
                count: count?,
                names: names?,
            })
        }
    }

    fn faults(text: &str) -> Vec<(String, FieldErrorCode)> {
        let refused = Sample::parse(text.as_bytes()).unwrap_err();
        refused
            .errors
            .into_iter()
            .map(|error| (error.pointer, error.code))
            .collect()
    }

    #[test]
    fn a_good_body_is_read() {
        let body = Sample::parse(br#"{"names":[{"name":"cl_1"},{"name":"cl_2"}],"count":3}"#).unwrap();
        assert_eq!((body.count, body.names.len()), (3, 2));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        use FieldErrorCode::*;
        let told = faults(r#"{"count":10,"names":[{"name":1},{"name":"!"}],"123456782":true,"other":1}"#);
        let expected = [
            ("/count", OutOfRange),
            ("/names/0/name", WrongType),
            ("/names/1/name", InvalidFormat),
            ("", UnknownMember),
        ];
        assert_eq!(told, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
        assert_eq!(faults("{}").len(), 2);
        assert_eq!(faults(r#"{"count":null,"names":[]}"#).len(), 2);
    }

    #[test]
    fn an_array_is_no_object() {
        for text in ["[]", "null", "1", "\"x\""] {
            let refused = Empty::parse(text.as_bytes()).unwrap_err();
            assert_eq!(refused.problem, ProblemType::InvalidRequest, "{text}");
        }
        assert!(Empty::parse(b"{}").is_ok());
        assert_eq!(Empty::parse(b"").unwrap_err().problem, ProblemType::MalformedJson);
    }
}
