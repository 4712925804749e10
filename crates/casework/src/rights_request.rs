//! Requests for access and erasure: made by the family or at the municipality's desk, decided by the municipality; and the
//! file that access gives.

mod decide;
mod facts;

pub(crate) use facts::request_of;

pub use decide::DecideRightsRequestRefusal;

use domain::consent::SignatoryRole;
use domain::covenant::Covenant;
use domain::event::{Event, FetchedBy};
use domain::key::{OrganisationKey, RightsRequestKey};
use domain::objection::Route;
use domain::rights_request::{Asked, NotPossible, Right};
use protocol::Refused;
use protocol::family_file::FamilyFile;
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::problem::ProblemType;
use protocol::rights_request as wire;
use store::{NewRightsRequest, Party, RightsRequestRow, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::family::{Age, FamilyKey, Reach, Reader, assemble, read_by_letter};
use crate::list::{List, ListRefusal};
use crate::objection::Responsible;
use crate::{Caller, Casework};

/// The code of a letter opens nothing (any more). Why, nobody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code opens nothing")]
pub struct CodeOpensNothing;

impl Refusable for CodeOpensNothing {
    fn refused(&self) -> Refused {
        plainly(ProblemType::CodeOpensNothing)
    }
}

/// Why there is no file to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadFileRefusal {
    /// There is no such request for this municipality.
    #[error("there is no such request for this municipality")]
    NotFound,
    /// Access was not given, or the time to fetch the file is over.
    #[error(transparent)]
    NotPossible(#[from] NotPossible),
}

impl Refusable for ReadFileRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::NotPossible(_) => ProblemType::NoFile,
        })
    }
}

impl Casework {
    /// Makes a request for a person whose identity the municipality established and who brought a letter: 201, or 200 with
    /// the one that the same person has open.
    ///
    /// # Errors
    /// [`CodeOpensNothing`].
    pub async fn make_rights_request(
        &self,
        caller: &Caller,
        once: Once,
        body: wire::RightsRequestSubmission,
    ) -> Result<Answer, Failure<CodeOpensNothing>> {
        let credential = self.credential(&FamilyKey::Code(body.code.expose()));
        let right = match body.right {
            wire::Right::Access => Right::Access,
            wire::Right::Erasure => Right::Erasure,
        };
        let act = MakeRequest {
            caller: caller.clone(),
            right,
        };
        self.assisted_act(caller, credential, once, act).await
    }

    /// What a letter opens, for a person at the municipality's desk.
    ///
    /// # Errors
    /// [`CodeOpensNothing`].
    pub async fn read_letter_file(
        &self,
        caller: &Caller,
        body: &wire::LetterFileSubmission,
    ) -> Result<FamilyFile, Failure<CodeOpensNothing>> {
        let credential = self.credential(&FamilyKey::Code(body.code.expose()));
        let look = ReadLetterFile {
            caller: caller.clone(),
        };
        self.assisted_look(caller, credential, look).await
    }

