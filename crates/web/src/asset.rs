//! Files inside the program. Their addresses hold their hash: what a browser kept is what it would get, for as long as it
//! likes, and a new version has a new address. They are the same for everybody, so they may travel compressed; a page with
//! somebody's secrets in it does not (BREACH).

use std::borrow::Cow;
use std::io::Write as _;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, Encoding, Header as _, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A file with an address of its own.
pub(crate) struct Asset {
    address: String,
    media_type: &'static str,
    content: Bytes,
    /// None where compressing saves nothing.
    compressed: Option<Bytes>,
}

impl Asset {
    /// A file in a directory of addresses, such as `/portal/assets`.
    pub(crate) fn new(
        directory: &str,
        (stem, extension): (&str, &str),
        media_type: &'static str,
        content: impl Into<Cow<'static, str>>,
    ) -> Self {
        let content = match content.into() {
            Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
            Cow::Owned(text) => Bytes::from(text),
        };
        let hash = blake3::hash(&content).to_hex();
        Self {
            address: format!("{directory}/{stem}-{}.{extension}", &hash[..16]),
            media_type,
            compressed: compressed(&content),
            content,
        }
    }

    /// Where it is served.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether this is the last part of its address.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.address.rsplit('/').next() == Some(name)
    }

    /// The file, compressed for who takes that.
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((CONTENT_TYPE, self.media_type))
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((VARY, "Accept-Encoding"));
        match &self.compressed {
            Some(compressed) if takes_gzip(request) => answer
                .insert_header((CONTENT_ENCODING, "gzip"))
                .body(compressed.clone()),
            _ => answer.body(self.content.clone()),
        }
    }
}

/// Whether the reader names gzip, and not to refuse it (RFC 9110 section 12.5.3).
fn takes_gzip(request: &HttpRequest) -> bool {
    AcceptEncoding::parse(request).is_ok_and(|accepted| {
        let preferred = accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter());
        preferred == Some(Encoding::gzip())
    })
}

fn compressed(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail; if it did, the file travels as it is.
    encoder.write_all(content).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() < content.len()).then(|| compressed.into())
}
