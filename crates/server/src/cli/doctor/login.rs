//! The broker at which families log in: does it answer, and does it offer what is needed? Nobody logs in for it.

use casework::oidc::look_at_broker;

use crate::application::login;
use crate::config::{Config, Oidc};

pub(super) async fn of(config: &Config, oidc: &Oidc) -> Result<String, String> {
    let base = config.server.base(config.server.listen);
    let settings = login(oidc, base).map_err(|error| format!("certificate_authorities: {error}"))?;
    look_at_broker(settings)
        .await
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{} at {} answers; it must know this key of ours: {}",
        oidc.name,
        oidc.issuer.as_str(),
        oidc.key.public_jwk()
    ))
}
