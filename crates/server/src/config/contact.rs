//! `[contact]`: whom to ask about the interface, and whom to tell of a weakness.

use protocol::signal::EmailAddress;

use super::reader::Section;

/// The addresses of the people who run the service, where they are not those that its host has by custom.
#[derive(Debug, Clone)]
pub struct Contact {
    /// For questions about the interface.
    pub email: Option<EmailAddress>,
    /// For weaknesses.
    pub security: Option<EmailAddress>,
}

impl Contact {
    /// These, or those by custom, of the service with this published address.
    #[must_use]
    pub fn at(&self, base: &str) -> web::Contact {
        let custom = web::Contact::of(base);
        let text = |address: &Option<EmailAddress>| address.as_ref().map(|address| address.to_string());
        web::Contact {
            email: text(&self.email).unwrap_or(custom.email),
            security: text(&self.security).unwrap_or(custom.security),
            ..custom
        }
    }
}

pub(crate) fn read(section: &mut Section<'_>) -> Option<Contact> {
    Some(Contact {
        email: section.parsed("email", "an e-mail address"),
        security: section.parsed("security", "an e-mail address"),
    })
}
