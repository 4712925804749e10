//! Where the service is, and who calls it.

use protocol::ClientId;
use protocol::consent::ConsentKeys;
use reqwest::Url;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::keyholder::KeyholderSettings;

/// Where the service is, and who calls it.
#[derive(Clone)]
pub struct Settings {
    /// The service's address without path: `https://trefpunt.example`. Plain `http` only to this machine.
    pub api_url: String,
    /// Its token endpoint.
    pub token_url: String,
    /// The registered client.
    pub client_id: ClientId,
    /// The client's Ed25519 private key, PKCS#8 in PEM.
    pub private_key_pem: Zeroizing<String>,
    /// The portal's keys, when obtained on another way than from the service; null takes them from there. Where the portal is
    /// asked may be left out: that is asked of the service.
    pub consent_keys: Option<ConsentKeys>,
    /// The network's keyholder. With it every token is blinded here and evaluated there (suite 2); without it tokens are
    /// keyed hashes (suite 1). There is no way back from the one to the other in a call.
    pub keyholder: Option<KeyholderSettings>,
    /// The lowest suite this program sends; 2 refuses to start without a keyholder.
    pub min_suite: u8,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("api_url", &self.api_url)
            .field("token_url", &self.token_url)
            .field("client_id", &self.client_id)
            .field("keyholder", &self.keyholder)
            .field("min_suite", &self.min_suite)
            .finish_non_exhaustive()
    }
}

/// An address that secrets may be sent to: `https`, or `http` that does not leave the machine.
pub(crate) fn address(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| Error::Settings("an address cannot be read"))?;
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match (safe, plain) {
        (false, _) => Err(Error::Settings("an address is not https")),
        (_, false) => Err(Error::Settings("an address has a user, query or fragment")),
        (true, true) => Ok(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_the_machine_only_under_tls() {
        for good in [
            "https://t.example",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://t.example",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "https://u:p@t.example",
            "https://t.example?x",
            "https://t.example#x",
            "t.example",
            "",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
