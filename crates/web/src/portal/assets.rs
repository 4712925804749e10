//! The portal's style sheet and picture, and a municipality's theme.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};

use super::Portal;
use super::answer::Stop;
use crate::asset::Asset;

pub(super) const DIRECTORY: &str = "/portal/assets";

/// Made by `crates/web/look`.
pub(super) const PORTAL_CSS: &str = include_str!("../../assets/portal.css");

/// The style sheet's address.
pub(super) static STYLE_SHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        DIRECTORY,
        ("portal", "css"),
        "text/css; charset=utf-8",
        PORTAL_CSS,
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
pub(super) async fn serve(
    request: HttpRequest,
    name: web::Path<String>,
    portal: web::Data<Portal>,
) -> Result<HttpResponse, Stop> {
    let asset = [&*STYLE_SHEET, &*PICTURE]
        .into_iter()
        .chain(portal.theme())
        .find(|asset| asset.is_named(&name))
        .ok_or(Stop::NotFound)?;
    Ok(asset.answer(&request))
}
