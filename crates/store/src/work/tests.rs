use std::process::Command;
use std::sync::atomic::AtomicI32;

use super::*;
use crate::test_util::TestDatabase;

static SERVED_BY: Statement = Statement {
    name: "SERVED_BY",
    role: Erase::DATABASE_ROLE,
    sql: "SELECT pg_backend_pid() AS process",
};

/// Asks twice which of the server's processes serves it. The first time it may stop that process in between.
struct AskTwice {
    stopped: Arc<AtomicI32>,
}

impl Work for AskTwice {
    const NAME: &'static str = "ask_twice";
    type Role = Erase;
    type Output = i32;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Erase>) -> Result<i32, StoreError> {
        let process = tx.one(&SERVED_BY, &[]).await?.value("process")?;
        if self.stopped.load(Ordering::SeqCst) == 0 {
            self.stopped.store(process, Ordering::SeqCst);
            signal("-STOP", process);
            // From here time passes when nothing else happens, and nothing does.
            tokio::time::pause();
        }
        tx.one(&SERVED_BY, &[]).await?.value("process")
    }
}

fn signal(signal: &str, process: i32) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// The pool of this role has one connection: were it held by whoever waits for a dead one, nobody would be served again.
// rule: O1
#[tokio::test]
async fn a_connection_that_falls_silent_is_given_up_and_replaced() {
    let database = TestDatabase::new(Arc::new(|bytes: &mut [u8]| bytes.fill(7))).await;
    let stopped = Arc::new(AtomicI32::new(0));
    let ask = || {
        let stopped = Arc::clone(&stopped);
        database.store.run(Context::Service, AskTwice { stopped })
    };
    let silent = ask().await.unwrap_err();
    tokio::time::resume();
    let first = stopped.load(Ordering::SeqCst);
    assert!(matches!(silent, StoreError::Silent("SERVED_BY")), "{silent:?}");
    assert!(silent.is_temporary() && silent.is_outage());

    let second = ask().await.unwrap();
    assert_ne!(first, second);
    signal("-CONT", first);
}
