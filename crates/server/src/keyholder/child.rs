//! A keyholder as a child process: a demonstration has one beside its service, as a network has another operator's.
//!
//! The child tells where it listens in one line on its standard output, and stops in order when its standard input
//! ends. The kernel closes that pipe however the parent ends, so that a `kill -9` of it leaves nothing behind either.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The first start makes a database cluster, on a slow machine beside another.
const MOST_START: Duration = Duration::from_secs(60);

/// Stopping waits for PostgreSQL, up to 35 s.
const MOST_STOP: Duration = Duration::from_secs(45);

/// What a child tells when it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Announced {
    /// Its address without a trailing slash.
    pub url: String,
}

/// A keyholder that runs as a child of this process.
pub struct ChildKeyholder {
    child: Child,
    announced: Announced,
}

/// The child does not run.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It could not be started, or its line not read.
    #[error("the keyholder's process: {0}")]
    Io(#[from] std::io::Error),
    /// It ended before it answered; what it said stands above.
    #[error("the keyholder ended before it answered")]
    Ended,
    /// It did not answer in time.
    #[error("the keyholder did not answer within {} s", MOST_START.as_secs())]
    Slow,
}

impl ChildKeyholder {
    /// Starts this same program as the keyholder of a settings file and waits until it answers.
    ///
    /// # Errors
    /// [`ChildError`]; the child is gone then.
    pub async fn start(settings: &Path) -> Result<Self, ChildError> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["keyholder", "serve", "--child", "--config"])
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Not `kill_on_drop`: the end of its standard input stops it in order, its PostgreSQL too.
            .spawn()?;
        match tokio::time::timeout(MOST_START, first_line(&mut child)).await {
            Ok(Ok(announced)) => Ok(Self { child, announced }),
            Ok(Err(error)) => {
                end(child).await;
                Err(error)
            }
            Err(_) => {
                end(child).await;
                Err(ChildError::Slow)
            }
        }
    }

    /// Its address without a trailing slash.
    pub fn url(&self) -> &str {
        &self.announced.url
    }

    /// The process's number.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(self) {
        end(self.child).await;
    }
}

async fn first_line(child: &mut Child) -> Result<Announced, ChildError> {
    let output = child.stdout.take().ok_or(ChildError::Ended)?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).await?;
    serde_json::from_str(&line).map_err(|_| ChildError::Ended)
}

async fn end(mut child: Child) {
    drop(child.stdin.take());
    if tokio::time::timeout(MOST_STOP, child.wait()).await.is_err() {
        tracing::error!("the keyholder did not stop in order");
        let _ = child.kill().await;
    }
}
