//! Who acts: sectors of organisations, the roles of their programs, and what each role may do.

pub mod acts;
mod roles;

use crate::words::words;

pub use crate::words::UnknownWord;
pub use roles::{NotItsRole, OrganisationKind, Role};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_names_its_own_sector() {
        for sector in Sector::ALL {
            assert_eq!(Sector::from_slug(sector.slug()), Ok(sector));
        }
        assert!(Sector::from_slug("Education").is_err());
    }
}
