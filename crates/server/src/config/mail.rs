//! `[mail]`: the mail server to which mails that say that there are messages are handed in.

use casework::mail::smtp::{Security, SmtpSettings};
use protocol::signal::EmailAddress;

use super::reader::Section;
use crate::files;

pub(super) fn read(section: &mut Section<'_>) -> Option<SmtpSettings> {
    let server: Option<String> =
        section.required("server", "the name of the mail server, such as smtp.example.nl");
    let security = match section.text("security").as_deref() {
        None | Some("starttls") => Some(Security::StartTls),
        Some("tls") => Some(Security::Tls),
        Some("none") => Some(Security::None),
        Some(_) => {
            section.refuse("security", "must be \"starttls\", \"tls\" or \"none\"");
            None
        }
    };
    if security == Some(Security::None) && !server.as_deref().is_none_or(is_this_machine) {
        section.refuse(
            "security",
            "\"none\" is for a mail server on this machine alone: addresses of people travel over it",
        );
    }
    let usual = if security == Some(Security::Tls) { 465 } else { 587 };
    let port = section.number("port", 1, u16::MAX).unwrap_or(usual);
    let from: Option<EmailAddress> = section.required("from", "the address that mails are from");
    let username = section.text("username");
    let password = section.secret_text("password");
    let credentials = match (username, password) {
        (Some(username), Some(password)) => Some((username, password)),
        (None, None) => None,
        (Some(_), None) => {
            section.refuse("password", "missing beside `username`; give `password_file`");
            None
        }
        (None, Some(_)) => {
            section.refuse("username", "missing beside the password");
            None
        }
    };
    if credentials.is_some() && security == Some(Security::None) {
        section.refuse("username", "a password does not travel without TLS");
    }
    let authorities = section.path("certificate_authorities").and_then(|path| {
        let text = files::read(&path);
        text.map(|text| text.to_string())
            .map_err(|error| section.refuse("certificate_authorities", error.to_string()))
            .ok()
    });
    Some(SmtpSettings {
        host: server?,
        port,
        security: security?,
        from: from?,
        credentials,
        authorities,
    })
}

fn is_this_machine(server: &str) -> bool {
    server == "localhost"
        || server
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Reader;

    fn settings(toml: &str) -> Result<SmtpSettings, Vec<String>> {
        let mut reader = Reader::new(toml.parse().unwrap(), Path::new("/"));
        let settings = reader.optional_section("mail", read);
        let (faults, _) = reader.finish();
        let faults: Vec<String> = faults.into_iter().map(|fault| fault.path).collect();
        settings.filter(|_| faults.is_empty()).ok_or(faults)
    }

    #[test]
    fn mail_leaves_the_machine_encrypted_or_not_at_all() {
        let base = "[mail]\nserver = \"smtp.example.nl\"\nfrom = \"noreply@trefpunt.example\"\n";
        let usual = settings(base).unwrap();
        assert_eq!((usual.port, usual.security), (587, Security::StartTls));
        let wrapped = settings(&format!("{base}security = \"tls\"")).unwrap();
        assert_eq!((wrapped.port, wrapped.security), (465, Security::Tls));
        assert_eq!(
            settings(&format!("{base}security = \"none\"")).err(),
            Some(vec!["mail.security".to_owned()])
        );
        let here = "[mail]\nserver = \"127.0.0.1\"\nport = 25\nfrom = \"noreply@trefpunt.example\"\nsecurity = \"none\"\n";
        assert_eq!(settings(here).unwrap().port, 25);
        let spoken = format!("{here}username = \"u\"\npassword = \"p\"");
        assert_eq!(settings(&spoken).err(), Some(vec!["mail.username".to_owned()]));
        assert_eq!(
            settings(&format!("{base}username = \"u\"")).err(),
            Some(vec!["mail.password".to_owned()])
        );
        assert_eq!(
            settings("[mail]\nport = 0").err().unwrap(),
            ["mail.server", "mail.port", "mail.from"]
        );
    }
}
