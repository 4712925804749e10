//! One consent with everything that decides about it, locked against all who rely on it, in the matcher's role.

use std::collections::BTreeSet;

use domain::consent::{Given, Pending};
use domain::covenant::{Covenant, Terms};
use domain::event::{LogTag, TagKind};
use domain::key::{ConsentKey, OrganisationKey};
use domain::match_case::MatchState;
use domain::signal::SignalState;
use store::{AboutRow, ConsentAbout, ConsentRow, Matcher, NamedRow, SignatoryRow, StoreError, Tx};

use crate::covenants::Covenants;
use crate::{consent_facts, match_view};

pub(crate) struct ConsentCase {
    pub(crate) row: ConsentRow,
    pub(crate) about: AboutRow,
    pub(crate) signatories: Vec<SignatoryRow>,
    pub(crate) named: Vec<NamedRow>,
    covenants: Vec<Covenant>,
}

impl ConsentCase {
    /// Locks the child first, like everybody who changes several of its records; then the consent. What is read after that
    /// is what stands.
    pub(crate) async fn lock(tx: &Tx<'_, Matcher>, key: ConsentKey) -> Result<Option<Self>, StoreError> {
        tx.lock_subjects(&[key.subject]).await?;
        let Some(row) = tx.lock_consent(key).await? else {
            return Ok(None);
        };
        let signatories = tx.signatories_of(key).await?;
        let named = tx.named_in(key).await?;
        let about = tx.about_consent(row.about).await?;
        let covenants = Covenants::read(tx)
            .await?
            .each_of(named.iter().map(|named| named.covenant))?;
        Ok(Some(Self {
            row,
            about,
            signatories,
            named,
            covenants,
        }))
    }

    /// The settings that hold between those whom it names.
    pub(crate) fn terms(&self) -> Result<Terms<'_>, StoreError> {
        match_view::terms(&self.covenants)
    }

    /// What it is about, by its name in the log.
    pub(crate) fn tag(&self) -> LogTag {
        let kind = match self.row.about {
            ConsentAbout::Match(_) => TagKind::Match,
            ConsentAbout::Signal(_) => TagKind::Signal,
        };
        LogTag::new(kind, self.about.log_tag)
    }

    /// Whom it names.
    pub(crate) fn parties(&self) -> BTreeSet<OrganisationKey> {
        self.named.iter().map(|named| named.organisation).collect()
    }

    /// Those of them who still take part as they did when the family was asked.
    pub(crate) fn remaining_parties(&self) -> BTreeSet<OrganisationKey> {
        let remains = |party: &OrganisationKey| {
            let since = self.about.members.iter().find(|(member, _)| member == party);
            since.is_some_and(|(_, since)| *since <= self.row.requested_at)
        };
        match self.row.about {
            ConsentAbout::Match(_) => self.parties().into_iter().filter(remains).collect(),
            ConsentAbout::Signal(_) => self.parties(),
        }
    }

    /// Who asked.
    pub(crate) fn issuer(&self) -> Result<&NamedRow, StoreError> {
        let issuer = |named: &&NamedRow| named.organisation == self.row.requested_by;
        self.named.iter().find(issuer).ok_or(StoreError::Column {
            column: "requested_by",
        })
    }

    /// Whether nothing can come of it any more, whatever is answered: the match is closed, or the signal sleeps no longer.
    pub(crate) fn is_pointless(&self) -> bool {
        match self.row.about {
            ConsentAbout::Match(_) => self.about.state == MatchState::Closed.slug(),
            ConsentAbout::Signal(_) => self.about.state != SignalState::Sleeping.slug(),
        }
    }

    /// As a request that waits.
    pub(crate) fn pending(&self) -> Result<Pending, StoreError> {
        consent_facts::pending(
            &self.row,
            self.parties(),
            &self.signatories,
            self.about.sleeps_until,
        )
    }

    /// As a consent that was given.
    pub(crate) fn given(&self) -> Result<Given, StoreError> {
        consent_facts::given(&self.row, self.parties(), &self.signatories)
    }
}
