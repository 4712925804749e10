//! Matches whose contact deadline passed, and the follow-up officer who has them from then on.

use super::SKEW;
use crate::entry::Entry;
use crate::verify::message::{self as say, Message};

/// By the number of the match.
#[derive(Default)]
pub(super) struct FollowUps(Vec<Course>);

#[derive(Clone, Copy, Default)]
struct Course {
    /// The deadline that runs, in minutes since 1970, to be small; 0 when the leaf gives none.
    due: u32,
    /// Whether an officer has it since that deadline.
    escalated: bool,
    /// Whether an officer has it, or had it before somebody joined.
    ever: bool,
}

impl FollowUps {
    /// Takes `match.opened` or `match.joined`: a deadline begins.
    pub(super) fn begin(&mut self, match_case: u32, entry: &Entry) {
        let due = entry.due.map_or(0, |due| due.as_second().div_euclid(60));
        let course = self.of(match_case);
        (course.due, course.escalated) = (u32::try_from(due).unwrap_or(0), false);
    }

    /// Takes a leaf `follow_up.*`.
    pub(super) fn step(&mut self, match_case: u32, entry: &Entry) -> Result<(), &'static Message> {
        let course = self.of(match_case);
        let in_order = match entry.event.as_str() {
            "follow_up.escalated" => {
                let now = entry.time.as_second().saturating_add(SKEW.as_secs());
                let first = !course.escalated && i64::from(course.due) * 60 <= now;
                (course.escalated, course.ever) = (true, true);
                first
            }
            "follow_up.marked" | "follow_up.viewed" => course.ever,
            _ => true,
        };
        if in_order {
            Ok(())
        } else {
            Err(&say::FOLLOW_UP_ORDER)
        }
    }

    fn of(&mut self, match_case: u32) -> &mut Course {
        let at = match_case as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, Course::default());
        }
        &mut self.0[at]
    }
}
