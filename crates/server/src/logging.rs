//! The log, on standard error. No line holds an identifier, a token or content; `RUST_LOG` chooses how much is written
//! of what this program says itself. What libraries say below info is not written, whatever `RUST_LOG` asks for:
//! `tokio_postgres` prints statements with all their parameters there, which are tags, hashes of codes and sealed content.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// The crates of this program. A library that is not named here, also one that comes later, is held at info.
const OWN: [&str; 11] = [
    "audit_log",
    "casework",
    "client",
    "domain",
    "identifiers",
    "protocol",
    "server",
    "service_http",
    "store",
    "trefpunt",
    "web",
];

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line, for machines that collect it.
    Json,
    /// For the person who started the program.
    Human,
}

/// Starts the log with this level where `RUST_LOG` says nothing. A second call changes nothing.
pub fn start(form: Form, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let log: Box<dyn Layer<Registry> + Send + Sync> = match form {
        Form::Json => log.json().boxed(),
        Form::Human => log.compact().boxed(),
    };
    let started = tracing_subscriber::registry()
        .with(log)
        .with(filter)
        .with(filter_fn(may_be_written))
        .try_init();
    // In a test a second application in the process finds the log started.
    drop(started);
}

/// Both this and `RUST_LOG` must let a line through. A directive added to the filter would not do: one of `RUST_LOG` that
/// names a module goes before one that names its crate.
fn may_be_written(line: &Metadata<'_>) -> bool {
    let name = line.target().split("::").next().unwrap_or_default();
    *line.level() <= Level::INFO || OWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The targets that get through, with all of `RUST_LOG=trace`.
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<String>>>);

    impl<S: tracing::Subscriber> Layer<S> for Seen {
        fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
            let (level, target) = (event.metadata().level(), event.metadata().target());
            self.0.lock().unwrap().push(format!("{level} {target}"));
        }
    }

    #[test]
    fn libraries_are_held_at_info_and_this_program_is_not() {
        let seen = Seen::default();
        let log = tracing_subscriber::registry()
            .with(seen.clone())
            .with(EnvFilter::new("trace,tokio_postgres::query=trace,hyper=trace"))
            .with(filter_fn(may_be_written));
        macro_rules! said_by {
            ($($target:literal)+) => {$(
                tracing::trace!(target: $target, "");
                tracing::debug!(target: $target, "");
                tracing::info!(target: $target, "");
            )+};
        }
        tracing::subscriber::with_default(log, || {
            said_by!("tokio_postgres" "tokio_postgres::query" "refinery_core" "hyper_util" "hyper::proto" "reqwest");
            said_by!("rustls" "actix_http" "actix_server::worker" "mio" "h2" "webpki" "storehouse" "log");
            said_by!("store::work" "web");
        });
        let seen = seen.0.lock().unwrap();
        let below_info: Vec<_> = seen.iter().filter(|line| !line.starts_with("INFO ")).collect();
        assert_eq!(
            below_info,
            ["TRACE store::work", "DEBUG store::work", "TRACE web", "DEBUG web"]
        );
        assert_eq!(seen.len() - below_info.len(), 16);
    }
}
