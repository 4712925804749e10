//! The session: a secret in a cookie, and the token that ties a form to it.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use casework::PortalSecret;
use zeroize::Zeroizing;

use super::Portal;
use super::answer::Stop;

/// The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis section 4.1.3.2): no other host,
/// and no page over plain http, can plant a session.
const SECURE_NAME: &str = "__Host-trefpunt";
const LOOPBACK_NAME: &str = "trefpunt";

/// The forms that act within a session. A token for one is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormName {
    ChoosePin,
    KeepKey,
    Decide,
    Withdraw,
    Object,
    WithdrawObjection,
    AskRight,
    WithdrawRight,
    LogIn,
    Leave,
}

/// The session of a request.
///
/// # Errors
/// `Outside` when the cookie is missing or is none of ours. Whether it still opens something only the database knows.
pub(super) fn of(request: &HttpRequest, portal: &Portal) -> Result<PortalSecret, Stop> {
    let secure = portal.is_secure();
    let cookie = request.cookie(name(secure)).ok_or(Stop::Outside { secure })?;
    let bytes = decode(cookie.value()).ok_or(Stop::Outside { secure })?;
    Ok(PortalSecret::from_bytes(*bytes))
}

/// The cookie that holds a session. It ends with the browser, and is not sent when another site leads here: who typed
/// the address or came from a bookmark has it, and so has every form of our own pages.
pub(super) fn cookie(secret: &PortalSecret, secure: bool) -> Cookie<'static> {
    Cookie::build(name(secure), URL_SAFE_NO_PAD.encode(secret.expose()))
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Strict)
        .finish()
}

/// The cookie that removes it.
pub(super) fn removal(secure: bool) -> Cookie<'static> {
    Cookie::build(name(secure), "")
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(time::Duration::ZERO)
        .finish()
}

/// The token that a form of this session carries. Another site can send a form here, but cannot know the token; and it
/// says nothing about the cookie it is made from.
pub(super) fn form_token(secret: &PortalSecret, form: FormName) -> String {
    URL_SAFE_NO_PAD.encode(token_hash(secret, form).as_bytes())
}

/// Whether a token belongs to this session and form. Takes the same time wherever they differ.
pub(super) fn is_form_token(secret: &PortalSecret, form: FormName, token: &str) -> bool {
    decode(token).is_some_and(|bytes| blake3::Hash::from_bytes(*bytes) == token_hash(secret, form))
}

fn token_hash(secret: &PortalSecret, form: FormName) -> blake3::Hash {
    let key = Zeroizing::new(blake3::derive_key(
        "trefpunt 2026 portal form token v1",
        secret.expose(),
    ));
    let name: &[u8] = match form {
        FormName::ChoosePin => b"choose pin",
        FormName::KeepKey => b"keep key",
        FormName::Decide => b"decide",
        FormName::Withdraw => b"withdraw",
        FormName::Object => b"object",
        FormName::WithdrawObjection => b"withdraw objection",
        FormName::AskRight => b"ask right",
        FormName::WithdrawRight => b"withdraw right",
        FormName::LogIn => b"log in",
        FormName::Leave => b"leave",
    };
    blake3::keyed_hash(&key, name)
}

fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { LOOPBACK_NAME }
}

/// 32 bytes in canonical unpadded base64url.
pub(super) fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    match URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()) {
        Ok(32) => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_cannot_be_read_shared_or_sent_from_elsewhere() {
        let secret = PortalSecret::from_bytes([7; 32]);
        let value = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        assert_eq!(
            cookie(&secret, true).to_string(),
            format!("__Host-trefpunt={value}; HttpOnly; SameSite=Strict; Secure; Path=/")
        );
        assert_eq!(
            cookie(&secret, false).to_string(),
            format!("trefpunt={value}; HttpOnly; SameSite=Strict; Path=/")
        );
        assert_eq!(
            removal(true).to_string(),
            "__Host-trefpunt=; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn a_form_token_belongs_to_one_session_and_one_form() {
        let (ours, theirs) = (
            PortalSecret::from_bytes([7; 32]),
            PortalSecret::from_bytes([8; 32]),
        );
        let token = form_token(&ours, FormName::Decide);
        assert!(is_form_token(&ours, FormName::Decide, &token));
        assert!(!is_form_token(&theirs, FormName::Decide, &token));
        assert!(!is_form_token(&ours, FormName::Withdraw, &token));
        assert!(!is_form_token(&ours, FormName::Leave, &token));
        for wrong in ["", "x", &token[1..], &format!("{token}="), &format!("{token}A")] {
            assert!(!is_form_token(&ours, FormName::Decide, wrong));
        }
    }
}
