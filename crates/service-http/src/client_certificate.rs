//! The certificate with which the client of a connection proved itself, where the service itself ends TLS.
//!
//! Only its thumbprint is kept: a token is bound to it (RFC 8705 section 3.1) and nothing else is read from it. What a
//! proxy says in a header about a certificate is never read; who ends TLS in front of the service has no bound tokens.

use std::fmt;

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A client certificate of which TLS checked the chain, the dates, the purpose, and that the client holds its key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientCertificate {
    sha256: [u8; 32],
}

impl ClientCertificate {
    /// From the certificate in DER.
    pub fn from_der(certificate: &[u8]) -> Self {
        Self {
            sha256: Sha256::digest(certificate).into(),
        }
    }

    /// The certificate of the connection over which a request came; none over plain HTTP, or when the client has none.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.conn_data::<Self>().copied()
    }

    /// The thumbprint as a token's `cnf` has it under `x5t#S256`: SHA-256 in unpadded base64url.
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.sha256)
    }
}

/// A thumbprint finds a certificate in the hands of whoever has many; a log is no place for it.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientCertificate")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_the_digest_of_the_whole_certificate() {
        // FIPS 180-4's example "abc".
        let certificate = ClientCertificate::from_der(b"abc");
        assert_eq!(
            certificate.thumbprint(),
            "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
        );
        assert_ne!(certificate, ClientCertificate::from_der(b"abd"));
        assert_eq!(format!("{certificate:?}"), "ClientCertificate");
    }
}
