//! `[limits]`: how much the doors take, of one client and in all.

use std::num::NonZero;

use web::LimitSettings;

use super::reader::Section;

/// Most requests in flight that may be asked for.
const MOST: u16 = 10_000;

pub(crate) fn read(section: &mut Section<'_>) -> Option<LimitSettings> {
    let in_flight = section
        .number("requests_in_flight", 1, MOST)
        .unwrap_or(LimitSettings::REQUESTS_IN_FLIGHT);
    let mut count = |key, usual| {
        let number = section.number(key, 1, u16::MAX).unwrap_or(usual);
        NonZero::new(u32::from(number))
    };
    Some(LimitSettings {
        requests_in_flight: in_flight.into(),
        requests_per_minute: count("requests_per_minute", LimitSettings::REQUESTS_PER_MINUTE)?,
        burst: count("burst", LimitSettings::BURST)?,
        ..LimitSettings::default()
    })
}
