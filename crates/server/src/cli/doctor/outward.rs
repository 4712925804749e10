//! What the service shows to others and how it reaches them: the files of TLS, the mail server, receivers of webhooks. What
//! is said of certificates is what a start of the service, or the day after, would run into.

use casework::mail::smtp::SmtpPostOffice;
use jiff::{SignedDuration, Timestamp};
use service_http::tls::validities;

use super::Findings;
use crate::application::outgoing;
use crate::config::{Config, TlsFiles};
use crate::files;
use crate::tls::WatchedTls;

/// Who renews by hand needs some days for it.
const BEFORE_ITS_END: SignedDuration = SignedDuration::from_hours(14 * 24);

pub(super) fn examine(config: &Config, now: Timestamp, findings: &mut Findings) {
    if let Some(files) = &config.server.tls {
        findings.add("TLS", tls(files, now));
    }
    if let Some(settings) = &config.mail {
        // A file in which there is no certificate is taken, and then nobody is believed.
        let authorities = settings.authorities.as_deref().map(str::as_bytes).map(validities);
        let usable = match authorities {
            Some(Err(_)) => Err("certificate_authorities: the file holds no PEM certificate".to_owned()),
            _ => SmtpPostOffice::new(settings).map_err(|error| error.to_string()),
        };
        let way = |_| format!("handed in at {}:{}", settings.host, settings.port);
        findings.add("mail", usable.map(way));
    }
    let usable = outgoing(&config.webhooks).map_err(|error| format!("are not delivered: {error}"));
    findings.add("webhooks", usable.map(|_| "can be delivered".to_owned()));
}

/// The files can be read and belong together, and every certificate in them is good today and in two weeks.
fn tls(files: &TlsFiles, now: Timestamp) -> Result<String, String> {
    WatchedTls::open(files.clone()).map_err(|error| error.to_string())?;
    let authorities = files.clients.as_ref().map(|clients| &clients.authorities);
    let mut first_end = Timestamp::MAX;
    for path in [Some(&files.certificate), authorities].into_iter().flatten() {
        let pem = files::read(path).map_err(|error| error.to_string())?;
        let read = validities(pem.as_bytes());
        for validity in read.map_err(|_| format!("{}: a certificate cannot be read", path.display()))? {
            let (from, until) = (validity.not_before, validity.not_after);
            let of_it = |what: &str, when: Timestamp| Err(format!("{}: {what} {when}", path.display()));
            if now < from {
                return of_it("a certificate is not good before", from);
            }
            if until < now {
                return of_it("a certificate was good until", until);
            }
            if until.duration_since(now) < BEFORE_ITS_END {
                return of_it("renew it: a certificate is good until", until);
            }
            first_end = first_end.min(until);
        }
    }
    Ok(format!(
        "certificate and key belong together; good until {first_end}"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;
    use crate::config::ClientFiles;

    /// Writes a certificate that is good from the first of March 2027 until this day of that month, and its key.
    fn write(directory: &Path, name: &str, until: u8) {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2027, 3, 1);
        params.not_after = date_time_ymd(2027, 3, until);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        fs::write(directory.join(format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(directory.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }

    #[test]
    fn a_certificate_is_good_today_and_in_two_weeks() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        write(directory.path(), "own", 31);
        write(directory.path(), "other", 31);
        write(directory.path(), "clients", 25);
        let files = TlsFiles {
            certificate: at("own.pem"),
            key: at("own.key"),
            clients: None,
        };
        let look = |files: &TlsFiles, now: &str| tls(files, now.parse().unwrap());
        let found = look(&files, "2027-03-16T23:00:00Z").unwrap();
        assert!(found.ends_with("good until 2027-03-31T00:00:00Z"), "{found}");
        for (now, says) in [
            ("2027-02-28T23:59:59Z", "not good before 2027-03-01T00:00:00Z"),
            (
                "2027-03-17T00:00:01Z",
                "renew it: a certificate is good until 2027-03-31T00:00:00Z",
            ),
            ("2027-03-31T00:00:01Z", "was good until 2027-03-31T00:00:00Z"),
        ] {
            let found = look(&files, now).unwrap_err();
            assert!(found.contains(says) && found.contains("own.pem"), "{found}");
        }
        // The authorities of clients count as well.
        let with_clients = TlsFiles {
            clients: Some(ClientFiles {
                authorities: at("clients.pem"),
                revoked: None,
                required: true,
            }),
            ..files.clone()
        };
        assert!(look(&with_clients, "2027-03-10T00:00:00Z").is_ok());
        let found = look(&with_clients, "2027-03-16T23:00:00Z").unwrap_err();
        assert!(found.contains("clients.pem"), "{found}");

        let of_another = TlsFiles {
            key: at("other.key"),
            ..files.clone()
        };
        let found = look(&of_another, "2027-03-10T00:00:00Z").unwrap_err();
        assert!(found.contains("the key is not the certificate's"), "{found}");
        let missing = TlsFiles {
            key: at("nowhere.key"),
            ..files
        };
        assert!(
            look(&missing, "2027-03-10T00:00:00Z")
                .unwrap_err()
                .contains("nowhere.key")
        );
    }
}
