//! Pages that are the same for everybody.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::answer;
use super::pages::{AccessibilityPage, HelpPage, LeftPage, PrivacyPage, SignalGonePage};

/// `GET /portal/hulp`
pub(super) async fn help() -> HttpResponse {
    answer::page(StatusCode::OK, &HelpPage)
}

/// `GET /portal/privacy`
pub(super) async fn privacy() -> HttpResponse {
    answer::page(StatusCode::OK, &PrivacyPage)
}

/// `GET /portal/toegankelijkheid`
pub(super) async fn accessibility() -> HttpResponse {
    answer::page(StatusCode::OK, &AccessibilityPage)
}

/// `GET /portal/afgesloten`
pub(super) async fn left() -> HttpResponse {
    answer::page(StatusCode::OK, &LeftPage)
}

/// `GET /portal/signaal-weg`
pub(super) async fn signal_gone() -> HttpResponse {
    answer::page(StatusCode::OK, &SignalGonePage)
}
