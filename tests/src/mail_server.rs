//! A small mail server: takes mail, puts it off or refuses it, as a test says, and keeps what it took.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use casework::mail::smtp::{Security, SmtpPostOffice, SmtpSettings};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it does with mail to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes it.
    Takes,
    /// Says at the recipient that it comes another time (450).
    PutsOff,
    /// Says that there is no such mailbox (550), repeating the address as mail servers do.
    Refuses,
    /// Says that it takes mail only from whoever says who they are (530): no word about the address.
    WantsAName,
    /// Refuses the whole mail after reading it (554).
    Bounces,
    /// Hangs up in the middle.
    HangsUp,
}

/// A mail that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// To whom, as the envelope says.
    pub to: String,
    /// Header fields and text, as they came.
    pub content: String,
}

#[derive(Default)]
struct Kept {
    manners: BTreeMap<String, Manner>,
    taken: Vec<TakenMail>,
    tried: Vec<String>,
}

/// A mail server on this machine.
#[derive(Clone)]
pub struct MailServer {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl MailServer {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            kept: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                // Whoever hangs up ends the conversation, and nothing else.
                tokio::spawn(async move { serving.talk(stream).await.ok() });
            }
        });
        server
    }

    /// The service's way to it.
    #[must_use]
    pub fn post_office(&self) -> Arc<SmtpPostOffice> {
        let settings = SmtpSettings {
            host: self.address.ip().to_string(),
            port: self.address.port(),
            security: Security::None,
            from: "noreply@trefpunt.example".parse().unwrap(),
            credentials: None,
            authorities: None,
        };
        Arc::new(SmtpPostOffice::new(&settings).unwrap())
    }

    /// What it does with mail to this address from now on.
    pub fn set_manner(&self, address: &str, manner: Manner) {
        self.kept().manners.insert(address.to_owned(), manner);
    }

    /// What it took so far.
    #[must_use]
    pub fn taken(&self) -> Vec<TakenMail> {
        self.kept().taken.clone()
    }

    /// To whom it took mail so far.
    #[must_use]
    pub fn took_for(&self) -> Vec<String> {
        self.kept().taken.iter().map(|mail| mail.to.clone()).collect()
    }

    /// How often mail to this address was tried.
    #[must_use]
    pub fn tried(&self, address: &str) -> usize {
        self.kept().tried.iter().filter(|tried| *tried == address).count()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut to = String::new();
        write.write_all(b"220 mail.example ESMTP\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let command = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let manner = self.kept().manners.get(&to).copied().unwrap_or(Manner::Takes);
            let answer = match command.as_str() {
                "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP" => "250 ok".to_owned(),
                "RCPT" => {
                    to = line
                        .split_once('<')
                        .and_then(|(_, rest)| rest.split_once('>'))
                        .map_or_else(String::new, |(address, _)| address.to_owned());
                    self.kept().tried.push(to.clone());
                    match self.kept().manners.get(&to) {
                        Some(Manner::PutsOff) => "450 4.2.1 come another time".to_owned(),
                        Some(Manner::Refuses) => format!("550 5.1.1 <{to}>: no such mailbox"),
                        Some(Manner::WantsAName) => "530 5.7.0 authentication required".to_owned(),
                        Some(Manner::HangsUp) => return Ok(()),
                        _ => "250 ok".to_owned(),
                    }
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut content = String::new();
                    while let Some(line) = lines.next_line().await? {
                        if line == "." {
                            break;
                        }
                        content.push_str(&line);
                        content.push('\n');
                    }
                    if manner == Manner::Bounces {
                        format!("554 5.7.1 refused for {to}")
                    } else {
                        let to = to.clone();
                        self.kept().taken.push(TakenMail { to, content });
                        "250 taken".to_owned()
                    }
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "502 no".to_owned(),
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
