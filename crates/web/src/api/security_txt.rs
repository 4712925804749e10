//! `/.well-known/security.txt` (RFC 9116): whom to tell of a weakness.

use actix_web::{HttpRequest, HttpResponse, route, web};
use jiff::{SignedDuration, Timestamp};

use super::reply::{self, Reply};
use crate::{Contact, State};

/// Where it is.
pub const PATH: &str = "/.well-known/security.txt";

/// How long what it says may be believed. RFC 9116 section 2.5.5 wants less than a year.
const VALID: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whom to tell of a weakness.
#[route("/.well-known/security.txt", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(text(&state.contact, &state.base, (state.clock)())))
}

fn text(contact: &Contact, base: &str, now: Timestamp) -> String {
    format!(
        "Contact: mailto:{}\nExpires: {:.0}\nPreferred-Languages: nl, en\nCanonical: {base}{PATH}\n",
        contact.security,
        now + VALID
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // rule: R35
    #[test]
    fn it_says_whom_to_tell_and_until_when() {
        let base = "https://trefpunt.example";
        let now = "2027-03-01T09:00:00.25Z".parse().unwrap();
        assert_eq!(
            text(&Contact::of(base), base, now),
            "Contact: mailto:security@trefpunt.example\nExpires: 2027-05-30T09:00:00Z\nPreferred-Languages: nl, en\n\
             Canonical: https://trefpunt.example/.well-known/security.txt\n"
        );
    }
}
