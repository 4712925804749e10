//! The officer's list: matches in which contact is missing, without anything about the child.

use domain::calendar;
use domain::event::Event;
use domain::follow_up::{self, Followed, Mark, Missing};
use domain::key::MatchKey;
use protocol::OrganisationId;
use protocol::follow_up as wire;
use protocol::id::Id;
use protocol::match_case::Organisation;
use protocol::page::{Page, PageQuery};
use store::{FollowUpTaskRow, Party, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once};
use crate::list::{List, ListRefusal};
use crate::match_view::{Facts, sector, wire_sector};
use crate::{Caller, Casework};

impl Casework {
    /// The caller's tasks, those of the oldest match first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_follow_up_tasks(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<wire::FollowUpTask>, Failure<ListRefusal>> {
        let caller_of_list = caller.clone();
        self.look(
            caller,
            ListTasks {
                caller: caller_of_list,
                query,
            },
        )
        .await
    }

    /// One of the caller's tasks.
    ///
    /// # Errors
    /// [`NotFound`], also once contact is no longer missing.
    pub async fn read_follow_up_task(
        &self,
        caller: &Caller,
        id: Id,
    ) -> Result<wire::FollowUpTask, Failure<NotFound>> {
        let caller_of_task = caller.clone();
        self.look(
            caller,
            ReadTask {
                caller: caller_of_task,
                id,
            },
        )
        .await
    }

    /// Notes what the officer did about a task.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn mark_follow_up_task(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        mark: wire::Mark,
    ) -> Result<Answer, Failure<NotFound>> {
        let caller_of_mark = caller.clone();
        self.act(
            caller,
            once,
            MarkTask {
                caller: caller_of_mark,
                id,
                mark,
            },
        )
        .await
    }
}

struct ListTasks {
    caller: Caller,
    query: PageQuery,
}

impl Look for ListTasks {
    const NAME: &'static str = "list_follow_up_tasks";
    type Output = Page<wire::FollowUpTask>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Self::Output, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.query, 0)?;
        let rows = tx.follow_up_tasks(place.row, place.limit).await?;
        let page = list.page(rows, &self.query, |row| row.match_case.row, |row| row);
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items {
            items.extend(show(tx, &self.caller, &row).await?);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }
}

struct ReadTask {
    caller: Caller,
    id: Id,
}

impl Look for ReadTask {
    const NAME: &'static str = "read_follow_up_task";
    type Output = wire::FollowUpTask;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Self::Output, Failure<NotFound>> {
        let row = tx.follow_up_task(key(tx, self.id)).await?.ok_or(NotFound)?;
        Ok(show(tx, &self.caller, &row).await?.ok_or(NotFound)?)
    }
}

struct MarkTask {
    caller: Caller,
    id: Id,
    mark: wire::Mark,
}

impl Act for MarkTask {
    const NAME: &'static str = "mark_follow_up_task";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<NotFound>> {
        let key = key(tx, self.id);
        let row = tx.follow_up_task(key).await?.ok_or(NotFound)?;
        let facts = Facts::look(tx, key).await?.ok_or(NotFound)?;
        if missing(tx, &facts)?.is_none() {
            return Err(NotFound.into());
        }
        tell(tx, &self.caller, &row).await?;
        let mark = domain_mark(self.mark);
        let event = Event::FollowUpMarked {
            match_case: row.log_tag,
            organisation: self.caller.organisation_id.0,
            mark,
        };
        tx.insert_mark(key, mark.slug(), &event).await?;
        let marked = wire::Marked {
            mark: self.mark,
            at: tx.now(),
        };
        Ok(act::answer(201, None, &marked))
    }
}

/// The task as the officer is shown it, and the trace that it was; none when contact is not missing (any more).
async fn show(
    tx: &Tx<'_, Party>,
    caller: &Caller,
    row: &FollowUpTaskRow,
) -> Result<Option<wire::FollowUpTask>, StoreError> {
    let Some(facts) = Facts::look(tx, row.match_case).await? else {
        return Ok(None);
    };
    let Some(missing) = missing(tx, &facts)? else {
        return Ok(None);
    };
    tell(tx, caller, row).await?;
    let event = Event::FollowUpViewed {
        match_case: row.log_tag,
        organisation: caller.organisation_id.0,
    };
    let today = facts.today(tx.now())?;
    tx.record_viewing(row.match_case, today, &event).await?;
    let seen_on = facts.today(missing.visible_at)?;
    let marks = tx.follow_up_marks(row.match_case).await?;
    Ok(Some(wire::FollowUpTask {
        id: Id(tx.ids().follow_up(row.match_case)),
        case_reference: Id(tx.ids().match_case(row.match_case)),
        since: row.escalates_at,
        match_age_days: calendar::days_between(seen_on, today).max(0).unsigned_abs(),
        parties: missing
            .parties
            .iter()
            .map(|party| wire_party(&facts, *party))
            .collect::<Result<_, _>>()?,
        marks: marks
            .iter()
            .map(|row| {
                let mark = Mark::from_slug(&row.mark).map_err(|_| StoreError::Column { column: "mark" })?;
                Ok(wire::Marked {
                    mark: wire_mark(mark),
                    at: row.marked_at,
                })
            })
            .collect::<Result<_, StoreError>>()?,
    }))
}

/// The log knows of a task before the officer does.
async fn tell(tx: &Tx<'_, Party>, caller: &Caller, row: &FollowUpTaskRow) -> Result<(), StoreError> {
    if !row.untold {
        return Ok(());
    }
    let event = Event::FollowUpEscalated {
        match_case: row.log_tag,
        officer: Some(caller.organisation_id.0),
    };
    tx.tell_escalated(row.match_case, &event).await
}

fn missing(tx: &Tx<'_, Party>, facts: &Facts) -> Result<Option<Missing>, StoreError> {
    let terms = facts.terms()?;
    Ok(follow_up::missing(&facts.case(&terms), tx.now()))
}

fn key(tx: &Tx<'_, Party>, id: Id) -> MatchKey {
    tx.ids().parse_follow_up(id.0)
}

fn wire_party(facts: &Facts, party: Followed) -> Result<wire::FollowedParty, StoreError> {
    let Followed::Named {
        organisation,
        contact_confirmed,
    } = party
    else {
        return Ok(wire::FollowedParty {
            organisation: None,
            contact_confirmed: None,
        });
    };
    let row = facts.organisation(organisation).ok_or(StoreError::Column {
        column: "organisation_id",
    })?;
    Ok(wire::FollowedParty {
        organisation: Some(Organisation {
            id: OrganisationId(row.public_id),
            name: row.name.clone(),
            sector: wire_sector(sector(row)?),
        }),
        contact_confirmed: Some(contact_confirmed),
    })
}

fn domain_mark(mark: wire::Mark) -> Mark {
    match mark {
        wire::Mark::CalledBoth => Mark::CalledBoth,
        wire::Mark::CalledOne => Mark::CalledOne,
        wire::Mark::NoAnswer => Mark::NoAnswer,
        wire::Mark::MeetingPlanned => Mark::MeetingPlanned,
    }
}

fn wire_mark(mark: Mark) -> wire::Mark {
    match mark {
        Mark::CalledBoth => wire::Mark::CalledBoth,
        Mark::CalledOne => wire::Mark::CalledOne,
        Mark::NoAnswer => wire::Mark::NoAnswer,
        Mark::MeetingPlanned => wire::Mark::MeetingPlanned,
    }
}
