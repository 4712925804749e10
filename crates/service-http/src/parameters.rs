//! Parameters of a query or a form: each name at most once, and none that nobody asks for.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::Query;
use protocol::body::FieldErrorCode;
use protocol::problem::ProblemType;

use crate::problems::Refusal;

/// Parameters by name. Has no `Debug`: a form may hold an assertion or a code.
#[derive(Clone, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads `name=value&...`.
    ///
    /// # Errors
    /// `malformed-request` when a name comes twice (RFC 6749 section 3.2; and two readers would differ on which counts).
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = || Refusal::new(ProblemType::MalformedRequest);
        let pairs = Query::<Vec<(String, String)>>::from_query(text).map_err(|_| malformed())?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs.into_inner() {
            if parameters.insert(name, value).is_some() {
                return Err(malformed());
            }
        }
        Ok(Self(parameters))
    }

    /// Reads the query of a request that knows only the parameters in `known`.
    ///
    /// # Errors
    /// `malformed-request` as [`Parameters::parse`]; `invalid-request` when there is another parameter, whose name is
    /// not repeated.
    pub fn of_query(request: &HttpRequest, known: &[&str]) -> Result<Self, Refusal> {
        let parameters = Self::parse(request.query_string())?;
        if parameters.0.keys().all(|name| known.contains(&name.as_str())) {
            Ok(parameters)
        } else {
            Err(Refusal::invalid("query:", FieldErrorCode::UnknownMember))
        }
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Takes a value out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// The names that are there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_once() {
        let mut parameters = Parameters::parse("a=1&b=x%20y&c=").ok().unwrap();
        assert_eq!(
            (parameters.get("a"), parameters.get("b")),
            (Some("1"), Some("x y"))
        );
        assert_eq!((parameters.get("c"), parameters.get("d")), (Some(""), None));
        assert_eq!(parameters.take("a").as_deref(), Some("1"));
        assert_eq!(parameters.names().collect::<Vec<_>>(), ["b", "c"]);
        for twice in ["a=1&a=1", "a=1&%61=2"] {
            assert_eq!(
                Parameters::parse(twice).err().unwrap().problem(),
                ProblemType::MalformedRequest
            );
        }
    }

    #[test]
    fn a_query_is_known_or_refused() {
        let request =
            |query: &str| actix_web::test::TestRequest::with_uri(&format!("/x?{query}")).to_http_request();
        assert!(Parameters::of_query(&request("limit=1"), &["limit", "cursor"]).is_ok());
        assert!(Parameters::of_query(&request(""), &[]).is_ok());
        let refusal = Parameters::of_query(&request("123456782=1"), &["limit"])
            .err()
            .unwrap();
        assert_eq!(refusal.problem(), ProblemType::InvalidRequest);
        assert!(
            !String::from_utf8(refusal.document("", ""))
                .unwrap()
                .contains("123456782")
        );
    }
}
