//! What people do in one match, in any order: the facts as the service stores them, changed by the very rules that the
//! service applies, and beside them the family's own notes of what it allows.
//!
//! Three organisations, of which the first two are in the match from the beginning. The second may pause, leave and come
//! back, the third may join; the first coordinates and may close. Two guardians must sign, and the child's twelfth birthday
//! ends whatever was given, so that time can run out within a few minutes of the model.

use std::collections::BTreeSet;

use domain::actor::Sector;
use domain::consent::{
    AgeBand, Assurance, Given, How, Method, Pending, Question, Signatory, SignatoryRole, Signature, Signed,
    Standing, Stated, opens_the_same_door,
};
use domain::covenant::{Covenant, Terms};
use domain::exchange::{Coverage, Exchange, is_readable};
use domain::key::{ConsentKey, OrganisationKey};
use domain::match_case::{Case, Closing, Lead, Left, Match, Outcome, Party};
use domain::signal::LeftBecause;
use jiff::{SignedDuration, Timestamp};

/// Who takes part, by number.
pub const PARTIES: usize = 3;
/// Coordinates, and is there from first to last.
pub const LEAD: usize = 0;
/// Comes and goes.
pub const GUEST: usize = 1;
/// Joins later.
pub const JOINER: usize = 2;

/// How often the family can be asked.
const MOST_REQUESTS: usize = 2;

/// How long the model lasts.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// How long a step of the clock is.
    pub step: SignedDuration,
    /// At which step the child comes to another age.
    pub birthday: u16,
    /// The last step.
    pub last: u16,
    /// Whether a signal may be paused. The portal and the keyholder do not know of pauses.
    pub pauses: bool,
}

/// A place in the order of what happened: of memberships, questions and answers. The rules compare these with each other and
/// never with a length of time, so their order is all that is kept of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order(u16);

impl Order {
    const START: Self = Self(0);
}

/// What does not change.
pub struct Ground {
    /// Its bounds.
    pub span: Span,
    covenant: Covenant,
    start: Timestamp,
    /// The match while it is open.
    open: Match,
}

impl Ground {
    pub fn new(span: Span) -> Self {
        let covenant = Covenant::parse(
            "name = \"Convenant Model\"\nmunicipality = \"gemeente Model\"\nnotice_interval_minutes = 0\n\
             [grounds]\nschool-absence = \"De jeugdige verzuimt van school\"\n",
        )
        .expect("settings that are right");
        let birthday = Terms::of(&covenant).start_of_day(BIRTHDAY);
        let start = birthday - span.step * i32::from(span.birthday) - LATER;
        let open = Match::open(&Terms::of(&covenant), start).match_case;
        Self {
            span,
            covenant,
            start,
            open: open.confirm_contact(),
        }
    }

    /// When this happened.
    fn at(&self, order: Order) -> Timestamp {
        self.start + SignedDuration::from_micros(i64::from(order.0))
    }

    /// A step of the clock: a little after everything that happened in it.
    pub fn clock(&self, step: u16) -> Timestamp {
        self.start + self.span.step * i32::from(step) + LATER
    }

    /// When everything that was given ends: with this step of the clock.
    pub fn end(&self) -> Timestamp {
        self.clock(self.span.birthday)
    }

    /// How long after `from` this is.
    pub fn since(&self, from: u16, now: u16) -> SignedDuration {
        self.clock(now).duration_since(self.clock(from))
    }
}

/// Longer than all that happens takes.
const LATER: SignedDuration = SignedDuration::from_millis(1);

const BIRTHDAY: jiff::civil::Date = jiff::civil::date(2027, 3, 10);

/// The membership of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat {
    since: Order,
    left: bool,
    paused: bool,
}

/// A request for consent, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// Whom it names.
    pub parties: Vec<usize>,
    pub asked: Order,
    signed: [bool; 2],
    pub course: Course,
}

/// Where it stands by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Course {
    Asked,
    Refused,
    Given(Order),
    Withdrawn(Order),
    Replaced { given: Order, by: usize },
}

