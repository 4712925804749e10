//! Who acts: sectors of organisations and roles of their programs.

use crate::words::words;

pub use crate::words::UnknownWord;

words! {
    /// The field in which an organisation works. An organisation has exactly one.
    ///
    /// The list follows the fields that take part in the statutory referral index (Jeugdwet, paragraph 7.1), with childcare
    /// added because it sees children first.
    Sector, "sectors" {
        /// Help to a child or family under the Jeugdwet.
        YouthHelp = "youth-help",
        /// Preventive health care for all children (consultation bureau, school doctor).
        YouthHealthCare = "youth-health-care",
        /// Other health care, addiction and mental health care among it.
        HealthCare = "health-care",
        /// Schools.
        Education = "education",
        /// Childcare and playgroups.
        Childcare = "childcare",
        /// Social support under the Wmo 2015.
        SocialSupport = "social-support",
        /// Work and income.
        WorkAndIncome = "work-and-income",
        /// Police and justice.
        PoliceAndJustice = "police-and-justice",
    }
}

impl Sector {
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
}

words! {
    /// What a program that has access (a client) is there for. One client has one role: a party's program can never take
    /// an export, and a supervisor's program can never read what parties read.
    Role, "roles" {
        /// Acts for one organisation: signals, matches, notices, consent requests, exchange.
        Partner = "partner",
        /// Takes exports of the audit log; belongs to no organisation.
        Supervisor = "supervisor",
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
