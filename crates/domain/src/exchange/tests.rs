//! The exchange, by example and by chance. The chance test keeps a plain journal of what people did, decides from that
//! alone whether exchange is allowed, and compares after every act and for every pair.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::actor::Sector;
use crate::calendar;
use crate::consent::tests::stated;
use crate::consent::{AgeBand, Given, How, Pending, Question, Signatory, Signed};
use crate::covenant::tests::covenant;
use crate::covenant::{Covenant, Reveal, Terms};
use crate::match_case::{Case, Match, Who};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn party(number: i32) -> Party {
    Party {
        organisation: OrganisationKey(number),
        sector: Sector::Education,
        member_since: Timestamp::UNIX_EPOCH,
        visible_at: Timestamp::UNIX_EPOCH,
        signal_ends_at: at("2028-01-01T00:00:00Z"),
        paused_from: None,
        hidden_until: None,
        left: None,
        contact_confirmed_at: None,
    }
}

pub(crate) fn coverage(row: i64, parties: &[i32], standing: Standing) -> Coverage {
    Coverage {
        consent: ConsentKey { subject: 1, row },
        parties: parties.iter().map(|number| OrganisationKey(*number)).collect(),
        requested_at: at("2027-05-01T00:00:00Z"),
        standing,
    }
}

pub(crate) const NOW: &str = "2027-06-01T00:00:00Z";

fn one_and_two(consents: &[Coverage]) -> Exchange {
    between(&party(1), &party(2), consents, at(NOW))
}

pub(crate) fn given(from: &str, until: &str) -> Standing {
    Standing::Given {
        given_at: at(from),
        valid_until: at(until),
    }
}

#[test]
fn without_consent_it_is_closed() {
    let missing = Exchange::Closed(Closed::ConsentMissing);
    assert_eq!(one_and_two(&[]), missing);
    let earlier = at("2027-05-01T00:00:00Z");
    for standing in [
        Standing::Asked {
            answer_by: at("2027-06-02T00:00:00Z"),
            until_boundary: false,
        },
        Standing::Refused { at: earlier },
        Standing::Unanswered { at: earlier },
    ] {
        assert_eq!(one_and_two(&[coverage(1, &[1, 2], standing)]), missing);
    }
}

#[test]
fn a_standing_consent_opens_it_for_the_parties_it_names_and_no_others() {
    let standing = given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z");
    assert_eq!(
        one_and_two(&[coverage(1, &[1, 2], standing)]),
        Exchange::Open {
            consent: ConsentKey { subject: 1, row: 1 },
            valid_until: at("2027-07-01T00:00:00Z")
        }
    );
    assert!(!one_and_two(&[coverage(1, &[1, 3], standing), coverage(2, &[2, 3], standing)]).is_open());
    assert!(!between(&party(1), &party(1), &[coverage(1, &[1, 2], standing)], at(NOW)).is_open());
}

#[test]
fn it_says_why_it_closed_by_what_came_last() {
    let withdrawn = coverage(
        1,
        &[1, 2],
        Standing::Withdrawn {
            at: at("2027-05-02T00:00:00Z"),
        },
    );
    let expired = coverage(2, &[1, 2], given("2027-05-01T00:00:00Z", "2027-05-03T00:00:00Z"));
    let refused = coverage(
        3,
        &[1, 2],
        Standing::Refused {
            at: at("2027-05-20T00:00:00Z"),
        },
    );
    let why = |consents: &[Coverage]| match one_and_two(consents) {
        Exchange::Closed(why) => why,
        open => panic!("{open:?}"),
    };
    let was_withdrawn = Closed::ConsentWithdrawn {
        at: at("2027-05-02T00:00:00Z"),
    };
    let has_expired = Closed::ConsentExpired {
        at: at("2027-05-03T00:00:00Z"),
    };
    assert_eq!(why(&[withdrawn.clone(), refused.clone()]), was_withdrawn);
    assert_eq!(why(&[withdrawn, expired, refused]), has_expired);
}

