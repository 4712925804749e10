//! Who waits for the next transaction, each organisation in a lane of its own.
//!
//! Two rules make that one organisation with most of the load takes nothing from the others. Nobody may have more places
//! than are left free, so whoever comes finds one, and alone one may have half of them. And a transaction takes one from
//! each lane in turn, so who has little waiting is in the next one, however much others have.

use std::collections::{BTreeMap, HashMap, VecDeque};

use domain::key::OrganisationKey;

/// What waits, first come, first served within an organisation.
pub(super) struct Lanes<T> {
    /// Places there are.
    places: usize,
    /// Places that are taken, by what waits and by what is on its way in or in a transaction.
    taken: usize,
    /// How much waits.
    waiting: usize,
    /// Those for whom something waits; the first is next.
    turns: VecDeque<OrganisationKey>,
    lanes: HashMap<OrganisationKey, Lane<T>>,
}

struct Lane<T> {
    taken: usize,
    waiting: VecDeque<T>,
}

impl<T> Lanes<T> {
    /// With so many places for all together.
    pub fn new(places: usize) -> Self {
        Self {
            places,
            taken: 0,
            waiting: 0,
            turns: VecDeque::new(),
            lanes: HashMap::new(),
        }
    }

    /// Takes a place for an organisation; whether there is one.
    pub fn enter(&mut self, who: OrganisationKey) -> bool {
        let own = self.lanes.get(&who).map_or(0, |lane| lane.taken);
        if own >= self.places - self.taken {
            return false;
        }
        self.lane(who).taken += 1;
        self.taken += 1;
        true
    }

    /// Gives a place back.
    pub fn leave(&mut self, who: OrganisationKey) {
        if let Some(lane) = self.lanes.get_mut(&who) {
            lane.taken -= 1;
            self.taken -= 1;
            if lane.taken == 0 {
                self.lanes.remove(&who);
            }
        }
    }

    /// Has something wait that has its place.
    pub fn push(&mut self, who: OrganisationKey, item: T) {
        let lane = self.lane(who);
        lane.waiting.push_back(item);
        let is_first = lane.waiting.len() == 1;
        self.waiting += 1;
        if is_first {
            self.turns.push_back(who);
        }
    }

    /// Has something wait again that was drafted: before all else of its organisation. The last is put back first.
    pub fn put_back(&mut self, who: OrganisationKey, item: T) {
        let lane = self.lane(who);
        lane.waiting.push_front(item);
        let is_first = lane.waiting.len() == 1;
        self.waiting += 1;
        if is_first {
            self.turns.push_back(who);
        }
    }

    /// At most so many for one transaction, one from each lane in turn. What cannot go together with those that were
    /// taken before it keeps its place in its lane, and does not hold up what is behind it.
    pub fn draft(&mut self, most: usize, mut fits: impl FnMut(&T) -> bool) -> Vec<T> {
        let mut drafted = Vec::new();
        let mut passed: BTreeMap<OrganisationKey, Vec<T>> = BTreeMap::new();
        while drafted.len() < most
            && let Some(who) = self.turns.pop_front()
        {
            let waiting = &mut self.lane(who).waiting;
            while let Some(item) = waiting.pop_front() {
                if fits(&item) {
                    drafted.push(item);
                    break;
                }
                passed.entry(who).or_default().push(item);
            }
            if !waiting.is_empty() {
                self.turns.push_back(who);
            }
        }
        self.waiting -= drafted.len();
        for (who, items) in passed {
            self.waiting -= items.len();
            for item in items.into_iter().rev() {
                self.put_back(who, item);
            }
        }
        drafted
    }

    /// How much waits.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    fn lane(&mut self, who: OrganisationKey) -> &mut Lane<T> {
        self.lanes.entry(who).or_insert_with(|| Lane {
            taken: 0,
            waiting: VecDeque::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: OrganisationKey = OrganisationKey(1);
    const FEW: OrganisationKey = OrganisationKey(2);

    /// Enters as often as there is room, and waits; how often that was.
    fn fill(lanes: &mut Lanes<(OrganisationKey, usize)>, who: OrganisationKey, most: usize) -> usize {
        let entered = (0..most).take_while(|number| {
            let entered = lanes.enter(who);
            if entered {
                lanes.push(who, (who, *number));
            }
            entered
        });
        entered.count()
    }

    fn all<T>(_: &T) -> bool {
        true
    }

    #[test]
    fn one_takes_half_of_the_places_and_each_who_comes_finds_one() {
        let mut lanes = Lanes::new(1024);
        assert_eq!(fill(&mut lanes, MANY, 5000), 512);
        assert_eq!(fill(&mut lanes, FEW, 5000), 256);
        // With all there is taken over and over by others before.
        for number in 3..200 {
            assert!(
                fill(&mut lanes, OrganisationKey(number), 5000) > 0 || number > 10,
                "{number}"
            );
        }
        assert!(lanes.taken <= 1024 && lanes.waiting() == lanes.taken);
    }

    #[test]
    fn places_come_back_and_nobody_is_remembered() {
        let mut lanes = Lanes::<()>::new(8);
        for _ in 0..100 {
            for _ in 0..4 {
                assert!(lanes.enter(MANY));
            }
            assert!(!lanes.enter(MANY), "more than are free");
            assert!(lanes.enter(FEW));
            lanes.leave(FEW);
            (0..4).for_each(|_| lanes.leave(MANY));
        }
        assert_eq!((lanes.taken, lanes.lanes.len()), (0, 0));
    }

    #[test]
    fn who_has_little_waiting_is_in_the_next_transaction() {
        let mut lanes = Lanes::new(1024);
        fill(&mut lanes, MANY, 500);
        fill(&mut lanes, FEW, 3);
        let drafted = lanes.draft(256, all);
        assert_eq!(drafted.len(), 256);
        assert_eq!(drafted.iter().filter(|(who, _)| *who == FEW).count(), 3);
        // First come, first served within each.
        let many: Vec<usize> = drafted
            .iter()
            .filter(|(who, _)| *who == MANY)
            .map(|(_, number)| *number)
            .collect();
        assert_eq!(many, (0..253).collect::<Vec<_>>());
        assert_eq!(lanes.waiting(), 247);
    }

    #[test]
    fn more_lanes_than_a_transaction_has_room_for_are_served_in_turn() {
        let mut lanes = Lanes::new(1024);
        for number in 1..=10 {
            fill(&mut lanes, OrganisationKey(number), 4);
        }
        let drafted: Vec<i32> = (0..5)
            .flat_map(|_| lanes.draft(4, all))
            .map(|(who, _)| who.0)
            .collect();
        assert_eq!(drafted, (1..=10).chain(1..=10).collect::<Vec<_>>());
    }

    #[test]
    fn what_does_not_fit_waits_at_its_place_and_stops_nothing() {
        let mut lanes = Lanes::new(64);
        fill(&mut lanes, MANY, 6);
        fill(&mut lanes, FEW, 1);
        let drafted = lanes.draft(10, |(who, number)| *who == FEW || number % 3 == 0);
        assert_eq!(drafted, [(MANY, 0), (FEW, 0), (MANY, 3)]);
        // One of them has to be tried again.
        lanes.put_back(MANY, (MANY, 0));
        let rest: Vec<usize> = lanes
            .draft(10, all)
            .into_iter()
            .map(|(_, number)| number)
            .collect();
        assert_eq!(rest, [0, 1, 2, 4, 5]);
        assert_eq!((lanes.waiting(), lanes.turns.len()), (0, 0));
        assert!(lanes.draft(10, all).is_empty());
    }
}
