//! `trefpunt migrate`

use super::{ConfigFile, Failure};
use crate::application::{self, service_keys};
use crate::database::OpenDatabase;
use crate::out;

pub(super) async fn run(config: &ConfigFile) -> Result<(), Failure> {
    let config = config.load()?;
    let keys = service_keys(&config)?;
    let database = OpenDatabase::open_beside(&config).await?;
    let casework = casework::Casework::new(database.store().clone(), keys);
    let outcome = application::set_up(&config, &database, &casework).await;
    database.close().await;
    outcome?;
    out::line("The schema is current, and the network is the one of the settings.");
    Ok(())
}