#[test]
fn of_two_that_stand_the_later_is_sealed_under() {
    let early = coverage(1, &[1, 2], given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z"));
    let late = coverage(
        2,
        &[1, 2, 3],
        given("2027-05-02T00:00:00Z", "2027-06-15T00:00:00Z"),
    );
    for consents in [[early.clone(), late.clone()], [late, early]] {
        assert!(matches!(
            one_and_two(&consents),
            Exchange::Open {
                consent: ConsentKey { row: 2, .. },
                ..
            }
        ));
    }
}

#[test]
fn consent_does_not_help_a_signal_that_ended() {
    let standing = coverage(1, &[1, 2], given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z"));
    let ended = Party {
        signal_ends_at: at(NOW),
        ..party(2)
    };
    assert_eq!(
        between(&party(1), &ended, &[standing], at(NOW)),
        Exchange::Closed(Closed::SignalEnded)
    );
}

#[test]
fn the_match_as_a_whole_is_open_when_anyone_can_be_reached() {
    let standing = coverage(1, &[1, 2], given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z"));
    let consents = [standing];
    let of = |one: i32, others: &[i32]| {
        let with = |other: &i32| between(&party(one), &party(*other), &consents, at(NOW));
        best(others.iter().map(with))
    };
    assert!(of(1, &[3, 2]).is_open());
    assert_eq!(of(3, &[1, 2]), Exchange::Closed(Closed::ConsentMissing));
    assert!(!of(1, &[]).is_open());
}

#[test]
fn who_left_and_came_back_is_not_covered_by_what_was_asked_before() {
    let standing = given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z");
    let asked_before = [coverage(1, &[1, 2], standing)];
    let back = |since: &str| Party {
        member_since: at(since),
        ..party(2)
    };
    let (in_time, later) = (back("2027-05-01T00:00:00Z"), back("2027-05-01T00:00:01Z"));
    assert!(between(&party(1), &in_time, &asked_before, at(NOW)).is_open());
    for (one, other) in [(party(1), later), (later, party(1))] {
        let exchange = between(&one, &other, &asked_before, at(NOW));
        assert_eq!(exchange, Exchange::Closed(Closed::ConsentMissing));
    }
}

#[test]
fn a_pause_closes_it_and_is_told_only_where_consent_stands() {
    let standing = given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z");
    let paused = Party {
        paused_from: Some(at(NOW)),
        ..party(2)
    };
    let with = |consents: &[Coverage], now: &str| between(&party(1), &paused, consents, at(now));
    let agreed = [coverage(1, &[1, 2], standing)];
    assert!(with(&agreed, "2027-05-31T23:59:59Z").is_open());
    assert_eq!(with(&agreed, NOW), Exchange::Closed(Closed::Paused));
    assert_eq!(with(&[], NOW), Exchange::Closed(Closed::ConsentMissing));
}

#[test]
fn a_message_follows_the_consent_it_was_sealed_under() {
    let now = at(NOW);
    let standing = given("2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z");
    let sealed_under = coverage(1, &[1, 2], standing);
    let open = one_and_two(std::slice::from_ref(&sealed_under));
    let readable = |last, exchange| is_readable(&sealed_under, last, [&party(1), &party(2)], exchange, now);
    assert!(readable(standing, open));
    assert!(!readable(Standing::Replaced { at: now }, open));
    assert!(!readable(Standing::Withdrawn { at: now }, open));
    assert!(!readable(given("2027-05-01T00:00:00Z", NOW), open));
    assert!(!readable(standing, Exchange::Closed(Closed::SignalEnded)));
}

#[test]
fn a_message_of_who_left_and_came_back_stays_closed_under_the_next_consent() {
    let now = at(NOW);
    let back = Party {
        member_since: at("2027-05-10T00:00:00Z"),
        ..party(2)
    };
    let sealed_under = coverage(
        1,
        &[1, 2],
        Standing::Replaced {
            at: at("2027-05-12T00:00:00Z"),
        },
    );
    let next = Coverage {
        requested_at: at("2027-05-11T00:00:00Z"),
        ..coverage(2, &[1, 2], given("2027-05-12T00:00:00Z", "2028-01-01T00:00:00Z"))
    };
    let exchange = between(&party(1), &back, &[sealed_under.clone(), next.clone()], now);
    assert!(exchange.is_open(), "they may write to each other again");
    let stayed = party(1);
    let readable = |under: &Coverage, parties| is_readable(under, next.standing, parties, exchange, now);
    assert!(readable(&next, [&stayed, &back]));
    assert!(!readable(&sealed_under, [&stayed, &back]));
    assert!(!readable(&sealed_under, [&back, &stayed]));
}

/// What somebody does. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Join {
        organisation: i32,
        days: i32,
    },
    ConfirmContact {
        organisation: i32,
    },
    Ask {
        by: i32,
        band: usize,
        guardians: u8,
        boundary_in_days: Option<i32>,
    },
    Sign {
        consent: usize,
        signatory: usize,
    },
    Refuse {
        consent: usize,
        signatory: usize,
    },
    Withdraw {
        consent: usize,
        signatory: usize,
    },
    Wait {
        hours: i32,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let organisation = 1..=4_i32;
    let (consent, signatory) = (0..4_usize, 0..3_usize);
    let act = prop_oneof![
        2 => (organisation.clone(), 1..200_i32).prop_map(|(organisation, days)| Act::Join { organisation, days }),
        3 => organisation.clone().prop_map(|organisation| Act::ConfirmContact { organisation }),
        4 => (organisation, 0..3_usize, 0..3_u8, prop::option::of(1..60_i32)).prop_map(
            |(by, band, guardians, boundary_in_days)| Act::Ask { by, band, guardians, boundary_in_days }
        ),
        9 => (consent.clone(), signatory.clone()).prop_map(|(consent, signatory)| Act::Sign { consent, signatory }),
        1 => (consent.clone(), signatory.clone()).prop_map(|(consent, signatory)| Act::Refuse { consent, signatory }),
        1 => (consent, signatory).prop_map(|(consent, signatory)| Act::Withdraw { consent, signatory }),
        3 => (1..24 * 40_i32).prop_map(|hours| Act::Wait { hours }),
    ];
    prop::collection::vec(act, 1..60)
}

/// A consent as the rules keep it.
enum Kept {
    Pending(Pending),
    Given(Given),
    Ended(Standing),
}

/// What people did about one request, in words.
struct Written {
    names: BTreeSet<OrganisationKey>,
    must_sign: Vec<Signatory>,
    signed: BTreeMap<Signatory, Timestamp>,
    boundary_on: Option<Date>,
    said_no: bool,
    replaced: bool,
    requested_at: Timestamp,
}

struct World<'a> {
    covenant: &'a Covenant,
    now: Timestamp,
    match_case: Match,
    parties: Vec<Party>,
    kept: Vec<(BTreeSet<OrganisationKey>, Kept)>,
    journal: Vec<Written>,
}

impl World<'_> {
    fn coverages(&self) -> Vec<Coverage> {
        let standing = |kept: &Kept| match kept {
            Kept::Pending(pending) => Standing::from(pending),
            Kept::Given(given) => Standing::from(given),
            Kept::Ended(standing) => *standing,
        };
        let row = |(row, (parties, kept)): (usize, &(BTreeSet<OrganisationKey>, Kept))| Coverage {
            consent: ConsentKey {
                subject: 1,
                row: i64::try_from(row).unwrap(),
            },
            parties: parties.clone(),
            requested_at: self.journal[row].requested_at,
            standing: standing(kept),
        };
        self.kept.iter().enumerate().map(row).collect()
    }

    fn with_case<T>(&self, ask: impl FnOnce(Case<'_>) -> T) -> T {
        let terms = Terms::of(self.covenant);
        let consents = self.coverages();
        ask(Case::of(&terms, self.match_case, &self.parties, &consents))
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Wait { hours } => self.now += hours.hours(),
            Act::Join { organisation, days } => self.join(OrganisationKey(organisation), days),
            Act::ConfirmContact { organisation } => {
                let by = OrganisationKey(organisation);
                if let Ok(changed) = self.with_case(|case| case.confirm_contact(by, self.now)) {
                    self.match_case = changed;
                    let party = self
                        .parties
                        .iter_mut()
                        .find(|party| party.organisation == by)
                        .unwrap();
                    party.contact_confirmed_at.get_or_insert(self.now);
                }
            }
            Act::Ask {
                by,
                band,
                guardians,
                boundary_in_days,
            } => {
                let boundary = boundary_in_days.map(|days| self.today() + days.days());
                self.ask(OrganisationKey(by), AgeBand::ALL[band], guardians, boundary);
            }
            Act::Sign { consent, signatory } => self.decide(consent, signatory, Decision::Sign),
            Act::Refuse { consent, signatory } => self.decide(consent, signatory, Decision::Refuse),
            Act::Withdraw { consent, signatory } => self.decide(consent, signatory, Decision::Withdraw),
        }
    }

    fn today(&self) -> Date {
        calendar::local_date(self.now, self.covenant.time_zone())
    }

    fn join(&mut self, organisation: OrganisationKey, days: i32) {
        let terms = Terms::of(self.covenant);
        if self
            .parties
            .iter()
            .any(|party| party.organisation == organisation)
        {
            return;
        }
        if self.with_case(|case| case.now(self.now)).closed_at().is_some() {
            return;
        }
        let entered = Match::open(&terms, self.now);
        self.match_case = entered.match_case;
        self.parties.push(Party {
            visible_at: entered.visible_at,
            signal_ends_at: self.now + (days * 24).hours(),
            sector: if organisation.0 == 4 {
                Sector::PoliceAndJustice
            } else {
                Sector::Education
            },
            ..party(organisation.0)
        });
    }

    fn ask(&mut self, by: OrganisationKey, band: AgeBand, guardians: u8, boundary: Option<Date>) {
        let terms = Terms::of(self.covenant);
        let Ok(question) = Question::weigh(stated(band, guardians, boundary), &terms, self.now) else {
            return;
        };
        let Ok(names) = self.with_case(|case| case.request_consent(by, self.now)) else {
            return;
        };
        self.journal.push(Written {
            names: names.clone(),
            must_sign: question.signatories(),
            signed: BTreeMap::new(),
            boundary_on: boundary,
            said_no: false,
            replaced: false,
            requested_at: self.now,
        });
        let pending = Pending::ask(&question, names.iter().copied(), None, &terms, self.now);
        self.kept.push((names, Kept::Pending(pending)));
    }

    fn decide(&mut self, consent: usize, signatory: usize, decision: Decision) {
        if self.kept.is_empty() {
            return;
        }
        let row = consent % self.kept.len();
        let must_sign = &self.journal[row].must_sign;
        let by = must_sign[signatory % must_sign.len()];
        let terms = Terms::of(self.covenant);
        let kept = match (&self.kept[row].1, decision) {
            (Kept::Pending(pending), Decision::Sign) => {
                let Ok(signed) = pending.clone().sign(by, How::LETTER, &terms, self.now) else {
                    return;
                };
                self.journal[row].signed.insert(by, self.now);
                match signed {
                    Signed::Partially(pending) => Kept::Pending(pending),
                    Signed::Given(given) => {
                        self.replace_earlier();
                        Kept::Given(given)
                    }
                }
            }
            (Kept::Pending(pending), Decision::Refuse) => {
                let Ok(standing) = pending.clone().refuse(by, self.now) else {
                    return;
                };
                self.journal[row].said_no = true;
                Kept::Ended(standing)
            }
            (Kept::Given(given), Decision::Withdraw) => {
                let Ok(standing) = given.clone().withdraw(by, self.now) else {
                    return;
                };
                self.journal[row].said_no = true;
                Kept::Ended(standing)
            }
            _ => return,
        };
        self.kept[row].1 = kept;
    }

    fn replace_earlier(&mut self) {
        for (row, (_, kept)) in self.kept.iter_mut().enumerate() {
            if let Kept::Given(given) = kept
                && let Ok(standing) = given.clone().replace(self.now)
            {
                *kept = Kept::Ended(standing);
                self.journal[row].replaced = true;
            }
        }
    }

    /// By the journal alone: everyone who must signed, nobody said no, its days are not over, no birthday has passed.
    fn family_agreed(&self, one: OrganisationKey, other: OrganisationKey) -> bool {
        self.journal.iter().any(|written| {
            let everyone_signed = written
                .must_sign
                .iter()
                .all(|who| written.signed.contains_key(who));
            let last = written.signed.values().max().copied().unwrap_or(Timestamp::MAX);
            let zone = self.covenant.time_zone();
            written.names.contains(&one)
                && written.names.contains(&other)
                && everyone_signed
                && !written.said_no
                && !written.replaced
                && self.now < calendar::add_days(last, self.covenant.consent_days(), zone)
                && written.boundary_on.is_none_or(|birthday| self.today() < birthday)
        })
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for (one, other) in self
            .parties
            .iter()
            .flat_map(|one| self.parties.iter().map(move |other| (one, other)))
        {
            if one.organisation == other.organisation {
                continue;
            }
            let agreed = self.family_agreed(one.organisation, other.organisation);
            let both_active = one.signal_ends_at > self.now && other.signal_ends_at > self.now;
            let exchange =
                self.with_case(|case| case.exchange(one.organisation, other.organisation, self.now));
            prop_assert_eq!(exchange.is_open(), agreed && both_active);
        }
        for viewer in &self.parties {
            let Some(view) = self.with_case(|case| case.view(viewer.organisation, self.now)) else {
                continue;
            };
            for seen in view.parties {
                if let Who::Named { organisation, .. } = seen.who {
                    let hidden = self.covenant.reveal() == Reveal::OnConsent || organisation.0 == 4;
                    prop_assert!(!hidden || self.family_agreed(viewer.organisation, organisation));
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Decision {
    Sign,
    Refuse,
    Withdraw,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_exchange_is_open_exactly_when_the_family_agreed(acts in acts(), on_consent: bool) {
        let reveal = if on_consent { "on_consent" } else { "on_match" };
        let covenant = covenant(&format!(
            "reveal = \"{reveal}\"\nsensitive_sectors = [\"police-and-justice\"]\nconsent_days = 40\n"
        ));
        let now = at("2027-03-01T10:00:00Z");
        let entered = Match::open(&Terms::of(&covenant), now);
        let founder = |number| Party { visible_at: entered.visible_at, ..party(number) };
        let mut world = World {
            covenant: &covenant,
            now,
            match_case: entered.match_case,
            parties: vec![founder(1), founder(2)],
            kept: Vec::new(),
            journal: Vec::new(),
        };
        for act in &acts {
            world.act(act);
            world.check()?;
        }
    }

    /// The test above is worth something only if the exchange does open in it.
    #[test]
    fn the_story_as_it_should_go_opens_the_exchange(hours in 1..24_i32) {
        let covenant = covenant("sensitive_sectors = [\"police-and-justice\"]\n");
        let now = at("2027-03-01T10:00:00Z");
        let entered = Match::open(&Terms::of(&covenant), now);
        let founder = |number| Party { visible_at: entered.visible_at, ..party(number) };
        let mut world = World {
            covenant: &covenant,
            now,
            match_case: entered.match_case,
            parties: vec![founder(1), founder(2)],
            kept: Vec::new(),
            journal: Vec::new(),
        };
        let wait = Act::Wait { hours };
        let sign = |signatory| Act::Sign { consent: 0, signatory };
        let ask = Act::Ask { by: 1, band: 0, guardians: 2, boundary_in_days: None };
        let confirm = |organisation| Act::ConfirmContact { organisation };
        for act in [wait.clone(), confirm(1), confirm(2), ask, wait, sign(0), sign(1)] {
            prop_assert!(!world.with_case(|case| case.exchange(OrganisationKey(1), OrganisationKey(2), world.now)).is_open());
            world.act(&act);
        }
        world.check()?;
        prop_assert!(world.with_case(|case| case.exchange(OrganisationKey(1), OrganisationKey(2), world.now)).is_open());
    }
}
