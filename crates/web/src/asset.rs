//! Files inside the program. Their addresses hold their hash: what a browser kept is what it would get, for as long as it
//! likes, and a new version has a new address.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// A file with an address of its own.
pub(crate) struct Asset {
    address: String,
    media_type: &'static str,
    content: &'static str,
}

impl Asset {
    /// A file in a directory of addresses, such as `/portal/assets`.
    pub(crate) fn new(
        directory: &str,
        (stem, extension): (&str, &str),
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        let hash = blake3::hash(content.as_bytes()).to_hex();
        Self {
            address: format!("{directory}/{stem}-{}.{extension}", &hash[..16]),
            media_type,
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

    /// The file.
    pub(crate) fn answer(&self) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, self.media_type))
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(self.content)
    }
}
