//! Notices: what a party is told about a match. A notice has no identity and no content; it says where to look.

use crate::key::OrganisationKey;
use crate::words::words;

words! {
    /// What a notice tells its reader.
    NoticeKind, "notice kinds" {
        /// You have become party to a match.
        MatchOpened = "match-opened",
        /// A further organisation joined a match that you are party to.
        MatchJoined = "match-joined",
    }
}

impl NoticeKind {
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
