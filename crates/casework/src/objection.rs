//! Objections: made by the family or at the municipality's desk, advised on by the reporting organisation, decided by the
//! municipality.

mod advise;
mod ask_advice;
mod decide;
mod facts;

pub(crate) use facts::{objection_of, wire_route};

pub use advise::AdviseObjectionRefusal;
pub use decide::DecideObjectionRefusal;

use domain::event::Event;
use domain::key::{ObjectionKey, OrganisationKey, SignalKey};
use domain::objection::{Made, Route};
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::objection as wire;
use protocol::page::{Page, PageQuery};
use protocol::problem::ProblemType;
use store::{FamilySignalRow, NewObjection, ObjectionRow, Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::family::{FamilyKey, Reach};
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework, match_view};

/// Why an objection is not taken at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MakeObjectionRefusal {
    /// The code opens nothing (any more). Why, nobody is told.
    #[error("the code opens nothing")]
    CodeOpensNothing,
    /// The letter opens several signals and none was chosen.
    #[error("no signal was chosen")]
    SignalNotChosen,
    /// The letter does not open this signal.
    #[error("the letter does not open this signal")]
    NoSuchSignal,
}

impl Refusable for MakeObjectionRefusal {
    fn refused(&self) -> Refused {
        let at_signal = |code| Refused {
            problem: ProblemType::InvalidRequest,
            errors: vec![FieldError::new("/signal", code)],
        };
        match self {
            Self::CodeOpensNothing => plainly(ProblemType::CodeOpensNothing),
            Self::SignalNotChosen => at_signal(FieldErrorCode::Required),
            Self::NoSuchSignal => at_signal(FieldErrorCode::NotAllowed),
        }
    }
}

impl Casework {
    /// Makes an objection for a person whose identity the municipality established and who brought a letter: 201, or 200
    /// with the one that the same person has open. It goes to the municipality that is responsible, whichever that is.
    ///
    /// # Errors
    /// [`MakeObjectionRefusal`].
    pub async fn make_objection(
        &self,
        caller: &Caller,
        once: Once,
        body: wire::ObjectionSubmission,
    ) -> Result<Answer, Failure<MakeObjectionRefusal>> {
        let credential = self.credential(&FamilyKey::Code(body.code.expose()));
        let act = MakeObjection {
            caller: caller.clone(),
            signal: body.signal,
        };
        self.assisted_act(caller, credential, once, act).await
    }

    /// The objections that the caller's municipality decides, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_objections(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::Objection>, Failure<ListRefusal>> {
        self.look(caller, ListObjections { query }).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_objection(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<wire::Objection, Failure<NotFound>> {
        self.look(caller, ReadObjection { id }).await
    }
}

struct MakeObjection {
    caller: Caller,
    signal: Option<Id>,
}

impl Act for MakeObjection {
    const NAME: &'static str = "make_objection";
    type Refusal = MakeObjectionRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<MakeObjectionRefusal>> {
        let reach = Reach::read(tx)
            .await?
            .ok_or(MakeObjectionRefusal::CodeOpensNothing)?;
        let signal = chosen(tx, &reach, self.signal)?;
        let desk = Some(self.caller.organisation_id.0);
        let (row, made) = object(tx, &reach, signal, desk).await?;
        let body = facts::to_wire(tx, &row).await?;
        let location = format!("/v1/objections/{}", body.id);
        Ok(act::answer(if made { 201 } else { 200 }, Some(location), &body))
    }
}

/// The signal that is meant: of several that a letter opens, one must be named.
pub(crate) fn chosen<'a>(
    tx: &Tx<'_, Party>,
    reach: &'a Reach,
    signal: Option<Id>,
) -> Result<&'a FamilySignalRow, MakeObjectionRefusal> {
    match (signal, reach.signals.as_slice()) {
        (Some(id), signals) => {
            let SignalKey { row, .. } = tx.ids().parse_signal(id.0);
            let found = signals.iter().find(|signal| signal.key.row == row);
            found.ok_or(MakeObjectionRefusal::NoSuchSignal)
        }
        (None, [only]) => Ok(only),
        (None, []) => Err(MakeObjectionRefusal::CodeOpensNothing),
        (None, _) => Err(MakeObjectionRefusal::SignalNotChosen),
    }
}