impl Request {
    /// Since when there is a signed record of it.
    pub fn given(&self) -> Option<Order> {
        match self.course {
            Course::Given(given) | Course::Withdrawn(given) | Course::Replaced { given, .. } => Some(given),
            Course::Asked | Course::Refused => None,
        }
    }

    pub fn names(&self, party: usize) -> bool {
        self.parties.contains(&party)
    }

    fn as_given(&self, given_at: Timestamp, ground: &Ground) -> Given {
        Given {
            parties: self.organisations(),
            signatories: (0..2).map(signatory).collect(),
            given_at,
            valid_until: ground.end(),
            how: HOW,
        }
    }

    fn organisations(&self) -> BTreeSet<OrganisationKey> {
        self.parties.iter().copied().map(organisation).collect()
    }
}

/// What the family allows, by its own notes: made of what the guardians did and of who took part when, of nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Family {
    /// Who said yes to which question.
    yes: Vec<[bool; 2]>,
    /// Which questions somebody said no to.
    no: Vec<bool>,
    /// Whom each question was about.
    about: Vec<Pairs>,
    /// Of these, who may be allowed by it: who left and came back is somebody else.
    asked_of: Vec<Pairs>,
    /// Who may exchange with whom, as far as it depends on the family.
    allowed: Pairs,
    /// Which questions that both said yes to were taken back, themselves or with another about two of the same.
    taken_back: Vec<bool>,
    /// At which step of the clock the family last stood by its yes to a question: somebody may exchange because of it.
    pub stood: Vec<Option<u16>>,
}

/// Pairs of organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Pairs(u8);

impl Pairs {
    fn of(one: usize, other: usize) -> Self {
        Self(1 << (one + other - 1))
    }

    fn among(parties: &[usize]) -> Self {
        let mut pairs = Self::default();
        for (at, one) in parties.iter().enumerate() {
            for other in &parties[at + 1..] {
                pairs.0 |= Self::of(*one, *other).0;
            }
        }
        pairs
    }

    fn with(party: usize) -> Self {
        let others = (0..PARTIES).filter(|other| *other != party);
        Self(others.map(|other| Self::of(party, other).0).sum())
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Family {
    fn is_asked(&mut self, parties: &[usize]) {
        self.yes.push([false; 2]);
        self.no.push(false);
        self.about.push(Pairs::among(parties));
        self.asked_of.push(Pairs::among(parties));
        self.taken_back.push(false);
        self.stood.push(None);
    }

    fn says_yes(&mut self, question: usize, guardian: usize) {
        self.yes[question][guardian] = true;
        if self.has_agreed(question) {
            self.allowed.0 |= self.asked_of[question].0;
        }
    }

    fn says_no(&mut self, question: usize) {
        self.no[question] = true;
    }

    fn takes_back(&mut self, question: usize) {
        let pairs = self.about[question];
        self.allowed = self.allowed.without(pairs);
        for other in 0..self.about.len() {
            if self.has_agreed(other) && self.about[other].meets(pairs) {
                self.taken_back[other] = true;
            }
        }
    }

    fn sees_leave(&mut self, party: usize) {
        let pairs = Pairs::with(party);
        self.allowed = self.allowed.without(pairs);
        for asked_of in &mut self.asked_of {
            *asked_of = asked_of.without(pairs);
        }
    }

    /// The match is over, and what was asked in it.
    fn sees_close(&mut self) {
        self.asked_of.fill(Pairs::default());
        self.allowed = Pairs::default();
        self.taken_back.fill(true);
    }

    /// Notes what it still stands by.
    fn stands_by(&mut self, now: u16) {
        for question in 0..self.about.len() {
            let allows = self.allowed.meets(self.about[question]);
            if allows && self.has_agreed(question) && !self.taken_back[question] {
                self.stood[question] = Some(now);
            }
        }
    }

    /// Whether both said yes to it, and neither no.
    pub fn has_agreed(&self, question: usize) -> bool {
        self.yes[question] == [true; 2] && !self.no[question]
    }
}

/// What is wrong with the service on purpose, to see that the model finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Who joins is covered by what was agreed before.
    JoinerIsCovered,
    /// Who left and came back is who it was.
    ReturnIsForgotten,
    /// One guardian can give it alone.
    OneIsEnough,
    /// A form that was sent before is taken for a new decision.
    OldFormDecidesAgain,
    /// Taking back one consent leaves another of the same two standing.
    OtherDoorStaysOpen,
    /// Whoever reads relies on what stood a step of the clock ago, as from a cache or a replica.
    ReadsFromCache,
    /// A new consent opens what was sealed under one that ended.
    NextOpensAll,
    /// Reading does not look whether somebody's signal is paused.
    PauseIsOverlooked,
    /// Answers under way are never cut off.
    NeverCut,
    /// The keyholder forgets what it was told.
    TombstonesAreForgotten,
    /// The keyholder's clock stands a step behind.
    KeyholderIsSlow,
    /// The keyholder does not look who asks.
    AnyoneMayAsk,
    /// The portal says that what took the place of a consent does not matter.
    PortalForgetsSuccessor,
    /// The portal signs what it knew at first.
    PortalFromCache,
}

/// Everything in the match at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Life {
    /// The step of the clock.
    pub now: u16,
    seats: [Option<Seat>; PARTIES],
    closed: bool,
    pub requests: Vec<Request>,
    pub family: Family,
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Wait,
    Join,
    Leave,
    Return,
    Pause,
    Resume,
    Close,
    Ask,
    Yes {
        guardian: usize,
        request: usize,
    },
    No {
        guardian: usize,
        request: usize,
    },
    TakeBack {
        guardian: usize,
        request: usize,
    },
    /// A form of before arrives once more: its answer was lost, or the network sent it twice.
    YesAgain {
        guardian: usize,
        request: usize,
    },
}

