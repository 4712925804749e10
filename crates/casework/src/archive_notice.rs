//! The one notice from the archive: a new party about a child with an archived signal is told, once and alone, that there
//! was one. What it was is told when it is asked, with a reason.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::notice::NoticeKind;
use domain::signal::{Signal, SignalState};
use jiff::Timestamp;
use store::{Matcher, NoticeAbout, StoreError, StoredSignal, Tx, WrittenLife};

use crate::covenants::Covenants;
use crate::match_view;
use crate::notices::{self, Told};

/// Tells the new parties among these children's active signals of what lies in the archive. Each archived signal is told of
/// once, to the first that was given when it lay there already, and of another organisation.
pub(crate) async fn tell_of_archive(
    tx: &Tx<'_, Matcher>,
    covenants: &Covenants,
    active: &BTreeMap<i64, Vec<StoredSignal>>,
) -> Result<(), StoreError> {
    let subjects: Vec<i64> = active.keys().copied().collect();
    let archived = tx.archived_signals(&subjects).await?;
    let (mut told, mut found) = (Vec::new(), Vec::new());
    for archived in &archived {
        let Some(Signal::Archived { noticed_at: None, .. }) = archived.life.at(tx.now()) else {
            continue;
        };
        let newcomers = active.get(&archived.key.subject).into_iter().flatten();
        let newcomer = newcomers
            .filter(|signal| signal.organisation != archived.organisation)
            .filter(|signal| signal.life.facts.counts_since() >= archived.life.facts.archive.from)
            .min_by_key(|signal| (signal.life.facts.counts_since(), signal.key.row));
        let Some(newcomer) = newcomer else { continue };
        let settings = covenants.each_of([newcomer.covenant, archived.covenant].into_iter())?;
        told.push(Told {
            organisation: newcomer.organisation,
            about: NoticeAbout::Signal(newcomer.key),
            about_tag: newcomer.log_tag,
            kind: NoticeKind::ArchivedSignal,
            visible_at: match_view::terms(&settings)?.visible_at(tx.now()),
        });
        found.push((archived, newcomer));
    }
    if told.is_empty() {
        return Ok(());
    }
    let notices = notices::lay(tx, covenants, &told).await?;
    let (mut written, mut events) = (Vec::new(), Vec::new());
    for (((archived, newcomer), told), notice) in found.into_iter().zip(&told).zip(notices) {
        let life = noticed(covenants, archived, told.visible_at)?;
        events.push(Event::ArchiveNoticed {
            signal: archived.log_tag,
            notice,
            to: newcomer.organisation_id,
            destroyed_at: life.archive.until.min(life.destroy_at),
        });
        written.push(WrittenLife {
            key: archived.key,
            state: SignalState::Archived,
            facts: life,
            ended_because: None,
            archive_notice: Some(notice),
        });
    }
    tx.write_lives(&written, &events).await
}

fn noticed(
    covenants: &Covenants,
    archived: &StoredSignal,
    visible_at: Timestamp,
) -> Result<domain::signal::Life, StoreError> {
    let zone = covenants.of(archived.covenant)?.time_zone();
    let facts = archived.life.facts;
    Ok(domain::signal::Life {
        archive: facts.archive.noticed(visible_at, zone),
        ..facts
    })
}