/// Makes the objection, unless the same person has one to that signal open; gives it, and whether it is new. Its
/// municipality knows at once; the reporting organisation is told by the driver.
pub(crate) async fn object(
    tx: &Tx<'_, Party>,
    reach: &Reach,
    signal: &FamilySignalRow,
    desk: Option<[u8; 16]>,
) -> Result<(ObjectionRow, bool), StoreError> {
    let case = Responsible::read(tx, signal.key, signal.organisation).await?;
    let route = if desk.is_some() {
        Route::Assisted
    } else {
        Route::Portal
    };
    let by = reach.signatory.role;
    let made = Made::now(tx.now(), by, route, case.covenants.of(case.covenant)?.time_zone());
    let key = ObjectionKey {
        subject: reach.subject,
        row: tx.next_objection_id().await?,
    };
    let new = NewObjection {
        key,
        signal: signal.key,
        organisation: signal.organisation,
        covenant: case.covenant,
        municipality: case.municipality,
        person: reach.person,
        made_by: by.slug(),
        route: route.slug(),
        named: !case.sensitive || reach.sees_sensitive || reach.issuer == signal.organisation,
        advice_due: made.advice_due,
        decision_due: made.decision_due,
        log_tag: tx.store().random_tag(),
    };
    let event = Event::ObjectionMade {
        objection: new.log_tag,
        signal: signal.log_tag,
        organisation: desk,
        due: made.decision_due,
        signatory: reach.signatory,
    };
    let made = tx.insert_objection(&new, &event).await?;
    let own = tx.own_objections(reach.subject, reach.person).await?;
    let meant = own.into_iter().rev().find(|row| {
        if made {
            row.key == key
        } else {
            row.state == "open" && row.signal == Some(signal.key)
        }
    });
    Ok((meant.ok_or(StoreError::Column { column: "id" })?, made))
}

/// Who answers for the family's rights about a signal, and by which covenant.
pub(crate) struct Responsible {
    pub(crate) covenants: Covenants,
    pub(crate) covenant: domain::key::CovenantKey,
    pub(crate) municipality: OrganisationKey,
    /// Whether the organisation that gave the signal works in a sensitive sector.
    pub(crate) sensitive: bool,
}

impl Responsible {
    pub(crate) async fn read(
        tx: &Tx<'_, Party>,
        signal: SignalKey,
        organisation: OrganisationKey,
    ) -> Result<Self, StoreError> {
        let rows = tx.organisations(&[organisation]).await?;
        let row = rows.first().ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        let covenants = Covenants::read(tx).await?;
        // The operator registers the municipality with the covenant; until then nobody could decide.
        let municipality = tx
            .municipality_for_signal(signal)
            .await?
            .ok_or(StoreError::Column {
                column: "municipality_id",
            })?;
        Ok(Self {
            sensitive: covenants.of(row.covenant)?.is_sensitive(match_view::sector(row)?),
            covenants,
            covenant: row.covenant,
            municipality,
        })
    }
}

struct ListObjections {
    query: PageQuery,
}

impl Look for ListObjections {
    const NAME: &'static str = "list_objections";
    type Output = Page<wire::Objection>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<wire::Objection>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, i64::MAX)?;
        let rows = tx.objections(place.row, place.limit).await?;
        let seen = facts::Seen::read(tx, &rows).await?;
        Ok(list.try_page(rows, &self.query, |row| row.key.row, |row| seen.to_wire(tx, &row))?)
    }
}

struct ReadObjection {
    id: Id,
}

impl Look for ReadObjection {
    const NAME: &'static str = "read_objection";
    type Output = wire::Objection;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<wire::Objection, Failure<NotFound>> {
        let key = tx.ids().parse_objection(self.id.0);
        let row = tx.objection(key).await?.ok_or(NotFound)?;
        Ok(facts::to_wire(tx, &row).await?)
    }
}
