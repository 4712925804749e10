//! What the destroy-by month tells of a child's age: it is the month of the birthday at the age limit, and so the month of
//! every birthday.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Covenant;
use crate::calendar::Month;

/// From this birthday on guardians see nothing and can do nothing.
const ALONE: u8 = 16;

/// From this birthday on guardians are not told of organisations in a sensitive sector.
const TOGETHER: u8 = 12;

impl Covenant {
    /// The instant from which a guardian reaches nothing: 00:00 of the child's 16th birthday. Of that the month is known;
    /// the day when somebody stated it, and otherwise nothing is reached from the first day of that month on. A day
    /// after that month is none that can be believed.
    pub fn guardians_reach_until(&self, sixteen_on: Option<Date>, destroy_by: Month) -> Timestamp {
        let month = self.month_of_birthday(ALONE, destroy_by);
        let after = month.next().first_day();
        self.start_of_day(sixteen_on.map_or(month.first_day(), |day| day.min(after)))
    }

    /// The instant from which a guardian may not know organisations in a sensitive sector: the first day of the month in
    /// which the child becomes 12.
    pub fn guardians_know_all_until(&self, destroy_by: Month) -> Timestamp {
        self.start_of_day(self.month_of_birthday(TOGETHER, destroy_by).first_day())
    }

    fn month_of_birthday(&self, years: u8, destroy_by: Month) -> Month {
        destroy_by.years_earlier(self.age_limit()).years_later(years)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_guardian_reaches_nothing_from_the_sixteenth_birthday_on_whatever_was_stated() {
        let covenant = super::super::tests::covenant("");
        let destroy_by = Month::parse("2034-12").unwrap();
        let until = |day| covenant.guardians_reach_until(day, destroy_by).to_string();
        assert_eq!(until(None), "2027-11-30T23:00:00Z");
        assert_eq!(until(Some(date(2027, 12, 14))), "2027-12-13T23:00:00Z");
        assert_eq!(until(Some(date(2027, 3, 1))), "2027-02-28T23:00:00Z");
        assert_eq!(until(Some(date(2031, 1, 1))), "2027-12-31T23:00:00Z");
        assert_eq!(
            covenant.guardians_know_all_until(destroy_by).to_string(),
            "2023-11-30T23:00:00Z"
        );
    }

    #[test]
    fn the_month_is_that_of_the_covenants_own_age_limit() {
        let covenant = super::super::tests::covenant("age_limit = 18\n");
        let destroy_by = Month::parse("2029-05").unwrap();
        let until = covenant.guardians_reach_until(None, destroy_by);
        assert_eq!(until.to_string(), "2027-04-30T22:00:00Z");
    }
}
