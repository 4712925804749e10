//! Reference and work contact of a professional, as they lie encrypted in a column.

use domain::key::OrganisationKey;
use protocol::OrganisationId;
use protocol::signal::{Contact, ProfessionalReference};
use store::{Purpose, Sealed, Store, StoreError};

/// The keyed hash by which the signals of one professional are found. One reference gives another hash in each
/// organisation.
pub(crate) fn key(
    store: &Store,
    organisation: OrganisationId,
    reference: &ProfessionalReference,
) -> [u8; 16] {
    store
        .crypter()
        .pseudonym(&organisation.0, reference.as_str().as_bytes())
}

/// Encrypts a contact for the organisation it belongs to.
pub(crate) fn seal(store: &Store, organisation: OrganisationKey, contact: &Contact) -> Sealed {
    let plaintext = serde_json::to_vec(contact).unwrap_or_default();
    store.crypter().seal(
        Purpose::Professional,
        &organisation.0.to_be_bytes(),
        &plaintext,
        store.chance(),
    )
}

/// Decrypts it; none when it was erased, which leaves the column empty.
pub(crate) fn open(
    store: &Store,
    organisation: OrganisationKey,
    sealed: &Sealed,
) -> Result<Option<Contact>, StoreError> {
    if sealed.0.is_empty() {
        return Ok(None);
    }
    let plaintext = store
        .crypter()
        .open(Purpose::Professional, &organisation.0.to_be_bytes(), sealed)?;
    serde_json::from_slice(&plaintext)
        .map(Some)
        .map_err(|_| StoreError::Unsealable)
}
