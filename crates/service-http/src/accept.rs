//! Whether an `Accept` header leaves room for the one media type an operation answers in (RFC 9110 section 12.5.1).

use actix_web::http::header::{ACCEPT, HeaderMap};
use protocol::problem::ProblemType;

use crate::problems::Refusal;

/// Checks that `media_type` may be answered. No header, or an empty one, accepts everything.
///
/// # Errors
/// `not-acceptable` when it is excluded.
pub fn check(headers: &HeaderMap, media_type: &str) -> Result<(), Refusal> {
    let values: Vec<&str> = headers
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .collect();
    let ranges: Vec<&str> = values
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    if ranges.is_empty() {
        return Ok(());
    }
    // The most specific range that fits decides; among equals the first.
    let decisive = ranges
        .iter()
        .filter_map(|range| fit(range, media_type))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match decisive {
        Some((_, true)) => Ok(()),
        _ => Err(ProblemType::NotAcceptable.into()),
    }
}

/// How specifically a range fits, and whether with a weight above zero.
fn fit(range: &str, media_type: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?;
    let (kind, _) = media_type.split_once('/')?;
    let specificity = if range.eq_ignore_ascii_case(media_type) {
        2
    } else if range
        .strip_suffix("/*")
        .is_some_and(|of| of.eq_ignore_ascii_case(kind))
    {
        1
    } else if range == "*/*" {
        0
    } else {
        return None;
    };
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q=").or(parameter.strip_prefix("Q=")));
    // A weight is zero exactly when it holds no digit but zeros; what is no weight at all is taken as one.
    let wanted = weight.is_none_or(|weight| !weight.bytes().all(|byte| matches!(byte, b'0' | b'.')));
    Some((specificity, wanted))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn json_is_wanted_or_not() {
        let accepts = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.append(ACCEPT, HeaderValue::from_str(value).unwrap());
            check(&headers, "application/json").is_ok()
        };
        for yes in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "Application/JSON;q=0.1",
            "text/html, */*;q=0.8",
            "application/xml, application/json",
            "application/json;charset=utf-8",
            "application/json;q=1, */*;q=0",
        ] {
            assert!(accepts(yes), "{yes}");
        }
        for no in [
            "application/xml",
            "text/*",
            "application/json;q=0",
            "application/json;q=0.000, */*",
            "*/*;q=0",
            "x",
            "application/*;q=0, */*",
        ] {
            assert!(!accepts(no), "{no}");
        }
        assert!(check(&HeaderMap::new(), "application/json").is_ok());
    }
}
