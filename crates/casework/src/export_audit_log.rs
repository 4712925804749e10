//! A supervisor takes the audit log home. That is an event too, and the export reaches at least up to it.

mod bundle;

use std::collections::BTreeSet;
use std::str::FromStr;

use domain::event::{Event, OpeningScope};
use protocol::audit::{self as wire, AuditExport, AuditExportSubmission, EventName, ExportFrom};
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::{OrganisationId, Refused};
use store::{
    Context, ErasedWithin, ExportRow, Log, Owner, Party, PublicIds, RecordKind, Recorded, StoreError,
    StoredAnswer, StoredCheckpoint, Tx, Work,
};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable};
use crate::{Caller, Casework};

pub use bundle::BundleFailure;

/// Why no export is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestExportRefusal {
    /// Openings of an event that there is not, or that the supervisor may not have.
    #[error("openings of these events are not for this supervisor")]
    Events,
    /// Openings of organisations that the supervisor may not have.
    #[error("openings of these organisations are not for this supervisor")]
    Organisations,
}

impl Refusable for RequestExportRefusal {
    fn refused(&self) -> Refused {
        let pointer = match self {
            Self::Events => "/scope/events",
            Self::Organisations => "/scope/organisations",
        };
        Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError::new(pointer, FieldErrorCode::NotAllowed)],
        }
    }
}

impl Casework {
    /// Asks for an export.
    ///
    /// # Errors
    /// [`RequestExportRefusal`].
    pub async fn request_export(
        &self,
        caller: &Caller,
        once: Once,
        submission: AuditExportSubmission,
    ) -> Result<Answer, Failure<RequestExportRefusal>> {
        let scope = submission.scope.unwrap_or_default();
        let known = |name: &EventName| Event::NAMES.contains(&name.as_str());
        if !scope.events.iter().flatten().all(known) {
            return Err(RequestExportRefusal::Events.into());
        }
        let request = RequestExport {
            caller: caller.clone(),
            origin: self.keys().log.origin().to_owned(),
            from: submission.from.unwrap_or(ExportFrom::Last),
            scope: OpeningScope {
                events: names(scope.events.as_deref()),
                organisations: names(scope.organisations.as_deref()),
            },
        };
        let answer = self.act(caller, once, request).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(answer)
    }

    /// An export the caller asked for, with the checkpoint up to which it reaches once there is one.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_export(&self, caller: &Caller, id: Id) -> Result<AuditExport, Failure<NotFound>> {
        let export = self.look(caller, FindExport { id }).await?;
        let reach = self.reach(&export).await?;
        let checkpoint = reach.map(|reach| reach.checkpoint.note);
        Ok(resource(self.store().public_ids(), id, &export, checkpoint)?)
    }

    /// Decides which openings a supervisor may have in its exports, from the next one on.
    ///
    /// # Errors
    /// [`ScopeError`].
    pub async fn set_audit_scope(
        &self,
        supervisor: OrganisationId,
        scope: OpeningScope,
    ) -> Result<(), ScopeError> {
        let unknown = |name: &String| !Event::NAMES.contains(&name.as_str());
        if let Some(name) = scope.events.iter().flatten().find(|name| unknown(name)) {
            return Err(ScopeError::NoSuchEvent(name.clone()));
        }
        let work = SetScope { supervisor, scope };
        self.store().run(Context::Service, work).await
    }

    /// From where to where an export reaches; none while the log is not that far.
    async fn reach(&self, export: &ExportRow) -> Result<Option<Reach>, StoreError> {
        let work = FindReach {
            origin: self.keys().log.origin().to_owned(),
            event: export.event,
            previous: export.previous_event,
        };
        self.store().run(Context::Service, work).await
    }
}

/// From where to where an export reaches: from the checkpoint behind which it begins, to the first that covers its own
/// event (or one soon after it that more witnesses signed), or, when an opening in between was erased later, to the first that covers the leaf that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reach {
    previous: Option<StoredCheckpoint>,
    checkpoint: StoredCheckpoint,
}