impl Life {
    pub fn start() -> Self {
        let seat = Seat {
            since: Order::START,
            left: false,
            paused: false,
        };
        Self {
            now: 0,
            seats: [Some(seat), Some(seat), None],
            closed: false,
            requests: Vec::new(),
            family: Family::default(),
        }
    }

    /// What could be tried. Whether it is possible, the rules say.
    pub fn deeds(&self, span: Span) -> Vec<Deed> {
        let mut deeds = Vec::new();
        if self.now < span.last {
            deeds.push(Deed::Wait);
        }
        if self.seats[JOINER].is_none() {
            deeds.push(Deed::Join);
        }
        match self.seats[GUEST] {
            Some(Seat { left: true, .. }) => deeds.push(Deed::Return),
            Some(Seat { paused, .. }) => {
                if span.pauses {
                    deeds.push(if paused { Deed::Resume } else { Deed::Pause });
                }
                // Once: coming back a second time is like the first.
                if self.seats[GUEST].is_some_and(|seat| seat.since == Order::START) {
                    deeds.push(Deed::Leave);
                }
            }
            None => {}
        }
        if !self.closed {
            deeds.push(Deed::Close);
        }
        if self.requests.len() < MOST_REQUESTS {
            deeds.push(Deed::Ask);
        }
        for (request, row) in self.requests.iter().enumerate() {
            for guardian in 0..2 {
                deeds.push(match (row.course, row.signed[guardian]) {
                    (Course::Asked, false) => Deed::Yes { guardian, request },
                    (Course::Given(_), _) => Deed::TakeBack { guardian, request },
                    _ => Deed::YesAgain { guardian, request },
                });
                if row.course == Course::Asked {
                    deeds.push(Deed::No { guardian, request });
                }
            }
        }
        deeds
    }

