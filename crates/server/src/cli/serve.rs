//! `trefpunt serve`

use super::{ConfigFile, Failure, asked_to_stop, stop};
use crate::Application;
use crate::logging::{self, Form};

pub(super) async fn run(config: &ConfigFile) -> Result<(), Failure> {
    // Libraries tell what they do at every start; only what goes wrong there matters.
    logging::start(
        Form::Json,
        "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn",
    );
    let config = config.load()?;
    let mut application = Application::build(&config).await?;
    let ended = tokio::select! {
        asked = asked_to_stop() => asked,
        ended = application.ended() => Err(match ended {
            Ok(()) => Failure::failed("the server ended"),
            Err(error) => Failure::failed(error),
        }),
    };
    stop(application, None).await?;
    ended
}
