//! The floor of writes: `pgbench` on a second database in the product's own PostgreSQL, which has the product's schema and
//! gets the same rows in one round trip. What the function it calls does and leaves out stands in [`store::bench::floor`].

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use casework::Casework;
use store::bench as measuring;
use store::private_postgres::PrivatePostgres;
use store::{ConnectionSettings, Crypter, PublicIds, Store, migrate};
use tokio::io::AsyncReadExt as _;

use super::failure::Failure;
use super::http_load::percentile;
use super::processor::of_process;
use super::site::{COVENANT, Site, SitePartner, party};
use crate::application;
use crate::environment;

/// The floor's database, ready to be measured.
pub struct Floor {
    store: Store,
    dir: PathBuf,
}

/// What one run of it did.
#[derive(Debug, Clone)]
pub struct FloorRun {
    /// Transactions that were committed.
    pub transactions: u64,
    /// Per second, without the time that connecting took.
    pub rate: f64,
    /// The latency below which 99 in 100 lie, in seconds.
    pub p99: f64,
    /// What the processor spent on `pgbench` itself.
    pub own_time: Duration,
}

impl Floor {
    /// Makes it beside a site that has rows of each kind already, with as many partners.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn beside(site: &Site, partners: &[SitePartner]) -> Result<Self, Failure> {
        measuring::floor::create(site.store()).await?;
        let mut owner = site.postgres()?.config();
        owner.dbname(measuring::floor::DATABASE);
        let settings = ConnectionSettings {
            owner,
            role_secret: None,
        };
        let keys = &site.config().keys;
        let store = Store::new(
            &settings,
            site.store().network(),
            Crypter::new(*keys.storage.expose()),
            PublicIds::new(keys.id.expose()),
            environment::chance(),
        )?;
        migrate(&store, &settings).await?;
        let casework = Casework::new(store.clone(), application::service_keys(site.config())?);
        let network = &site.config().network;
        casework.put_network(&network.kind, network.keys).await?;
        casework.apply_covenant(COVENANT).await?;
        for (at, _) in partners.iter().enumerate() {
            let key = ed25519_dalek::SigningKey::from_bytes(&environment::random()).verifying_key();
            casework
                .register(party(&format!("floor-{at}"), key.to_bytes().into()))
                .await?;
        }
        // Registered in the same order, they have the same numbers.
        let numbers: Vec<i32> = partners
            .iter()
            .map(|partner| partner.caller.organisation.0)
            .collect();
        measuring::floor::install(site.store(), &store, &numbers).await?;
        let dir = site.directory().path().join("floor");
        let made = fs::create_dir_all(&dir)
            .and_then(|()| fs::write(dir.join("signal.sql"), measuring::floor::SCRIPT));
        made.map_err(Failure::machine("the floor's directory"))?;
        Ok(Self { store, dir })
    }

    /// Its database.
    #[cfg(test)]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many signals it holds.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn written(&self) -> Result<u64, Failure> {
        Ok(measuring::floor::written(&self.store).await?)
    }

    /// Runs so many clients for so many seconds.
    ///
    /// # Errors
    /// [`Failure`], also when a transaction failed.
    pub async fn run(
        &self,
        postgres: &PrivatePostgres,
        clients: usize,
        seconds: u32,
    ) -> Result<FloorRun, Failure> {
        self.start(postgres, clients, &["-T", &seconds.to_string()]).await
    }

    /// Runs so many clients until each has done so many transactions.
    ///
    /// # Errors
    /// As [`Floor::run`].
    pub async fn run_each(
        &self,
        postgres: &PrivatePostgres,
        clients: usize,
        transactions: u32,
    ) -> Result<FloorRun, Failure> {
        self.start(postgres, clients, &["-t", &transactions.to_string()])
            .await
    }

    async fn start(
        &self,
        postgres: &PrivatePostgres,
        clients: usize,
        until: &[&str],
    ) -> Result<FloorRun, Failure> {
        let failed = || Failure::machine("pgbench, which PostgreSQL brings, cannot be run");
        let mut command = tokio::process::Command::new(postgres.program("pgbench"));
        command
            .current_dir(&self.dir)
            .args([
                "-n",
                "-M",
                "prepared",
                "-f",
                "signal.sql",
                "-l",
                "--log-prefix=times",
            ])
            .args([
                "-c",
                &clients.to_string(),
                "-j",
                if clients > 1 { "2" } else { "1" },
            ])
            .args(until)
            .arg("-h")
            .arg(postgres.socket_dir())
            .args(["-p", &postgres.port().to_string(), "-U", postgres.user()])
            .arg(measuring::floor::DATABASE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(failed())?;
        let (mut told, mut faults) = (String::new(), String::new());
        let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
        let read = async {
            if let Some(out) = &mut out {
                out.read_to_string(&mut told).await?;
            }
            if let Some(err) = &mut err {
                err.read_to_string(&mut faults).await?;
            }
            Ok(())
        };
        read.await.map_err(failed())?;
        // It has closed its output and ends: until it is waited for, what it has spent can be read.
        let own_time = child.id().and_then(of_process).unwrap_or_default();
        let ended = child.wait().await.map_err(failed())?;
        let latencies = self.latencies().map_err(failed())?;
        match (
            ended.success(),
            told_number(&told, "number of transactions actually processed: "),
        ) {
            (true, Some(transactions))
                if told_number(&told, "number of failed transactions: ") == Some(0.0) =>
            {
                Ok(FloorRun {
                    transactions: transactions as u64,
                    rate: told_number(&told, "tps = ").unwrap_or(f64::NAN),
                    p99: percentile(&latencies, 0.99),
                    own_time,
                })
            }
            _ => Err(Failure::Seen(format!("pgbench failed: {}", faults.trim()))),
        }
    }

    /// The microseconds of all transactions, sorted, from the logs, which are gone then.
    fn latencies(&self) -> std::io::Result<Vec<u32>> {
        let mut latencies = Vec::new();
        for file in fs::read_dir(&self.dir)? {
            let file = file?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("times.") {
                let text = fs::read_to_string(&file)?;
                // client, transaction, microseconds, ...
                let micros = text
                    .lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse().ok());
                latencies.extend(micros.collect::<Vec<u32>>());
                fs::remove_file(&file)?;
            }
        }
        latencies.sort_unstable();
        Ok(latencies)
    }
}

/// The number behind these words.
fn told_number(told: &str, words: &str) -> Option<f64> {
    let line = told.lines().find_map(|line| line.strip_prefix(words))?;
    let end = line.find(|char: char| !char.is_ascii_digit() && char != '.');
    line[..end.unwrap_or(line.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pgbench_tells_is_read() {
        let told = "number of clients: 8\nnumber of transactions actually processed: 5000/5000\n\
                    number of failed transactions: 0 (0.000%)\n\
                    tps = 2345.678901 (without initial connection time)\n";
        let number = |words| told_number(told, words);
        assert_eq!(
            number("number of transactions actually processed: "),
            Some(5000.0)
        );
        assert_eq!(number("number of failed transactions: "), Some(0.0));
        assert_eq!(number("tps = "), Some(2_345.678_901));
        assert_eq!(number("latency average = "), None);
    }
}
