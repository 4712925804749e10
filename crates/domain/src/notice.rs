//! Notices: what a party is told about a match. A notice has no identity and no content; it says where to look.

use std::fmt;

use crate::actor::UnknownWord;
use crate::key::OrganisationKey;

/// What a notice tells its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// You have become party to a match.
    MatchOpened,
    /// A further organisation joined a match that you are party to.
    MatchJoined,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::MatchOpened, Self::MatchJoined];

    /// The word for tables and the interface.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::MatchOpened => "match-opened",
            Self::MatchJoined => "match-joined",
        }
    }

    /// # Errors
    /// `UnknownWord` when no kind has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.slug() == slug)
            .ok_or(UnknownWord { list: "notice kinds" })
    }

    /// Who is told what when an organisation becomes party: the newcomer that it is in a match, everyone who was in it
    /// that someone joined. When a match opens nobody was in it and each party is a newcomer. Nobody is left out:
    /// learning of each other is mutual.
    pub fn on_entering(
        newcomers: &[OrganisationKey],
        already_party: &[OrganisationKey],
    ) -> Vec<(OrganisationKey, Self)> {
        let told =
            |to: &[OrganisationKey], kind| to.iter().map(move |organisation| (*organisation, kind)).collect();
        let mut notices: Vec<_> = told(newcomers, Self::MatchOpened);
        if !newcomers.is_empty() {
            notices.extend::<Vec<_>>(told(already_party, Self::MatchJoined));
        }
        notices
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: OrganisationKey = OrganisationKey(1);
    const B: OrganisationKey = OrganisationKey(2);
    const C: OrganisationKey = OrganisationKey(3);

    #[test]
    fn everyone_is_told_once() {
        assert_eq!(
            NoticeKind::on_entering(&[A, B], &[]),
            [(A, NoticeKind::MatchOpened), (B, NoticeKind::MatchOpened)]
        );
        assert_eq!(
            NoticeKind::on_entering(&[C], &[A, B]),
            [
                (C, NoticeKind::MatchOpened),
                (A, NoticeKind::MatchJoined),
                (B, NoticeKind::MatchJoined)
            ]
        );
        assert!(NoticeKind::on_entering(&[], &[A, B]).is_empty());
    }

    #[test]
    fn every_slug_names_its_own_kind() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::from_slug(kind.slug()), Ok(kind));
        }
    }
}
