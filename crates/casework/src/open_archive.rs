//! A party asks what its notice from the archive is about: which organisation, from when to when. Nothing else was kept.

use domain::calendar;
use domain::covenant::{Reveal, Terms};
use domain::event::Event;
use domain::signal::Signal;
use protocol::id::Id;
use protocol::signal::{ArchivedSignal, OpeningReason, OpeningSubmission};
use store::{Matcher, StoredAnswer, Tx};

use crate::act::{self, Answer, Failure, MatcherAct, NotFound, Once};
use crate::covenants::Covenants;
use crate::match_view;
use crate::{Caller, Casework};

impl Casework {
    /// Tells what a notice from the archive is about; each time with its reason in the log.
    ///
    /// # Errors
    /// [`NotFound`]: there is no such notice for this organisation, it is not from the archive, or nothing is left of what it
    /// was about.
    pub async fn open_archive_notice(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
        body: OpeningSubmission,
    ) -> Result<Answer, Failure<NotFound>> {
        let act = OpenArchive {
            caller: caller.clone(),
            id,
            reason: body.reason,
        };
        self.matcher_act(caller, once, act).await
    }
}

struct OpenArchive {
    caller: Caller,
    id: Id,
    reason: OpeningReason,
}

impl MatcherAct for OpenArchive {
    const NAME: &'static str = "open_archive_notice";
    type Refusal = NotFound;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<NotFound>> {
        let found = tx
            .archived_behind(tx.ids().parse_notice(self.id.0), self.caller.organisation)
            .await?
            .ok_or(NotFound)?;
        let archived = &found.signal;
        let Some(Signal::Archived { ended_at, .. }) = archived.life.at(tx.now()) else {
            return Err(NotFound.into());
        };
        let covenants = Covenants::read(tx).await?;
        let covenant = covenants.of(archived.covenant)?;
        let terms = Terms::of(covenant).and(covenants.of(self.caller.covenant)?);
        // As in a match without consent: the years do not make a sensitive name less so.
        let masked = terms.reveal() == Reveal::OnConsent
            || terms.is_sensitive(match_view::parse_sector(&found.sector)?);
        let day = |at| calendar::local_date(at, covenant.time_zone());
        let body = ArchivedSignal {
            notice: self.id,
            organisation: (!masked).then(|| found.name.clone()),
            from: day(archived.life.facts.submitted_at),
            to: day(ended_at),
        };
        let event = Event::ArchiveOpened {
            signal: archived.log_tag,
            notice: found.notice_tag,
            organisation: self.caller.organisation_id.0,
            client: self.caller.client.as_str().to_owned(),
            reason: self.reason.slug(),
        };
        tx.record_opening_of_archive(&event).await?;
        Ok(StoredAnswer {
            leaves: tx.recorded(),
            ..act::answer(201, None, &body)
        })
    }
}
