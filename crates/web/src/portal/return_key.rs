//! After the code: choosing a PIN, and keeping the return key.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use casework::Stage;
use domain::pin::{NotAPin, Pin};
use zeroize::Zeroizing;

use super::answer::{self, Stop};
use super::enter_view::{PinPage, ReturnKeyPage};
use super::family::Family;
use super::frame::Frame;
use super::guest::{Guest, start};
use super::session::FormName;
use super::{Portal, form};

/// What is wrong with a PIN that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrongPin {
    /// It is not six digits.
    NotSixDigits,
    /// It is one that is tried first.
    TooEasy,
    /// The second time it was another.
    Differs,
}

/// `GET /portal/pincode`
pub(super) async fn ask_pin<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::at(Stage::ChoosesPin, &request, &portal, family.get_ref()).await?;
    Ok(answer::page(
        StatusCode::OK,
        &PinPage::new(Frame::of(&request), &guest, None),
    ))
}

/// `POST /portal/pincode`: exchanges the code for a return key. The same form again leads to the same key.
pub(super) async fn choose_pin<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (secret, mut form) = form::of_session(&request, payload, &portal, FormName::ChoosePin).await?;
    let once = Zeroizing::new(form.take("pincode").unwrap_or_default());
    let again = Zeroizing::new(form.take("pincode2").unwrap_or_default());
    match chosen(&once, &again) {
        Ok(pin) => {
            portal.act(family.choose_pin(&secret, &pin)).await?;
            Ok(answer::see("/portal/sleutel").finish())
        }
        Err(wrong) => {
            let guest = Guest::at(Stage::ChoosesPin, &request, &portal, family.get_ref()).await?;
            Ok(answer::page(
                StatusCode::BAD_REQUEST,
                &PinPage::new(Frame::of(&request).at("/portal/pincode"), &guest, Some(wrong)),
            ))
        }
    }
}

/// `GET /portal/sleutel`: the return key, until the reader says that they kept it.
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::at(Stage::ShowsKey, &request, &portal, family.get_ref()).await?;
    let key = portal.act(family.return_key(&guest.secret)).await?;
    match key {
        Some(key) => Ok(answer::page(
            StatusCode::OK,
            &ReturnKeyPage::new(Frame::of(&request), &guest, &key),
        )),
        // Only the session that made it is ever at this stage.
        None => Err(Stop::Outside {
            secure: portal.is_secure(),
        }),
    }
}

/// `POST /portal/sleutel`: the reader kept it.
pub(super) async fn kept<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (secret, _) = form::of_session(&request, payload, &portal, FormName::KeepKey).await?;
    portal.act(family.kept_key(&secret)).await?;
    let visit = portal.act(family.visit(&secret)).await?;
    Ok(answer::see(start(visit.about)).finish())
}

fn chosen(once: &str, again: &str) -> Result<Pin, WrongPin> {
    let pin = Pin::choose(once).map_err(|wrong| match wrong {
        NotAPin::NotSixDigits => WrongPin::NotSixDigits,
        NotAPin::TooEasy => WrongPin::TooEasy,
    })?;
    match Pin::read(again) {
        Some(same) if same.digits() == pin.digits() => Ok(pin),
        _ => Err(WrongPin::Differs),
    }
}