    /// What comes of it; nothing where the rules do not let it be.
    pub fn after(&self, deed: Deed, ground: &Ground, fault: Fault) -> Option<Self> {
        let mut life = self.clone();
        let now = life.now;
        match deed {
            Deed::Wait => life.now += 1,
            Deed::Join => life.seats[JOINER] = Some(life.new_seat()),
            Deed::Return => life.seats[GUEST] = Some(life.new_seat()),
            Deed::Leave => {
                life.seat(GUEST)?.left = true;
                life.family.sees_leave(GUEST);
            }
            Deed::Pause => life.seat(GUEST)?.paused = true,
            Deed::Resume => life.seat(GUEST)?.paused = false,
            Deed::Close => {
                let closing = Closing {
                    outcome: Outcome::TunedIn,
                    by: None,
                    approved_by: None,
                };
                life.ask(ground, Fault::None, |case| {
                    case.close(organisation(LEAD), closing, ground.clock(now))
                })
                .ok()?;
                life.closed = true;
                life.family.sees_close();
            }
            Deed::Ask => life.is_asked(ground)?,
            Deed::Yes { guardian, request } => {
                life.agree(guardian, request, ground, fault)?;
                life.family.says_yes(request, guardian);
            }
            // The guardian did nothing: the family's notes stay as they are.
            Deed::YesAgain { guardian, request } => life.agree(guardian, request, ground, fault)?,
            Deed::No { guardian, request } => {
                let refused = life
                    .pending(request, ground)?
                    .refuse(signatory(guardian), ground.clock(now));
                refused.ok()?;
                life.requests[request].course = Course::Refused;
                life.family.says_no(request);
            }
            Deed::TakeBack { guardian, request } => {
                life.withdraw(guardian, request, ground, fault)?;
                life.family.takes_back(request);
            }
        }
        // Fewer than two signals close the match by themselves.
        let over = life.ask(ground, Fault::None, |case| {
            case.now(ground.clock(life.now)).closed_at()
        });
        if over.is_some() && !life.closed {
            life.closed = true;
            life.family.sees_close();
        }
        if ground.clock(life.now) < ground.end() {
            life.family.stands_by(life.now);
        }
        life.put_in_order();
        (life != *self).then_some(life)
    }

    fn seat(&mut self, party: usize) -> Option<&mut Seat> {
        self.seats[party].as_mut()
    }

    /// A membership that begins now: after whatever the family was asked in this match before.
    fn new_seat(&self) -> Seat {
        Seat {
            since: self.next(),
            left: false,
            paused: false,
        }
    }

    /// What happens next happens after all that did.
    fn next(&self) -> Order {
        let seats = self.seats.iter().flatten().map(|seat| seat.since);
        let asked = self.requests.iter().map(|request| request.asked);
        let given = self.requests.iter().filter_map(Request::given);
        Order(
            seats
                .chain(asked)
                .chain(given)
                .map(|order| order.0)
                .max()
                .unwrap_or(0)
                + 1,
        )
    }

    /// Forgets what nothing depends on any more and counts what happened without gaps, so that two histories that differ in
    /// nothing else are one.
    fn put_in_order(&mut self) {
        for (request, yes) in self.requests.iter_mut().zip(&mut self.family.yes) {
            match &mut request.course {
                // It makes no difference which of the two signed first.
                Course::Asked if request.signed == [false, true] => {
                    (request.signed, *yes) = ([true, false], [true, false])
                }
                Course::Asked | Course::Given(_) | Course::Replaced { .. } => {}
                Course::Withdrawn(given) => *given = request.asked,
                Course::Refused => (request.signed, *yes) = ([false; 2], [false; 2]),
            }
        }
        let mut orders: Vec<&mut Order> = Vec::new();
        orders.extend(self.seats.iter_mut().flatten().map(|seat| &mut seat.since));
        for request in &mut self.requests {
            orders.push(&mut request.asked);
            match &mut request.course {
                Course::Given(given) | Course::Withdrawn(given) | Course::Replaced { given, .. } => {
                    orders.push(given);
                }
                Course::Asked | Course::Refused => {}
            }
        }
        orders.sort_unstable_by_key(|order| **order);
        let (mut last, mut place) = (Order::START, 0);
        for order in orders {
            if *order != last {
                (last, place) = (*order, place + 1);
            }
            *order = Order(place);
        }
    }

