//! The work beside the doors as a process of its own: every driver, and no door. Any number of them share one database.

use casework::Drivers;

use crate::application::{
    StartError, acts, begin_with_keyholder, deliver_webhooks, keep_processing_log, may_be_apart, send_mail,
    trust_log,
};
use crate::config::Config;
use crate::database::OpenDatabase;

/// The drivers at work.
pub struct AtWork {
    drivers: Drivers,
    database: OpenDatabase,
}

impl AtWork {
    /// Starts them on a database that is current: `trefpunt migrate` is the operator's decision.
    ///
    /// # Errors
    /// [`StartError`], each with one line that says what to do.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        may_be_apart(config)?;
        let database = OpenDatabase::open(config).await?;
        match drivers(config, &database).await {
            Ok(drivers) => {
                tracing::info!("at work");
                Ok(Self { drivers, database })
            }
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    /// Waits until a driver ends by itself, which it does only when something is wrong.
    pub async fn ended(&mut self) {
        self.drivers.ended().await;
    }

    /// Lets each driver finish what it is at, then closes the database.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.drivers.stop().await;
        self.database.close().await;
        tracing::info!("stopped");
    }
}

async fn drivers(config: &Config, database: &OpenDatabase) -> Result<Drivers, StartError> {
    let casework = acts(config, database.store())?;
    keep_processing_log(config, &casework);
    send_mail(config, &casework)?;
    // What is told to receivers leads to the doors.
    deliver_webhooks(config, config.server.listen, &casework)?;
    database.check(config).await?;
    trust_log(config, &casework).await?;
    begin_with_keyholder(config, &casework).await?;
    Ok(casework.start_work())
}
