//! Key pairs of clients and organisations, made where they are not there yet.

use std::path::Path;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use protocol::sealed_message::SealingSecret;
use zeroize::Zeroizing;

use crate::data_directory::MakeError;
use crate::environment;
use crate::files::{self, Readers};

/// Name of the file of a client's private key, PKCS#8 in PEM.
pub(crate) const PRIVATE_KEY: &str = "private-key.pem";

/// Name of the file of an organisation's sealing secret.
pub(crate) const SEALING_KEY: &str = "sealing-key";

/// The public halves of an organisation's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKeys {
    /// Ed25519, of its client.
    pub client: [u8; 32],
    /// X25519, to which exchange is sealed.
    pub sealing: Option<[u8; 32]>,
}

/// Reads an organisation's keys from `dir`, or makes them there: `private-key.pem` and `sealing-key`, mode 0600.
///
/// # Errors
/// [`MakeError`].
pub fn client_keys(dir: &Path, with_sealing: bool) -> Result<PublicKeys, MakeError> {
    files::make_dir(dir, Readers::Owner)?;
    let client = client_key(&dir.join(PRIVATE_KEY))?;
    let sealing = with_sealing.then(|| sealing_key(&dir.join(SEALING_KEY)));
    Ok(PublicKeys {
        client,
        sealing: sealing.transpose()?,
    })
}

/// The public half of the client's key in a file, which is made when it is not there.
///
/// # Errors
/// [`MakeError`].
pub fn client_key(path: &Path) -> Result<[u8; 32], MakeError> {
    let pem = files::read_or_make(path, || {
        let key = SigningKey::from_bytes(&Zeroizing::new(environment::random()));
        // Without the public key, which would make it the second version of the format (RFC 5958): OpenSSL reads the first.
        let key = KeypairBytes {
            secret_key: key.to_bytes(),
            public_key: None,
        };
        // Writing a key that was just made does not fail; an empty file would be told below.
        key.to_pkcs8_pem(LineEnding::LF).unwrap_or_default()
    })?;
    let key = SigningKey::from_pkcs8_pem(&pem).map_err(|_| MakeError::NotAKey(path.to_owned()))?;
    Ok(key.verifying_key().to_bytes())
}

fn sealing_key(path: &Path) -> Result<[u8; 32], MakeError> {
    let not_a_key = || MakeError::NotAKey(path.to_owned());
    let text = files::read_or_make(path, || {
        SealingSecret::generate(&mut environment::Machine).to_key_file()
    })?;
    let secret = SealingSecret::parse_key_file(&text).map_err(|_| not_a_key())?;
    Ok(*secret.public().map_err(|_| not_a_key())?.as_bytes())
}