    fn is_asked(&mut self, ground: &Ground) -> Option<()> {
        let at = ground.clock(self.now);
        let parties = self.ask(ground, Fault::None, |case| {
            case.request_consent(organisation(LEAD), at)
        });
        let parties: Vec<usize> = parties.ok()?.into_iter().map(number).collect();
        // The age band changes on the birthday, and no question goes across it.
        ground.question(at)?;
        self.family.is_asked(&parties);
        self.requests.push(Request {
            parties,
            asked: self.next(),
            signed: [false; 2],
            course: Course::Asked,
        });
        Some(())
    }

    /// As the service lets a signature take hold.
    fn agree(&mut self, guardian: usize, request: usize, ground: &Ground, fault: Fault) -> Option<()> {
        let now = self.now;
        if self.requests[request].signed[guardian] && fault != Fault::OldFormDecidesAgain {
            return None;
        }
        let row = &self.requests[request];
        let signed = if fault == Fault::OldFormDecidesAgain && row.signed == [true; 2] {
            Signed::Given(row.as_given(ground.at(row.asked), ground))
        } else {
            let terms = Terms::of(&ground.covenant);
            let pending = self.pending(request, ground)?;
            pending
                .sign(signatory(guardian), HOW, &terms, ground.clock(now))
                .ok()?
        };
        self.requests[request].signed[guardian] = true;
        let given = match signed {
            Signed::Given(given) => given,
            Signed::Partially(_) if fault == Fault::OneIsEnough => {
                self.requests[request].as_given(ground.clock(now), ground)
            }
            Signed::Partially(_) => return Some(()),
        };
        assert_eq!(given.valid_until, ground.end(), "the birthday comes first");
        let takes_part = |party: OrganisationKey| self.seats[number(party)].is_some_and(|seat| !seat.left);
        for other in self.standing_others(request, ground) {
            let parties = self.requests[other].organisations();
            if given.takes_the_place_of(&parties, takes_part) {
                let Course::Given(given) = self.requests[other].course else {
                    continue;
                };
                self.requests[other].course = Course::Replaced { given, by: request };
            }
        }
        self.requests[request].course = Course::Given(self.next());
        Some(())
    }

    /// As the service takes consent back.
    fn withdraw(&mut self, guardian: usize, request: usize, ground: &Ground, fault: Fault) -> Option<()> {
        let given = self.given(request, ground)?;
        given
            .clone()
            .withdraw(signatory(guardian), ground.clock(self.now))
            .ok()?;
        let mut ended = vec![request];
        for other in self.standing_others(request, ground) {
            let parties = self.requests[other].organisations();
            if opens_the_same_door(&given.parties, &parties) && fault != Fault::OtherDoorStaysOpen {
                ended.push(other);
            }
        }
        for request in ended {
            if let Course::Given(given) = self.requests[request].course {
                self.requests[request].course = Course::Withdrawn(given);
            }
        }
        Some(())
    }

    fn standing_others(&self, request: usize, ground: &Ground) -> Vec<usize> {
        let stands = |other: &usize| {
            matches!(self.requests[*other].course, Course::Given(_)) && ground.clock(self.now) < ground.end()
        };
        (0..self.requests.len())
            .filter(|other| *other != request)
            .filter(stands)
            .collect()
    }

    /// A request that waits for answers, as it is read from its row.
    fn pending(&self, request: usize, ground: &Ground) -> Option<Pending> {
        let row = &self.requests[request];
        if row.course != Course::Asked || self.closed {
            return None;
        }
        let asked = ground.at(row.asked);
        let parties = row.parties.iter().copied().map(organisation);
        let terms = Terms::of(&ground.covenant);
        let mut pending = Pending::ask(&ground.question(asked)?, parties, None, &terms, asked);
        for (guardian, signed) in row.signed.iter().enumerate() {
            let signature = signed.then_some(Signature { at: asked, how: HOW });
            pending.signatures.insert(signatory(guardian), signature);
        }
        Some(pending)
    }

