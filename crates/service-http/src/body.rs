//! Bodies as they come in: declared, bounded in size and time, read once, kept as bytes for the idempotency fingerprint.
//!
//! [`JsonBody`] is what a handler of the API asks for, [`FormBody`] what the token endpoint and the portal's forms ask
//! for. Both refuse before they read whatever can be refused by the headers alone.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, rt};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use protocol::problem::ProblemType;
use protocol::{Body, MAX_BODY_BYTES};

use crate::gate::turn::Turn;
use crate::parameters::Parameters;
use crate::places;
use crate::problems::Refusal;

/// How long a body may take to arrive.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A JSON body read by its strict grammar, with the bytes it was read from.
pub struct JsonBody<T> {
    /// What was asked.
    pub value: T,
    /// The body as sent.
    pub bytes: Bytes,
}

/// The parameters of an `application/x-www-form-urlencoded` body, each name once.
pub struct FormBody(pub Parameters);

impl<T: Body + 'static> FromRequest for JsonBody<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(request, payload, "application/json", MAX_BODY_BYTES);
        Box::pin(async move {
            let bytes = body.await?;
            let value = T::parse(&bytes)?;
            Ok(Self { value, bytes })
        })
    }
}

impl FromRequest for FormBody {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read(
            request,
            payload,
            "application/x-www-form-urlencoded",
            MAX_BODY_BYTES,
        );
        Box::pin(async move {
            let bytes = body.await?;
            let text =
                std::str::from_utf8(&bytes).map_err(|_| Refusal::new(ProblemType::MalformedRequest))?;
            Parameters::parse(text).map(Self)
        })
    }
}

/// Reads a body of `media_type`, which must be declared, of at most `limit` bytes, within [`BODY_DEADLINE`].
///
/// # Errors
/// `length-required`, `unsupported-media-type` and `payload-too-large` before a byte is read; `payload-too-large`,
/// `request-timeout` or `malformed-request` while reading.
pub fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    media_type: &'static str,
    limit: usize,
) -> LocalBoxFuture<'static, Result<Bytes, Refusal>> {
    let declared = declared_length(request.headers(), media_type, limit as u64);
    if let (Ok(_), Some(turn)) = (&declared, request.conn_data::<Turn>()) {
        turn.want_body();
    }
    let payload = payload.take();
    let request = request.clone();
    Box::pin(async move {
        // What is at most `limit` fits.
        let length = usize::try_from(declared?).unwrap_or(limit);
        let body = rt::time::timeout(BODY_DEADLINE, collect(payload, length, limit));
        match places::aside(&request, body).await? {
            Ok(body) => body,
            Err(_) => Err(ProblemType::RequestTimeout.into()),
        }
    })
}

pub(crate) fn declared_length(headers: &HeaderMap, media_type: &str, limit: u64) -> Result<u64, Refusal> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(ProblemType::LengthRequired.into());
    }
    if headers.contains_key(CONTENT_ENCODING) || !is_declared_as(headers, media_type) {
        return Err(ProblemType::UnsupportedMediaType.into());
    }
    let Some(length) = headers.get(CONTENT_LENGTH) else {
        return Ok(0);
    };
    // A number with more digits than fit is too large, not malformed; the framework refused what is no number.
    let length = length
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(u64::MAX);
    if length > limit {
        Err(ProblemType::PayloadTooLarge.into())
    } else {
        Ok(length)
    }
}

/// Whether exactly one `Content-Type` names `media_type`, with no parameter but `charset=utf-8`.
fn is_declared_as(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE);
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else { return false };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case(media_type)
        && parts.all(|parameter| {
            let (name, charset) = parameter.split_once('=').unwrap_or_default();
            name.eq_ignore_ascii_case("charset") && charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

async fn collect(mut payload: Payload, length: usize, limit: usize) -> Result<Bytes, Refusal> {
    let mut body = BytesMut::with_capacity(length);
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(ProblemType::MalformedRequest))?;
        // The framework holds a body to its Content-Length; this holds whatever else it may let through.
        if body.len() + chunk.len() > limit {
            return Err(ProblemType::PayloadTooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests;
