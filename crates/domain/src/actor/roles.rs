//! What organisations are in the network, and in which role a program acts for one.

use std::collections::BTreeSet;

use crate::words::words;

words! {
    /// What an organisation is in the network.
    OrganisationKind, "kinds of organisation" {
        /// Gives signals; has a sector.
        Partner = "partner",
        /// Answers for the family's rights, and sees that parties made contact. Gives no signals itself.
        Municipality = "municipality",
        /// Inspects the service. Sees what the log says, and never what parties see.
        Supervisor = "supervisor",
    }
}

words! {
    /// For whom a program (a client) acts. A program may act for people in several roles of its organisation, but never
    /// in a role of another kind of organisation: a party's program can never take an export, and a supervisor's program
    /// can never read what parties read.
    Role, "roles" {
        /// Gives signals, and is a party in matches.
        Professional = "professional",
        /// Coordinates a match.
        Lead = "lead",
        /// Sees that the organisation keeps up: unread notices, families not told, signals of who left.
        Coordinator = "coordinator",
        /// Sees that parties make contact; sees the process and never the child.
        FollowUpOfficer = "follow_up_officer",
        /// Decides on objections and requests of families.
        Municipality = "municipality",
        /// Takes exports of the audit log, and is alerted.
        Supervisor = "supervisor",
    }
}

impl OrganisationKind {
    /// The roles in which programs may act for such an organisation.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Partner => &[Role::Professional, Role::Lead, Role::Coordinator],
            Self::Municipality => &[Role::FollowUpOfficer, Role::Municipality],
            Self::Supervisor => &[Role::Supervisor],
        }
    }

    /// The roles a program gets: those that were asked, or all there are.
    ///
    /// # Errors
    /// [`NotItsRole`] when one is asked that such an organisation has not.
    pub fn roles_among(self, asked: &BTreeSet<Role>) -> Result<BTreeSet<Role>, NotItsRole> {
        if asked.is_empty() {
            return Ok(self.roles().iter().copied().collect());
        }
        match asked.iter().find(|role| !self.roles().contains(role)) {
            None => Ok(asked.clone()),
            Some(role) => Err(NotItsRole {
                role: *role,
                kind: self,
            }),
        }
    }
}

/// An organisation of this kind has nobody in this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody at a {kind} acts as {role}")]
pub struct NotItsRole {
    /// The role that was asked.
    pub role: Role,
    /// What the organisation is.
    pub kind: OrganisationKind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_belongs_to_one_kind_of_organisation() {
        for role in Role::ALL {
            let homes = OrganisationKind::ALL
                .into_iter()
                .filter(|kind| kind.roles().contains(&role));
            assert_eq!(homes.count(), 1, "{role}");
        }
    }

    #[test]
    fn a_program_gets_what_was_asked_and_nothing_of_another_kind() {
        let asked = BTreeSet::from([Role::Coordinator]);
        let partner = OrganisationKind::Partner;
        assert_eq!(partner.roles_among(&asked), Ok(asked.clone()));
        assert_eq!(partner.roles_among(&BTreeSet::new()).unwrap().len(), 3);
        let refused = OrganisationKind::Municipality.roles_among(&asked).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "nobody at a municipality acts as coordinator"
        );
    }
}
