//! The style sheet and the picture, inside the program. Their addresses hold their hash: what a browser kept is what it
//! would get, for as long as it likes, and a new version has a new address.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

use super::answer::Stop;

/// The style sheet's address.
pub(super) static STYLE_SHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "portal",
        "css",
        "text/css; charset=utf-8",
        include_str!("../../assets/portal.css"),
    )
});

/// The picture in the header and the browser's tab.
pub(super) static PICTURE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "trefpunt",
        "svg",
        "image/svg+xml",
        include_str!("../../assets/trefpunt.svg"),
    )
});

/// A file with an address of its own.
pub(super) struct Asset {
    name: String,
    media_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let hash = blake3::hash(content.as_bytes()).to_hex();
        Self {
            name: format!("{stem}-{}.{extension}", &hash[..16]),
            media_type,
            content,
        }
    }

    /// Where it is served.
    pub(super) fn address(&self) -> String {
        format!("/portal/assets/{}", self.name)
    }
}

/// `GET /portal/assets/{name}`
pub(super) async fn serve(name: web::Path<String>) -> Result<HttpResponse, Stop> {
    let asset = [&*STYLE_SHEET, &*PICTURE]
        .into_iter()
        .find(|asset| asset.name == *name)
        .ok_or(Stop::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.content))
}