    fn given(&self, request: usize, ground: &Ground) -> Option<Given> {
        let row = &self.requests[request];
        match row.course {
            Course::Given(given) => Some(row.as_given(ground.at(given), ground)),
            _ => None,
        }
    }

    /// A question put to the match as it is on record.
    pub fn ask<T>(&self, ground: &Ground, fault: Fault, ask: impl FnOnce(Case<'_>) -> T) -> T {
        let terms = Terms::of(&ground.covenant);
        let match_case = match self.closed {
            false => ground.open,
            true => Match::Closed {
                opened_at: ground.open.opened_at(),
                contact_deadline: ground.open.contact_deadline(),
                closed_at: ground.start,
                outcome: Outcome::TunedIn,
            },
        };
        let seats = self.seats.iter().enumerate();
        let parties: Vec<Party> = seats
            .filter_map(|(party, seat)| Some(ground.party(party, (*seat)?, fault)))
            .collect();
        let consents: Vec<Coverage> = (0..self.requests.len())
            .map(|request| self.coverage(request, ground, fault))
            .collect();
        let mut case = Case::of(&terms, match_case, &parties, &consents);
        case.lead = Some(Lead {
            organisation: organisation(LEAD),
            since: ground.start,
        });
        ask(case)
    }

    fn coverage(&self, request: usize, ground: &Ground, fault: Fault) -> Coverage {
        let row = &self.requests[request];
        let covered = |party: &usize| {
            row.names(*party) || (fault == Fault::JoinerIsCovered && self.seats[*party].is_some())
        };
        Coverage {
            consent: key(request),
            parties: (0..PARTIES).filter(covered).map(organisation).collect(),
            requested_at: match fault {
                Fault::JoinerIsCovered => ground.at(self.next()),
                _ => ground.at(row.asked),
            },
            standing: self.standing(request, ground),
        }
    }

    /// Where a request stands, as it is read from its row.
    pub fn standing(&self, request: usize, ground: &Ground) -> Standing {
        let row = &self.requests[request];
        match row.course {
            // Nothing can come of it in a match that is over.
            Course::Asked if self.closed => Standing::Unanswered {
                at: ground.at(row.asked),
            },
            Course::Asked => Standing::Asked {
                answer_by: ground.end(),
                until_boundary: true,
            },
            Course::Refused => Standing::Refused { at: ground.start },
            Course::Given(given) => Standing::Given {
                given_at: ground.at(given),
                valid_until: ground.end(),
            },
            Course::Withdrawn(_) => Standing::Withdrawn { at: ground.start },
            Course::Replaced { .. } => Standing::Replaced { at: ground.end() },
        }
    }

    /// Itself, or the last of those that took its place one after the other.
    pub fn in_its_place(&self, mut request: usize) -> usize {
        while let Course::Replaced { by, .. } = self.requests[request].course {
            request = by;
        }
        request
    }

    /// Whether what is sealed under a request can be read by one of two, by the service's rules.
    pub fn is_readable(
        &self,
        sealed: usize,
        [one, other]: [usize; 2],
        ground: &Ground,
        fault: Fault,
    ) -> bool {
        // What is read from a cache may not know the request yet.
        if sealed >= self.requests.len() {
            return false;
        }
        let exchange = self.exchange(one, other, ground, fault);
        let sealed_under = self.coverage(sealed, ground, fault);
        let last = self.standing(self.in_its_place(sealed), ground);
        let party = |party: usize| Some(ground.party(party, self.seats[party]?, fault));
        let (Some(one), Some(other)) = (party(one), party(other)) else {
            return false;
        };
        match fault {
            Fault::NextOpensAll => exchange.is_open(),
            _ => is_readable(
                &sealed_under,
                last,
                [&one, &other],
                exchange,
                ground.clock(self.now),
            ),
        }
    }

    /// The exchange between two, by the service's rules.
    pub fn exchange(&self, one: usize, other: usize, ground: &Ground, fault: Fault) -> Exchange {
        self.ask(ground, fault, |case| {
            case.exchange(organisation(one), organisation(other), ground.clock(self.now))
        })
    }

    /// Whether the family lets these two exchange at this moment.
    pub fn is_allowed(&self, one: usize, other: usize, ground: &Ground) -> bool {
        ground.clock(self.now) < ground.end() && self.family.allowed.meets(Pairs::of(one, other))
    }

    /// Whether somebody of these two may do nothing for a while.
    pub fn is_barred(&self, one: usize, other: usize) -> bool {
        [one, other]
            .iter()
            .any(|party| self.seats[*party].is_none_or(|seat| seat.paused))
    }

    /// Whether this party is another membership than at the beginning.
    pub fn came_back(&self, party: usize) -> bool {
        self.seats[party].is_some_and(|seat| seat.since != Order::START)
    }

    /// Whether the portal says of a record that it stands: the last consent in its place does, and still covers two of those
    /// whom the record names. (`is_standing` of the schema, in the words of `domain`.)
    pub fn is_attested(&self, request: usize, ground: &Ground, fault: Fault) -> bool {
        match fault {
            Fault::PortalFromCache => return true,
            Fault::PortalForgetsSuccessor
                if matches!(self.requests[request].course, Course::Replaced { .. }) =>
            {
                return true;
            }
            _ => {}
        }
        let last = self.coverage(self.in_its_place(request), ground, Fault::None);
        let now = ground.clock(self.now);
        let covered = (0..PARTIES).filter(|party| {
            let seat = self.seats[*party].map(|seat| ground.party(*party, seat, Fault::None));
            self.requests[request].names(*party)
                && seat.is_some_and(|seat| seat.counts(now) && last.covers(&seat))
        });
        !self.closed && last.standing.stands(now) && covered.count() > 1
    }

    /// When a request was asked and given, for its record.
    pub fn record_times(&self, request: usize, ground: &Ground) -> Option<(Timestamp, Timestamp)> {
        let row = &self.requests[request];
        Some((ground.at(row.asked), ground.at(row.given()?)))
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }
}

impl Ground {
    fn question(&self, now: Timestamp) -> Option<Question> {
        let stated = Stated {
            age_band: AgeBand::Under12,
            guardians: 2,
            next_boundary_on: Some(BIRTHDAY),
            one_guardian_declares: false,
        };
        Question::weigh(stated, &Terms::of(&self.covenant), now).ok()
    }

