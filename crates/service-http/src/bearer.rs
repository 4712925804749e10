//! The access token of a request (RFC 6750 section 2.1): from the `Authorization` header and nowhere else.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use protocol::problem::ProblemType;

use crate::problems::Refusal;

/// The bearer token of a request, not verified.
///
/// # Errors
/// `unauthorized` when there is no `Authorization: Bearer` header, `invalid-token` when there are two of them or the
/// token is none by RFC 6750's grammar.
pub fn token(request: &HttpRequest) -> Result<&str, Refusal> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().ok_or(ProblemType::Unauthorized)?;
    if values.next().is_some() {
        return Err(ProblemType::InvalidToken.into());
    }
    let value = value.to_str().map_err(|_| ProblemType::InvalidToken)?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ProblemType::Unauthorized.into());
    }
    let token = token.trim_matches(' ');
    // b64token of RFC 6750; ours have none of `~+/=`, but that is for the verifier to say.
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    if token.is_empty() || !token.bytes().all(good) {
        Err(ProblemType::InvalidToken.into())
    } else {
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn exactly_one_bearer_token_is_taken() {
        let with = |value: &str| {
            TestRequest::default()
                .insert_header((AUTHORIZATION, value))
                .to_http_request()
        };
        assert_eq!(token(&with("Bearer a.b.c")), Ok("a.b.c"));
        assert_eq!(token(&with("bearer a.b.c")), Ok("a.b.c"));
        let refused = |request: &HttpRequest| token(request).unwrap_err().problem();
        assert_eq!(
            refused(&TestRequest::default().to_http_request()),
            ProblemType::Unauthorized
        );
        for other in ["Basic YTpi", "a.b.c", ""] {
            assert_eq!(refused(&with(other)), ProblemType::Unauthorized, "{other}");
        }
        for bad in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer \"a\""] {
            assert_eq!(refused(&with(bad)), ProblemType::InvalidToken, "{bad}");
        }
        let twice = TestRequest::default()
            .append_header((AUTHORIZATION, "Bearer a"))
            .append_header((AUTHORIZATION, "Bearer b"))
            .to_http_request();
        assert_eq!(refused(&twice), ProblemType::InvalidToken);
    }
}