    /// The requests that the caller's municipality decides, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_rights_requests(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::RightsRequest>, Failure<ListRefusal>> {
        self.look(caller, ListRequests { query }).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_rights_request(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<wire::RightsRequest, Failure<NotFound>> {
        self.look(caller, ReadRequest { id }).await
    }

    /// The file that a request for access gave: everything that is kept about the child and not hidden, as it is now.
    ///
    /// # Errors
    /// [`ReadFileRefusal`].
    pub async fn read_access_file(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<FamilyFile, Failure<ReadFileRefusal>> {
        let look = ReadAccessFile {
            caller: caller.clone(),
            id,
        };
        let file = self.look(caller, look).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(file)
    }
}

/// Who answers for what the letter opens: as for the signal of its issuer, or else for its first. None when it opens no
/// signal.
pub(crate) async fn answers_for(
    tx: &Tx<'_, Party>,
    reach: &Reach,
) -> Result<Option<Responsible>, StoreError> {
    let issued = reach
        .signals
        .iter()
        .find(|signal| signal.organisation == reach.issuer);
    match issued.or(reach.signals.first()) {
        Some(signal) => Responsible::read(tx, signal.key, signal.organisation)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Makes a request, unless the same person has one for the same open; gives it, and whether it is new. None when the
/// letter opens no signal: there is nothing to see or erase.
pub(crate) async fn ask(
    tx: &Tx<'_, Party>,
    reach: &Reach,
    right: Right,
    desk: Option<[u8; 16]>,
) -> Result<Option<(RightsRequestRow, bool)>, StoreError> {
    let Some(case) = answers_for(tx, reach).await? else {
        return Ok(None);
    };
    let route = if desk.is_some() {
        Route::Assisted
    } else {
        Route::Portal
    };
    let zone = case.covenants.of(case.covenant)?.time_zone();
    let asked = Asked::now(right, tx.now(), reach.signatory.role, route, zone);
    let key = RightsRequestKey {
        subject: reach.subject,
        row: tx.next_rights_request_id().await?,
    };
    let new = NewRightsRequest {
        key,
        right: right.slug(),
        covenant: case.covenant,
        municipality: case.municipality,
        person: reach.person,
        made_by: asked.by.slug(),
        route: route.slug(),
        sees_sensitive: reach.sees_sensitive,
        due_at: asked.due,
        log_tag: tx.store().random_tag(),
    };
    let event = Event::RightsRequested {
        request: new.log_tag,
        right,
        organisation: desk,
        due: asked.due,
        signatory: reach.signatory,
    };
    let made = tx.insert_rights_request(&new, &event).await?;
    let own = tx.own_rights_requests(reach.subject, reach.person).await?;
    let meant = own.into_iter().rev().find(|row| {
        if made {
            row.key == key
        } else {
            row.state == "requested" && row.right == right.slug()
        }
    });
    Ok(Some((meant.ok_or(StoreError::Column { column: "id" })?, made)))
}

struct MakeRequest {
    caller: Caller,
    right: Right,
}

impl Act for MakeRequest {
    const NAME: &'static str = "make_rights_request";
    type Refusal = CodeOpensNothing;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<CodeOpensNothing>> {
        let reach = Reach::read(tx).await?.ok_or(CodeOpensNothing)?;
        let desk = Some(self.caller.organisation_id.0);
        let (row, made) = ask(tx, &reach, self.right, desk).await?.ok_or(CodeOpensNothing)?;
        let body = facts::to_wire(tx, &row).await?;
        let location = format!("/v1/rights-requests/{}", body.id);
        Ok(act::answer(if made { 201 } else { 200 }, Some(location), &body))
    }
}

struct ReadLetterFile {
    caller: Caller,
}

impl Look for ReadLetterFile {
    const NAME: &'static str = "read_letter_file_at_desk";
    type Output = FamilyFile;
    type Refusal = CodeOpensNothing;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<FamilyFile, Failure<CodeOpensNothing>> {
        let reach = Reach::read(tx).await?.ok_or(CodeOpensNothing)?;
        Ok(read_by_letter(tx, &reach, self.caller.organisation_id.0).await?)
    }
}

struct ListRequests {
    query: PageQuery,
}

impl Look for ListRequests {
    const NAME: &'static str = "list_rights_requests";
    type Output = Page<wire::RightsRequest>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<wire::RightsRequest>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.rights_requests(place.row, place.limit).await?;
        let seen = facts::Seen::read(tx, &rows).await?;
        Ok(list.try_page(rows, &self.query, |row| row.key.row, |row| seen.to_wire(tx, &row))?)
    }
}

struct ReadRequest {
    id: Id,
}

impl Look for ReadRequest {
    const NAME: &'static str = "read_rights_request";
    type Output = wire::RightsRequest;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<wire::RightsRequest, Failure<NotFound>> {
        let key = tx.ids().parse_rights_request(self.id.0);
        let row = tx.rights_request(key).await?.ok_or(NotFound)?;
        Ok(facts::to_wire(tx, &row).await?)
    }
}

struct ReadAccessFile {
    caller: Caller,
    id: Id,
}

impl Look for ReadAccessFile {
    const NAME: &'static str = "read_access_file";
    type Output = FamilyFile;
    type Refusal = ReadFileRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<FamilyFile, Failure<ReadFileRefusal>> {
        let key = tx.ids().parse_rights_request(self.id.0);
        let found = tx.rights_request(key).await?;
        let row = found.ok_or(ReadFileRefusal::NotFound)?;
        let covenants = Covenants::read(tx).await?;
        let zone = covenants.of(row.covenant)?.time_zone();
        let given = request_of(&row)?;
        given.gives_file(tx.now(), zone).map_err(ReadFileRefusal::from)?;
        let by = FetchedBy::Municipality {
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
        };
        let reader = open_file(tx, &row, covenants.of(row.covenant)?, by).await?;
        let reader = reader.ok_or(NotPossible::NoFile).map_err(ReadFileRefusal::from)?;
        Ok(assemble(tx, &reader).await?)
    }
}

/// Opens the file that a request gave, and records who fetched it. None when it is of a guardian and the child is past
/// guardians by now.
pub(crate) async fn open_file(
    tx: &Tx<'_, Party>,
    row: &RightsRequestRow,
    covenant: &Covenant,
    by: FetchedBy,
) -> Result<Option<Reader>, StoreError> {
    let event = Event::AccessViewed {
        request: row.log_tag,
        by,
    };
    tx.open_file(row.key, &event).await?;
    let age = Age::read(tx, row.key.subject, covenant).await?;
    let is_guardian = row.made_by == SignatoryRole::Guardian.slug();
    if is_guardian && age.is_past_guardians {
        return Ok(None);
    }
    Ok(Some(Reader {
        subject: row.key.subject,
        whole: true,
        sees_sensitive: row.sees_sensitive && (!is_guardian || age.guardians_know_all),
        issuer: None::<OrganisationKey>,
        person: row.person,
    }))
}
