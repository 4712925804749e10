//! Who acts: sectors of organisations and roles of their programs.

use std::fmt;

/// A word that is not in the list it should come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not in the list of {list}")]
pub struct UnknownWord {
    /// What the list contains, in the plural.
    pub list: &'static str,
}

/// The field in which an organisation works. An organisation has exactly one.
///
/// The list follows the fields that take part in the statutory referral index (Jeugdwet, paragraph 7.1), with childcare
/// added because it sees children first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sector {
    /// Help to a child or family under the Jeugdwet.
    YouthHelp,
    /// Preventive health care for all children (consultation bureau, school doctor).
    YouthHealthCare,
    /// Other health care, addiction and mental health care among it.
    HealthCare,
    /// Schools.
    Education,
    /// Childcare and playgroups.
    Childcare,
    /// Social support under the Wmo 2015.
    SocialSupport,
    /// Work and income.
    WorkAndIncome,
    /// Police and justice.
    PoliceAndJustice,
}

impl Sector {
    /// Every sector, in the order in which lists show them.
    pub const ALL: [Self; 8] = [
        Self::YouthHelp,
        Self::YouthHealthCare,
        Self::HealthCare,
        Self::Education,
        Self::Childcare,
        Self::SocialSupport,
        Self::WorkAndIncome,
        Self::PoliceAndJustice,
    ];

    /// The word for settings, tables and the interface.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::YouthHelp => "youth-help",
            Self::YouthHealthCare => "youth-health-care",
            Self::HealthCare => "health-care",
            Self::Education => "education",
            Self::Childcare => "childcare",
            Self::SocialSupport => "social-support",
            Self::WorkAndIncome => "work-and-income",
            Self::PoliceAndJustice => "police-and-justice",
        }
    }

    /// The name a family reads.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::YouthHelp => "jeugdhulp",
            Self::YouthHealthCare => "jeugdgezondheidszorg",
            Self::HealthCare => "gezondheidszorg",
            Self::Education => "onderwijs",
            Self::Childcare => "kinderopvang",
            Self::SocialSupport => "maatschappelijke ondersteuning",
            Self::WorkAndIncome => "werk en inkomen",
            Self::PoliceAndJustice => "politie en justitie",
        }
    }

    /// # Errors
    /// `UnknownWord` when no sector has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|sector| sector.slug() == slug)
            .ok_or(UnknownWord { list: "sectors" })
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// What a program that has access (a client) is there for. One client has one role: a party's program can never take
/// an export, and a supervisor's program can never read what parties read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Acts for one organisation: signals, matches, notices, consent requests, exchange.
    Partner,
    /// Takes exports of the audit log; belongs to no organisation.
    Supervisor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Partner, Self::Supervisor];

    /// The word for tables and the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Supervisor => "supervisor",
        }
    }

    /// # Errors
    /// `UnknownWord` when no role has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|role| role.slug() == slug)
            .ok_or(UnknownWord { list: "roles" })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_names_its_own_sector_and_role() {
        for sector in Sector::ALL {
            assert_eq!(Sector::from_slug(sector.slug()), Ok(sector));
        }
        for role in Role::ALL {
            assert_eq!(Role::from_slug(role.slug()), Ok(role));
        }
        assert!(Sector::from_slug("Education").is_err());
        assert!(Role::from_slug("").is_err());
    }
}
