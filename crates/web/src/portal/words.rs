//! Keys of the words for what `domain` knows.

use domain::actor::Sector;

/// The field of an organisation, as it stands behind its name.
pub(super) const fn sector(sector: Sector) -> &'static str {
    match sector {
        Sector::YouthHelp => "common-sector-youth-help",
        Sector::YouthHealthCare => "common-sector-youth-health-care",
        Sector::HealthCare => "common-sector-health-care",
        Sector::Education => "common-sector-education",
        Sector::Childcare => "common-sector-childcare",
        Sector::SocialSupport => "common-sector-social-support",
        Sector::WorkAndIncome => "common-sector-work-and-income",
        Sector::PoliceAndJustice => "common-sector-police-and-justice",
    }
}

#[cfg(test)]
mod tests {
    use texts::{Language, Texts};

    use super::*;

    #[test]
    fn the_portal_and_the_register_have_the_same_dutch_words() {
        for each in Sector::ALL {
            assert_eq!(Texts::of(Language::Nl).say(sector(each)), each.dutch());
        }
    }
}
