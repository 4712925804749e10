//! Pages that are the same for everybody.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::answer;
use super::frame::Frame;
use super::pages::{AccessibilityPage, HelpPage, LeftPage, SignalGonePage};

/// `GET /portal/hulp`
pub(super) async fn help(request: HttpRequest) -> HttpResponse {
    let t = Frame::of(&request);
    answer::page(StatusCode::OK, &HelpPage { t })
}

/// `GET /portal/toegankelijkheid`
pub(super) async fn accessibility(request: HttpRequest) -> HttpResponse {
    let t = Frame::of(&request);
    answer::page(StatusCode::OK, &AccessibilityPage { t })
}

/// `GET /portal/afgesloten`
pub(super) async fn left(request: HttpRequest) -> HttpResponse {
    let t = Frame::of(&request);
    answer::page(StatusCode::OK, &LeftPage { t })
}

/// `GET /portal/signaal-weg`
pub(super) async fn signal_gone(request: HttpRequest) -> HttpResponse {
    let t = Frame::of(&request);
    answer::page(StatusCode::OK, &SignalGonePage { t })
}