/// Why a scope is not set.
#[derive(Debug, thiserror::Error)]
pub enum ScopeError {
    /// There is no supervisor of this id.
    #[error("there is no supervisor of this id")]
    NoSuchSupervisor,
    /// There is no event of this name.
    #[error("there is no event {0}")]
    NoSuchEvent(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn names<T: ToString>(names: Option<&[T]>) -> Option<BTreeSet<String>> {
    names.map(|names| names.iter().map(ToString::to_string).collect())
}

/// The same names as they go over the wire.
fn on_the_wire<T: FromStr>(names: Option<&BTreeSet<String>>) -> Result<Option<Vec<T>>, StoreError> {
    let parse = |name: &String| name.parse().map_err(|_| StoreError::Column { column: "scope" });
    names.map(|names| names.iter().map(parse).collect()).transpose()
}

fn export_id(ids: &PublicIds, row: i64) -> Id {
    Id(ids.id(RecordKind::Export, 0, row))
}

fn resource(
    ids: &PublicIds,
    id: Id,
    export: &ExportRow,
    checkpoint: Option<String>,
) -> Result<AuditExport, StoreError> {
    Ok(AuditExport {
        id,
        requested_at: export.requested_at,
        previous: export.previous.map(|row| export_id(ids, row)),
        scope: wire::OpeningScope {
            events: on_the_wire(export.scope.events.as_ref())?,
            organisations: on_the_wire(export.scope.organisations.as_ref())?,
        },
        checkpoint,
        bundle: format!("/v1/audit/exports/{id}/bundle"),
    })
}

struct RequestExport {
    caller: Caller,
    origin: String,
    from: ExportFrom,
    scope: OpeningScope,
}

impl Act for RequestExport {
    const NAME: &'static str = "request_export";
    type Refusal = RequestExportRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<RequestExportRefusal>> {
        let scope = self.allowed(&tx.audit_scope().await?)?;
        let previous = match self.from {
            ExportFrom::Start => None,
            ExportFrom::Last => tx.last_export(&self.origin).await?,
        };
        let log_tag = tx.store().random_tag();
        let event = Event::AuditExported {
            export: log_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            scope: scope.clone(),
        };
        let row = tx
            .insert_export(log_tag, &self.origin, previous, &scope, &event)
            .await?;
        let export = tx.export(row).await?.ok_or(StoreError::Column { column: "id" })?;
        let id = export_id(tx.ids(), row);
        let location = format!("/v1/audit/exports/{id}");
        let resource = resource(tx.ids(), id, &export, None)?;
        Ok(act::answer(201, Some(location), &resource))
    }
}

impl RequestExport {
    fn allowed(&self, allowed: &OpeningScope) -> Result<OpeningScope, RequestExportRefusal> {
        let events = OpeningScope {
            organisations: None,
            ..self.scope.clone()
        };
        events.within(allowed).ok_or(RequestExportRefusal::Events)?;
        self.scope
            .clone()
            .within(allowed)
            .ok_or(RequestExportRefusal::Organisations)
    }
}

struct FindExport {
    id: Id,
}

impl Look for FindExport {
    const NAME: &'static str = "find_export";
    type Output = ExportRow;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<ExportRow, Failure<NotFound>> {
        let (zero, row) = tx.ids().parse(RecordKind::Export, self.id.0);
        if zero != 0 {
            return Err(NotFound.into());
        }
        Ok(tx.export(row).await?.ok_or(NotFound)?)
    }
}

struct SetScope {
    supervisor: OrganisationId,
    scope: OpeningScope,
}

impl Work for SetScope {
    const NAME: &'static str = "set_audit_scope";
    type Role = Owner;
    type Output = ();
    type Error = ScopeError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), ScopeError> {
        let found = tx.supervisor(self.supervisor.0).await?;
        let (organisation, tag) = found.ok_or(ScopeError::NoSuchSupervisor)?;
        let log_tag = tag.unwrap_or_else(|| tx.store().random_tag());
        let event = Event::AuditScopeChanged {
            tag: log_tag,
            organisation: self.supervisor.0,
            scope: self.scope.clone(),
        };
        Ok(tx
            .put_audit_scope(organisation, &self.scope, log_tag, &event)
            .await?)
    }
}

struct FindReach {
    origin: String,
    event: Recorded,
    previous: Option<Recorded>,
}

impl Work for FindReach {
    const NAME: &'static str = "reach_of_export";
    type Role = Log;
    type Output = Option<Reach>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<Reach>, StoreError> {
        let Some(mut checkpoint) = tx.checkpoint_covering(&self.origin, self.event).await? else {
            return Ok(None);
        };
        let previous = match self.previous {
            Some(previous) => tx.period_beginning(&self.origin, self.event, previous).await?,
            None => None,
        };
        let first = previous.as_ref().map_or(0, |previous| previous.size);
        loop {
            let last = match tx.erased_within(first, checkpoint.size).await? {
                ErasedWithin::Waiting => return Ok(None),
                ErasedWithin::UpTo(last) if last >= checkpoint.size => last,
                ErasedWithin::UpTo(_) | ErasedWithin::Nothing => {
                    return Ok(Some(Reach { previous, checkpoint }));
                }
            };
            // It reaches further now, and more may have been erased of what it reaches.
            match tx.checkpoint_beyond(&self.origin, last).await? {
                Some(further) => checkpoint = further,
                None => return Ok(None),
            }
        }
    }
}
