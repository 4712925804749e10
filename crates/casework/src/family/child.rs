//! The pages about a child: what a session's letter opens of what is kept, or everything, once another service confirmed who
//! reads.
//!
//! Reading is told to the log. A page, a download of it and the page again an instant later are one reading: in each session
//! one leaf an hour tells of what the letter opens, and one of everything.

use domain::consent::SignatoryRole;
use domain::event::Event;
use jiff::SignedDuration;
use protocol::family_file::FamilyFile;
use store::{Context, Party, StoreError, Tx, Work};

use super::age::Age;
use super::file::{Reader, assemble};
use super::reach::Reach;
use super::{FamilyFailure, PortalSecret};
use crate::Casework;

/// How long after the log was told that somebody reads, it is not told again in the same session.
const ONE_READING: SignedDuration = SignedDuration::from_hours(1);

/// What is kept about a child, for one person of the family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildFile {
    /// It.
    pub file: FamilyFile,
    /// Whether the reader is the young person; else a guardian.
    pub is_young_person: bool,
    /// Whether it is everything; else what their letter opens.
    pub whole: bool,
}

impl Casework {
    /// What the letter of this session opens of what is kept about the child.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn child_file(&self, secret: &PortalSecret) -> Result<ChildFile, FamilyFailure> {
        let read = self.read_child(secret, Extent::Letter).await?;
        read.ok_or(FamilyFailure::Closed)
    }

    /// Everything that is kept about the child; none when in this session it is not sure enough who reads.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn whole_file(&self, secret: &PortalSecret) -> Result<Option<ChildFile>, FamilyFailure> {
        self.read_child(secret, Extent::Everything).await
    }

    async fn read_child(
        &self,
        secret: &PortalSecret,
        extent: Extent,
    ) -> Result<Option<ChildFile>, FamilyFailure> {
        let context = Context::Family(secret.hash());
        let read = self.store().run(context, ReadChild { extent }).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(read)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Letter,
    Everything,
}

struct ReadChild {
    extent: Extent,
}

impl Work for ReadChild {
    const NAME: &'static str = "read_child";
    type Role = Party;
    type Output = Option<ChildFile>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Option<ChildFile>, FamilyFailure> {
        let reach = Reach::read(tx).await?.ok_or(FamilyFailure::Closed)?;
        let whole = self.extent == Extent::Everything;
        if whole && !tx.open_whole(reach.subject).await? {
            return Ok(None);
        }
        let is_young_person = reach.signatory.role == SignatoryRole::YoungPerson;
        let age = Age::of_letter(tx, reach.subject, reach.issuer).await?;
        // The session ends on the birthday itself; whatever day was stated for it, this is after it.
        if !is_young_person && age.is_surely_past_guardians {
            return Err(FamilyFailure::NotEntitled);
        }
        self.note(tx, &reach).await?;
        let reader = Reader {
            subject: reach.subject,
            whole,
            sees_sensitive: reach.sees_sensitive,
            issuer: Some(reach.issuer),
            person: reach.person,
        };
        Ok(Some(ChildFile {
            file: assemble(tx, &reader).await?,
            is_young_person,
            whole,
        }))
    }
}

impl ReadChild {
    async fn note(&self, tx: &Tx<'_, Party>, reach: &Reach) -> Result<(), StoreError> {
        let before = tx.now().checked_sub(ONE_READING).unwrap_or(jiff::Timestamp::MIN);
        let (about, signatory) = (reach.about, reach.signatory);
        match self.extent {
            Extent::Letter => {
                let event = Event::LetterRead {
                    about,
                    organisation: None,
                    signatory,
                };
                tx.note_reading(before, &event).await
            }
            Extent::Everything => {
                let event = Event::FileRead { about, signatory };
                tx.note_whole_reading(before, &event).await
            }
        }
    }
}
