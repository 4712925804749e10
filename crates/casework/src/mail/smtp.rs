//! Handing mails in at a mail server (SMTP, RFC 5321), encrypted wherever it leaves the machine.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use protocol::signal::EmailAddress;
use zeroize::Zeroizing;

use super::{HandedIn, Mail, PostOffice, text};

/// How long a mail server may take for each step.
const STEP: Duration = Duration::from_secs(10);

/// How long handing in may take as a whole: who stops the program waits for it.
const WHOLE: Duration = Duration::from_secs(15);

/// What a server says for good about who hands mail in, and not about a mail or its address: it takes no mail (521), or not
/// without (this) name, password or encryption (530 and on; RFC 4954, RFC 7504). The operator puts that right.
const ABOUT_US: [u16; 5] = [521, 530, 534, 535, 538];

/// How the way to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS is begun by command, and nothing is said where that is not offered (port 587).
    StartTls,
    /// None: only to this machine itself.
    None,
}

/// Where mails are handed in, and as whom.
#[derive(Clone)]
pub struct SmtpSettings {
    /// The name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is encrypted.
    pub security: Security,
    /// From whom mails are.
    pub from: EmailAddress,
    /// Name and password at the server, where it asks for them.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// Certificate authorities in PEM that are trusted beside the machine's.
    pub authorities: Option<String>,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// The way to the mail server cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the way to the mail server cannot be set up: {0}")]
pub struct UnusableSmtp(&'static str);

/// A mail server.
pub struct SmtpPostOffice {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

impl fmt::Debug for SmtpPostOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpPostOffice").finish_non_exhaustive()
    }
}

impl SmtpPostOffice {
    /// Prepares the way; connects with each mail.
    ///
    /// # Errors
    /// [`UnusableSmtp`].
    pub fn new(settings: &SmtpSettings) -> Result<Self, UnusableSmtp> {
        let from: Mailbox = settings
            .from
            .as_str()
            .parse()
            .map_err(|_| UnusableSmtp("the sender's address"))?;
        let domain = from.email.domain().to_owned();
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls(settings)?)
            .hello_name(ClientId::Domain(domain.clone()))
            .timeout(Some(STEP));
        if let Some((name, password)) = &settings.credentials {
            transport = transport.credentials(Credentials::new(name.clone(), password.to_string()));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            domain,
        })
    }

    fn message(&self, mail: &Mail) -> Option<Message> {
        let to: Mailbox = mail.to.as_str().parse().ok()?;
        let header = |name: &'static str, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        let text = Body::new_with_encoding(text::TEXT.to_owned(), ContentTransferEncoding::SevenBit);
        let body = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(text.ok()?);
        let at = SystemTime::from(mail.at);
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(text::SUBJECT)
            .date(at)
            .message_id(Some(format!("<{:032x}@{}>", mail.message_id, self.domain)))
            // So that nobody's out-of-office notice answers (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", "nl, en"))
            .singlepart(body)
            .ok()
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, UnusableSmtp> {
    if settings.security == Security::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authorities {
        let certificate = Certificate::from_pem(pem.as_bytes());
        let certificate = certificate.map_err(|_| UnusableSmtp("the certificate authorities"))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters
        .build()
        .map_err(|_| UnusableSmtp("TLS on this machine"))?;
    Ok(match settings.security {
        Security::Tls => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

fn is_about_us(status: Option<u16>) -> bool {
    status.is_some_and(|status| ABOUT_US.contains(&status))
}

impl PostOffice for SmtpPostOffice {
    fn hand_in<'a>(&'a self, mail: &'a Mail) -> Pin<Box<dyn Future<Output = HandedIn> + Send + 'a>> {
        Box::pin(async move {
            let Some(message) = self.message(mail) else {
                return HandedIn::Refused;
            };
            match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
                Ok(Ok(_)) => HandedIn::Taken,
                // What the server says may repeat the address: only its class is told.
                Ok(Err(error)) if is_about_us(error.status().map(u16::from)) => {
                    tracing::warn!(
                        status = ?error.status().map(u16::from),
                        "the mail server takes no mail from this program: look at [mail]"
                    );
                    HandedIn::PutOff
                }
                Ok(Err(error)) if error.is_permanent() => {
                    tracing::info!(status = ?error.status().map(u16::from), "a mail was refused for good");
                    HandedIn::Refused
                }
                Ok(Err(error)) => {
                    tracing::info!(status = ?error.status().map(u16::from), "a mail was put off");
                    HandedIn::PutOff
                }
                Err(_) => {
                    tracing::info!("the mail server took too long");
                    HandedIn::PutOff
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_plain_text_in_lines_that_any_server_takes() {
        let office = SmtpPostOffice::new(&SmtpSettings {
            host: "mail.example".to_owned(),
            port: 587,
            security: Security::StartTls,
            from: "noreply@trefpunt.example".parse().unwrap(),
            credentials: None,
            authorities: None,
        })
        .unwrap();
        let mail = Mail {
            to: "m.jansen@school.example".parse().unwrap(),
            message_id: 7,
            at: "2027-03-01T09:00:00Z".parse().unwrap(),
        };
        let written = String::from_utf8(office.message(&mail).unwrap().formatted()).unwrap();
        assert!(
            written.is_ascii() && written.lines().all(|line| line.len() <= 78),
            "{written}"
        );
        let expected = "\
            From: noreply@trefpunt.example\r\n\
            To: m.jansen@school.example\r\n\
            Subject: Er staan berichten voor u klaar / There are messages for you\r\n\
            Date: Mon, 01 Mar 2027 09:00:00 +0000\r\n\
            Message-ID: <00000000000000000000000000000007@trefpunt.example>\r\n";
        assert!(written.starts_with(expected), "{written}");
    }
}