    fn party(&self, party: usize, seat: Seat, fault: Fault) -> Party {
        let forever = self.end() + SignedDuration::from_hours(24 * 365);
        let start = self.start;
        let paused = seat.paused && fault != Fault::PauseIsOverlooked;
        Party {
            organisation: organisation(party),
            sector: Sector::Education,
            member_since: match fault {
                Fault::ReturnIsForgotten => start,
                _ => self.at(seat.since),
            },
            visible_at: self.at(seat.since),
            signal_ends_at: if seat.left { self.at(seat.since) } else { forever },
            paused_from: paused.then_some(start),
            hidden_until: None,
            left: seat.left.then(|| Left {
                at: self.at(seat.since),
                because: LeftBecause::Resolved,
            }),
            contact_confirmed_at: Some(self.at(seat.since)),
        }
    }
}

const HOW: How = How {
    assurance: Assurance::Letter,
    method: Method::Portal,
};

fn signatory(guardian: usize) -> Signatory {
    Signatory {
        role: SignatoryRole::Guardian,
        number: u8::try_from(guardian + 1).expect("two guardians"),
    }
}

fn organisation(party: usize) -> OrganisationKey {
    OrganisationKey(i32::try_from(party).expect("three parties"))
}

fn number(organisation: OrganisationKey) -> usize {
    usize::try_from(organisation.0).expect("three parties")
}

/// What a consent is called in an answer of the rules.
pub fn key(request: usize) -> ConsentKey {
    ConsentKey {
        subject: 1,
        row: i64::try_from(request).expect("few requests"),
    }
}
