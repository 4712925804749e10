//! Which language a reader gets: the one they chose, on this page (`?taal=`) or earlier (the cookie `taal`), else the first
//! of their browser's that there is, else Dutch.

use actix_web::body::BoxBody;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};
use texts::Language;

use super::answer::Stop;
use super::frame::Frame;

/// The name of the cookie, and of the only parameter a page takes.
const NAME: &str = "taal";

/// How much of a browser's wish is read, in bytes; and how many languages of it. No browser sends more.
const MAX_WISH_BYTES: usize = 256;
const MAX_WISHES: usize = 16;

/// The language of the page that answers this request.
pub(super) fn of(request: &HttpRequest) -> Language {
    chosen_here(request)
        .or_else(|| Language::from_code(request.cookie(NAME)?.value()))
        .or_else(|| wished(request.headers().get(ACCEPT_LANGUAGE)?.as_bytes()))
        .unwrap_or_default()
}

/// The language chosen by the address of a page.
fn chosen_here(request: &HttpRequest) -> Option<Language> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let mut parameters = request.query_string().split('&');
    let code = parameters.find_map(|parameter| parameter.strip_prefix("taal="))?;
    Language::from_code(code)
}

/// The wish of a browser (RFC 9110 section 12.5.4): of the languages there are the one with the greatest weight, of equals the
/// first. Nobody can make this long: the field is cut, and a language that the cut goes through is left out.
fn wished(field: &[u8]) -> Option<Language> {
    let (field, is_cut) = match field.get(..MAX_WISH_BYTES) {
        Some(start) => (start, field.len() > MAX_WISH_BYTES),
        None => (field, false),
    };
    let text = std::str::from_utf8(field).ok()?;
    let text = match text.rsplit_once(',') {
        Some((whole, _)) if is_cut => whole,
        _ => text,
    };
    let mut best: Option<(Language, u16)> = None;
    for wish in text.split(',').take(MAX_WISHES) {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let primary = tag.split('-').next().unwrap_or_default();
        let Some(language) = Language::from_code(primary) else {
            continue;
        };
        let weight = parts.next().map_or(Some(1000), thousandths);
        if let Some(weight) = weight.filter(|weight| *weight > best.map_or(0, |(_, best)| best)) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// `q=0.8` as 800 (RFC 9110 section 12.4.2: at most three digits).
fn thousandths(weight: &str) -> Option<u16> {
    let value = weight.trim().strip_prefix("q=")?;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

/// Stands around all pages: remembers a language that was chosen, says in which one a page is, and writes the page of each
/// [`Stop`], which does not know who reads it.
pub(super) async fn around_pages(
    request: ServiceRequest,
    next: Next<BoxBody>,
    secure: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let chosen = chosen_here(request.request());
    let frame = Frame::of(request.request());
    let mut answer = next.call(request).await?;
    let stop = answer
        .response()
        .error()
        .and_then(|error| error.as_error::<Stop>());
    if let Some(stopped) = stop.map(|stop| stop.answer(frame)) {
        answer = answer.into_response(stopped);
    }
    let headers = answer.headers_mut();
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.insert(
            CONTENT_LANGUAGE,
            HeaderValue::from_static(frame.language().code()),
        );
        if let Some(language) = chosen {
            answer.response_mut().add_cookie(&cookie(language, secure))?;
        }
    }
    Ok(answer)
}

/// The cookie that keeps a choice for a year. It is no secret, and also sent when another site leads here, so that a reader
/// does not have to choose again.
fn cookie(language: Language, secure: bool) -> Cookie<'static> {
    Cookie::build(NAME, language.code())
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_wish_there_is_wins() {
        for (field, language) in [
            ("uk", Some(Language::Uk)),
            ("ar-SY, en;q=0.5", Some(Language::Ar)),
            ("de-DE,de;q=0.9,en;q=0.8,nl;q=0.85", Some(Language::Nl)),
            ("en;q=0.8, tr;q=0.8", Some(Language::En)),
            ("EN-gb", Some(Language::En)),
            ("pl;q=0, tr;q=0.001", Some(Language::Tr)),
            ("de, fr;q=0.5, *;q=0.1", None),
            ("", None),
            ("pl;q=1.5", None),
            ("pl;q=0.0001", None),
            ("pl;q=x", None),
            (";;;,,q=,-", None),
        ] {
            assert_eq!(wished(field.as_bytes()), language, "{field}");
        }
        assert_eq!(wished(b"\xff\xfe"), None);
    }

    #[test]
    fn a_wish_is_read_so_far_and_no_further() {
        let long = format!("{}uk", "de,".repeat(200));
        assert_eq!(wished(long.as_bytes()), None);
        // The cut goes through `en-GB`: it would be read as `en`.
        let at_the_cut = format!("tr;q=0.1,{}en-GB", "d".repeat(MAX_WISH_BYTES - 12) + ",");
        assert_eq!(wished(at_the_cut.as_bytes()), Some(Language::Tr));
    }
}
