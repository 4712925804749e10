//! How a page is answered, and every way in which there is none: one refusal, one page, in the same look.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use askama::Template;
use casework::{FamilyFailure, Stage};
use service_http::Refusal;

use super::frame::Frame;
use super::pages::{Message, MessagePage};
use super::{guest, session};

/// How soon to try again after the database failed, in seconds.
const RETRY_SECONDS: u64 = 30;

/// Answers with a page. Pages are about somebody: no browser and no proxy keeps one.
pub(super) fn page(status: StatusCode, page: &impl Template) -> HttpResponse {
    finish(HttpResponse::build(status), page)
}

/// Sends the browser on with GET (RFC 9110 section 15.4.4), so that going back or reloading repeats no form.
pub(super) fn see(path: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::SeeOther();
    answer
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"));
    answer
}

fn finish(mut answer: HttpResponseBuilder, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => answer
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(html),
        Err(error) => {
            // Writing into memory fails only when a template's own expression does, and ours have none that can.
            tracing::error!(%error, "a page could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Why the reader does not get what they asked for.
#[derive(Debug)]
pub(super) enum Stop {
    /// No session, or one that is over: to the page where the code is entered, without the cookie.
    Outside {
        /// Whether the cookie to remove is the secure one.
        secure: bool,
    },
    /// The session is not so far yet: to the page of where it is.
    Stage(Stage),
    /// The session is further: to where somebody begins who is in.
    Inside {
        /// Where that is.
        start: &'static str,
    },
    /// The reader may see and do nothing any more.
    NotEntitled {
        /// Whether the cookie to remove is the secure one.
        secure: bool,
    },
    /// The answer is no longer possible: to the page that shows where it stands.
    Decided,
    /// The form does not belong to this session, or was sent from another site.
    ForeignForm,
    /// The form could not be read.
    UnreadableForm(Refusal),
    /// A form without a choice in it.
    NoChoice,
    /// Codes are being tried too fast.
    TooFast {
        /// When the next try is possible.
        seconds: u64,
    },
    /// There is no such page.
    NotFound,
    /// The address takes other methods.
    NotAllowed {
        /// Which.
        allow: &'static str,
    },
    /// Nobody logged in, or not as it should be.
    NotLoggedIn,
    /// With this access somebody else logged in before.
    SomebodyElse,
    /// The broker does not answer.
    LoginLater,
    /// The database cannot be reached, or takes too long.
    Later,
}

impl Stop {
    /// What a failed act leads to.
    pub(super) fn because(failure: &FamilyFailure, secure: bool) -> Self {
        match failure {
            FamilyFailure::Closed => Self::Outside { secure },
            FamilyFailure::NotIn(stage) => Self::Stage(*stage),
            FamilyFailure::NotEntitled => Self::NotEntitled { secure },
            FamilyFailure::TooLate => Self::Decided,
            FamilyFailure::Store(error) => {
                tracing::error!(%error, "the portal could not reach the database");
                Self::Later
            }
        }
    }

    fn message(&self) -> Message {
        match self {
            Self::Outside { .. } | Self::Stage(_) | Self::Inside { .. } => Message::OUTSIDE,
            Self::NotEntitled { .. } => Message::NOT_ENTITLED,
            Self::Decided => Message::DECIDED,
            Self::ForeignForm => Message::FOREIGN_FORM,
            Self::UnreadableForm(_) => Message::UNREADABLE_FORM,
            Self::NoChoice => Message::NO_CHOICE,
            Self::TooFast { .. } => Message::TOO_FAST,
            Self::NotFound => Message::NOT_FOUND,
            Self::NotAllowed { .. } => Message::NOT_ALLOWED,
            Self::NotLoggedIn => Message::NOT_LOGGED_IN,
            Self::SomebodyElse => Message::SOMEBODY_ELSE,
            Self::LoginLater => Message::LOGIN_LATER,
            Self::Later => Message::LATER,
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().title)
    }
}

impl std::error::Error for Stop {}

impl ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Outside { .. } | Self::Stage(_) | Self::Inside { .. } | Self::Decided => {
                StatusCode::SEE_OTHER
            }
            Self::ForeignForm | Self::NotEntitled { .. } | Self::SomebodyElse => StatusCode::FORBIDDEN,
            Self::UnreadableForm(refusal) => refusal.status(),
            Self::NoChoice | Self::NotLoggedIn => StatusCode::BAD_REQUEST,
            Self::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::LoginLater | Self::Later => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Only the status: who reads it, and in which language, is not known here. The page is written by
    /// [`around_pages`](super::language::around_pages).
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

impl Stop {
    /// The page that says so, or the way to another.
    pub(super) fn answer(&self, frame: Frame) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::Outside { secure } => {
                answer
                    .insert_header((LOCATION, "/portal"))
                    .cookie(session::removal(*secure));
            }
            Self::Stage(stage) => {
                answer.insert_header((LOCATION, guest::page_of(*stage)));
            }
            Self::Inside { start } => {
                answer.insert_header((LOCATION, *start));
            }
            Self::NotEntitled { secure } => {
                answer.cookie(session::removal(*secure));
            }
            Self::Decided => {
                answer.insert_header((LOCATION, "/portal/verzoek"));
            }
            Self::UnreadableForm(refusal) if refusal.closes() => {
                answer.force_close();
            }
            Self::TooFast { seconds } => {
                answer.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            Self::NotAllowed { allow } => {
                answer.insert_header((ALLOW, *allow));
            }
            Self::LoginLater | Self::Later => {
                answer.insert_header((RETRY_AFTER, RETRY_SECONDS.to_string()));
            }
            Self::ForeignForm
            | Self::UnreadableForm(_)
            | Self::NoChoice
            | Self::NotFound
            | Self::NotLoggedIn
            | Self::SomebodyElse => {}
        }
        finish(answer, &MessagePage::new(frame, self.message()))
    }
}
