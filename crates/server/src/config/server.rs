//! `[server]`: where it listens and how it is called.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::time::Duration;

use super::reader::Section;
use super::tls::{self, TlsFiles};

/// Longer than most health checks wait for the next look; PostgreSQL and the supervisor of processes wait longer still.
const DEFAULT_NOTICE_SECONDS: u16 = 3;
const MOST_WORKERS: u16 = 256;

/// Where the service listens and how it is called.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The published address without a trailing slash; none is `http://`, or `https://` with TLS of its own, and the
    /// address it listens on, which only a service for the machine itself may have.
    pub public_url: Option<String>,
    /// Threads that answer requests.
    pub workers: usize,
    /// Proxies that are believed when they say for whom they call.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long before it stops a service tells health checks that it will.
    pub shutdown_notice: Duration,
    /// Files of TLS, where no proxy ends it.
    pub tls: Option<TlsFiles>,
}

impl Server {
    /// The published address of a service that listens on `address`.
    pub fn base(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("{scheme}://{address}"))
    }

    /// What may stand in `Host` of a request to a service that listens on `address`.
    pub fn hosts(&self, address: SocketAddr) -> Vec<String> {
        let base = self.base(address);
        let authority = base
            .split_once("://")
            .map_or(base.as_str(), |(_, authority)| authority);
        let mut hosts = vec![authority.to_owned()];
        if address.ip().is_loopback() {
            // Health checks and people on the machine itself.
            hosts.extend([address.to_string(), format!("localhost:{}", address.port())]);
        }
        hosts
    }
}

pub(crate) fn read(
    section: &mut Section<'_>,
    default_listen: &str,
    tls_section: &'static str,
) -> Option<Server> {
    let listen: Option<SocketAddr> = match section.text("listen") {
        None => default_listen.parse().ok(),
        Some(text) => {
            let parsed = text.parse().ok();
            if parsed.is_none() {
                section.refuse(
                    "listen",
                    format!("not an address with a port, such as {default_listen} or [::]:8480"),
                );
            }
            parsed
        }
    };
    let public_url = section.text("public_url");
    if let Some(problem) = public_url.as_deref().and_then(fault_of_url) {
        section.refuse("public_url", problem);
    }
    if public_url.is_none() && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
        section.refuse(
            "public_url",
            "missing; a service that others can reach has a published address (https)",
        );
    }
    let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
    let workers = section
        .number("workers", 1, MOST_WORKERS)
        .map_or(cores, usize::from);
    let notice = section
        .number("shutdown_notice_seconds", 0, 60)
        .unwrap_or(DEFAULT_NOTICE_SECONDS);
    let trusted_proxies = section.list("trusted_proxies", "an IP address");
    let tls = section.nested("tls", tls_section, tls::read);
    if tls.is_some() && public_url.as_deref().is_some_and(|url| url.starts_with("http:")) {
        section.refuse("public_url", "must be https: the service ends TLS itself");
    }
    Some(Server {
        listen: listen?,
        public_url,
        workers,
        trusted_proxies,
        shutdown_notice: Duration::from_secs(notice.into()),
        tls,
    })
}

/// What is wrong with a published address: it is `https://`, or `http://` on the machine itself, a host, perhaps a port.
pub(crate) fn fault_of_url(url: &str) -> Option<&'static str> {
    const FORM: &str = "must be https:// and a host, perhaps with a port, and nothing after it";
    let Some((scheme, authority)) = url.split_once("://") else {
        return Some(FORM);
    };
    let host =
        authority.rsplit_once(':').map_or(
            authority,
            |(host, port)| if port.ends_with(']') { authority } else { host },
        );
    let plain = !authority.is_empty()
        && authority
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    match scheme {
        _ if !plain => Some(FORM),
        "https" => None,
        "http" if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => None,
        "http" => Some("must be https: secrets travel over it"),
        _ => Some(FORM),
    }
}
