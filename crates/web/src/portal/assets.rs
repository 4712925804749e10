//! The portal's style sheet and picture.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};

use super::answer::Stop;
use crate::asset::Asset;

const DIRECTORY: &str = "/portal/assets";

/// The style sheet's address.
pub(super) static STYLE_SHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        DIRECTORY,
        ("portal", "css"),
        "text/css; charset=utf-8",
        include_str!("../../assets/portal.css"),
    )
});

/// The picture in the header and the browser's tab.
pub(crate) static PICTURE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        DIRECTORY,
        ("trefpunt", "svg"),
        "image/svg+xml",
        include_str!("../../assets/trefpunt.svg"),
    )
});

/// `GET /portal/assets/{name}`
pub(super) async fn serve(name: web::Path<String>) -> Result<HttpResponse, Stop> {
    let asset = [&*STYLE_SHEET, &*PICTURE]
        .into_iter()
        .find(|asset| asset.is_named(&name))
        .ok_or(Stop::NotFound)?;
    Ok(asset.answer())
}
