//! Two children of one family through eight years, with no driver but those that are stepped by hand: birthdays, leap
//! days and changes of the clock, until nothing of either is left but the log.
//!
//! Every instant was computed by hand from a calendar and stands here as a literal. The elder was born on 15 June 2011
//! (16 in 2027, 23 in 2034), the younger on the leap day of 2016 (12 in 2028, 16 in 2032).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use protocol::Id;
use protocol::consent::{AgeBand, ConsentRequest, ConsentState};
use protocol::disclosure::DisclosureState;
use protocol::follow_up::Mark;
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::{EndReason, SignalState};
use tests::{
    COVENANT, Child, Export, Guardian, Professional, Region, Sector, Settings, assert_sound, child, refusal,
};

const ACTIVE: Option<SignalState> = Some(SignalState::Active);
const PAUSED: Option<SignalState> = Some(SignalState::Paused);
const ENDED: Option<SignalState> = Some(SignalState::Ended);
const EXPIRED: Option<SignalState> = Some(SignalState::Expired);
const ARCHIVED: Option<SignalState> = Some(SignalState::Archived);
const DESTROYED: Option<SignalState> = None;

/// A region with four organisations in which nothing happens by itself.
struct Years {
    region: Region,
    school: Professional,
    help: Professional,
    health: Professional,
    childcare: Professional,
    elder: Child,
    younger: Child,
}

/// A signal and whose it is.
#[derive(Clone, Copy)]
struct Given<'y> {
    by: &'y Professional,
    id: Id,
}

impl Years {
    async fn begin() -> Self {
        let region = Region::with(Settings {
            covenant: "notice_interval_minutes = 15".to_owned(),
            beginning: "2027-03-01T09:00:00+01:00".parse().unwrap(),
            drivers: false,
            ..Settings::default()
        })
        .await;
        let casework = region.casework.clone();
        tokio::spawn(async move { casework.take_submissions_only().await });
        region.casework.sequence_once().await.unwrap();
        Self {
            school: region
                .professional("Basisschool Zonnewijzer", Sector::Education)
                .await,
            help: region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
            health: region
                .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
                .await,
            childcare: region
                .professional("Kinderopvang De Vlinder", Sector::Childcare)
                .await,
            elder: child(1),
            younger: child(2),
            region,
        }
    }

    /// Every driver takes steps until none has anything left.
    async fn step(&self) {
        let casework = &self.region.casework;
        loop {
            let done = casework.match_once().await.unwrap()
                + casework.ask_advice_once().await.unwrap()
                + casework.settle_soft_matches_once().await.unwrap()
                + casework.follow_up_once().await.unwrap()
                + casework.note_unread_once().await.unwrap()
                + casework.step_disclosures_once().await.unwrap()
                + casework.retire_once().await.unwrap();
            while casework.sequence_once().await.unwrap().is_some() {}
            while casework.count_once().await.unwrap() > 0 || casework.publish_once().await.unwrap() {}
            if done == 0 {
                return;
            }
        }
    }

    async fn at(&self, time: &str) {
        self.region.at(time).await;
        self.step().await;
    }

    /// Gives a signal, of which the family is told at once.
    async fn gives<'y>(&self, by: &'y Professional, child: &Child, month: &str, until: &str) -> Given<'y> {
        let given = self.gives_untold(by, child, month, until).await;
        by.tells_the_family(given.id).await;
        self.step().await;
        given
    }

    async fn gives_untold<'y>(
        &self,
        by: &'y Professional,
        child: &Child,
        month: &str,
        until: &str,
    ) -> Given<'y> {
        let mut signal = by.new_signal(child, until);
        signal.destroy_by = month.parse().unwrap();
        let submitted = by.partner.submit_signal(&signal, None).await.unwrap();
        let id = submitted.signal().id;
        self.step().await;
        Given { by, id }
    }

    /// Whether a signal changes at this very instant: ten seconds before it is as it was, whatever the drivers do; then it
    /// is otherwise for who looks before any driver did, and stays so when they have.
    async fn turns(&self, time: &str, signal: Given<'_>, from: Option<SignalState>, to: Option<SignalState>) {
        let time: Timestamp = time.parse().unwrap();
        self.at(&(time - SignedDuration::from_secs(10)).to_string()).await;
        assert_eq!(signal.state().await, from, "before {time}");
        self.region.at(&time.to_string()).await;
        assert_eq!(signal.state().await, to, "at {time}");
        self.step().await;
        assert_eq!(signal.state().await, to, "at {time}, written down");
    }

    /// The instant that a question finds.
    async fn instant(&self, sql: &str) -> Timestamp {
        let sql = format!(
            "SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM ({sql}) AS q (t)"
        );
        let mut found = self.region.texts(&sql).await;
        assert_eq!(found.len(), 1, "{sql}");
        found.remove(0).parse().unwrap()
    }

    /// When the archive lets go of the signal that is in it since last.
    async fn archive_ends(&self) -> Timestamp {
        self.instant(
            "SELECT archive_until FROM signal WHERE state = 'archived'
                       ORDER BY coalesce(ended_at, expires_at) DESC LIMIT 1",
        )
        .await
    }

    /// How many rows there are of children, in all tables that have any.
    async fn rows_of_children(&self) -> BTreeMap<String, i64> {
        let tables = self
            .region
            .texts(
                "SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'subject_id'",
            )
            .await;
        assert!(tables.len() > 20, "{tables:?}");
        let mut rows = BTreeMap::new();
        for table in tables.into_iter().chain(["subject".to_owned()]) {
            let count = self.region.count(&format!("SELECT count(*) FROM {table}")).await;
            if count > 0 {
                rows.insert(table, count);
            }
        }
        rows
    }

    async fn children(&self) -> i64 {
        self.region.count("SELECT count(*) FROM subject").await
    }
}

impl Given<'_> {
    async fn state(self) -> Option<SignalState> {
        match self.by.partner.signal(self.id).await {
            Ok(signal) => Some(signal.state),
            Err(error) if error.problem_type() == Some(ProblemType::NotFound) => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    async fn ended_at(self) -> Option<Timestamp> {
        self.by.partner.signal(self.id).await.unwrap().ended_at
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// The minute of an instant: acts of people take a second or two.
fn minute(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second() - time.as_second().rem_euclid(60)).unwrap()
}

/// Both are told that a match opened at this instant, and of nothing else; gives the match.
async fn meet(time: &str, parties: [&Professional; 2]) -> Id {
    let mut matches = Vec::new();
    for party in parties {
        let told = party.is_told(1).await;
        assert_eq!(
            (told[0].kind, told[0].created_at),
            (NoticeKind::MatchOpened, at(time))
        );
        matches.push(told[0].match_id.unwrap());
        party.clears_the_inbox().await;
    }
    assert_eq!(matches[0], matches[1]);
    matches[0]
}

async fn agree(letters: &mut [Guardian]) {
    for letter in letters {
        letter.agrees().await;
    }
}

/// Until when the letters of a request can be used, in their order.
fn letters_end(request: &ConsentRequest) -> Vec<Timestamp> {
    request
        .invitations
        .iter()
        .map(|letter| letter.valid_until)
        .collect()
}

async fn is_closed(party: &Professional, match_id: Id, because: ClosedBecause) {
    let seen = party.sees(match_id).await;
    assert_eq!(seen.exchange.closed_because, Some(because));
    assert!(!seen.exchange.open);
}

const ELDERS_MONTH: &str = "2034-06";
const YOUNGERS_MONTH: &str = "2039-02";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_children_of_a_family_through_eight_years() {
    let mut years = Years::begin().await;
    let supervisor = years.region.supervisor().await;
    let (school, help) = spring_and_summer_of_2027(&years).await;
    let (childcare, health, match_id) = autumn_of_2027(&years, school).await;
    leap_year_2028(&years, [school, childcare, health], match_id).await;
    years_of_silence(&years, help, match_id).await;
    let (school, health) = from_2031_to_the_summer_of_2032(&years, [childcare, health]).await;
    archives_run_out(&years, school, health).await;
    until_the_month_of_the_birthday(&years, help).await;

    years.at("2035-03-01T09:00:00+01:00").await;
    assert_eq!(years.rows_of_children().await, BTreeMap::new());
    let said = "SELECT count(*) FROM audit.opening o JOIN audit.leaf l USING (event_id)
                 WHERE convert_from(l.leaf, 'UTF8')::json ->> 'e'
                       ~ '^(signal|disclosure|archive|match|notice|follow_up|consent|content)[.]'";
    assert_eq!(
        years.region.count(said).await,
        0,
        "the log can say no more of them"
    );
    for table in ["erasure_task", "match_task"] {
        let left = format!("SELECT count(*) FROM {table}");
        assert_eq!(years.region.count(&left).await, 0, "{table}");
    }
    years.region.start_drivers();
    assert_sound(&years.region).await;
    each_leaf_is_there(&supervisor.verifies().await);
}

/// The elder: a school and youth help meet before Easter; on the 16th birthday the young person decides alone.
async fn spring_and_summer_of_2027(years: &Years) -> (Given<'_>, Given<'_>) {
    years.at("2027-03-01T10:00:00+01:00").await;
    let of_school = years
        .gives(&years.school, &years.elder, ELDERS_MONTH, "2027-12-01")
        .await;
    let destroy = years.instant("SELECT destroy_at FROM signal").await;
    assert_eq!(destroy, at("2034-06-01T00:00:00+02:00"));

    // 730 days from 24 March 2027 have a leap day in them.
    years.at("2027-03-24T10:05:00+01:00").await;
    let mut too_long = years.help.new_signal(&years.elder, "2029-03-24");
    too_long.destroy_by = ELDERS_MONTH.parse().unwrap();
    assert_eq!(
        refusal(years.help.partner.submit_signal(&too_long, None).await),
        ProblemType::InvalidRequest
    );
    let of_help = years
        .gives(&years.help, &years.elder, ELDERS_MONTH, "2029-03-23")
        .await;
    years.at("2027-03-24T10:14:50+01:00").await;
    assert!(years.school.inbox().await.is_empty());
    years.at("2027-03-24T10:15:00+01:00").await;
    let match_id = meet("2027-03-24T10:15:00+01:00", [&years.school, &years.help]).await;
    // Thursday 25 March; not Good Friday, not Easter Monday; 30 and 31 March, 1 and 2 April.
    let due = years.school.sees(match_id).await.contact_deadline;
    assert_eq!(due, Some(at("2027-04-03T00:00:00+02:00")));
    years.at("2027-03-30T10:00:00+02:00").await;
    for party in [&years.school, &years.help] {
        party.confirms_contact(match_id).await;
    }

    years.at("2027-06-01T10:00:00+02:00").await;
    let asked = years
        .school
        .tries_to_ask_consent(match_id, AgeBand::From12To15, 2, Some("2027-06-15"))
        .await
        .unwrap();
    assert_eq!(
        letters_end(&asked)[..2],
        [at("2027-06-15T00:00:00+02:00"); 2],
        "guardians until the birthday"
    );
    let mut letters = Guardian::of(&years.region, &asked);
    agree(&mut letters).await;
    let given = years.help.sees_request(match_id, asked.id).await;
    assert_eq!(given.valid_until, Some(at("2027-06-15T00:00:00+02:00")));
    let message = years.school.writes(match_id, &years.help, "Gelezen.").await;
    assert_eq!(years.help.reads(match_id, message).await, "Gelezen.");
    years.school.writes(match_id, &years.help, "Nooit gelezen.").await;
    years.at("2027-06-14T23:59:50+02:00").await;
    assert!(years.help.sees(match_id).await.exchange.open);
    years.region.at("2027-06-15T00:00:00+02:00").await;
    is_closed(&years.help, match_id, ClosedBecause::ConsentExpired).await;
    years.step().await;
    is_closed(&years.help, match_id, ClosedBecause::ConsentExpired).await;
    assert!(
        letters[0]
            .enters()
            .await
            .says("Deze sleutel en pincode werken niet")
    );

    // 365 days from 16 June 2027 end a day early, since 2028 is a leap year.
    years.at("2027-06-16T10:00:00+02:00").await;
    let asked = years.school.asks_consent(match_id, AgeBand::From16, 0).await;
    agree(&mut Guardian::of(&years.region, &asked)).await;
    let given = years.help.sees_request(match_id, asked.id).await;
    assert_eq!(
        minute(given.valid_until.unwrap()),
        at("2028-06-15T10:00:00+02:00")
    );
    assert!(years.help.sees(match_id).await.exchange.open);
    (of_school, of_help)
}

/// The younger: two signals in the night in which the clock goes back. The elder: the first signal ends.
async fn autumn_of_2027<'y>(years: &'y Years, of_school: Given<'_>) -> (Given<'y>, Given<'y>, Id) {
    years.at("2027-10-30T10:00:00+02:00").await;
    let of_childcare = years
        .gives(&years.childcare, &years.younger, YOUNGERS_MONTH, "2028-10-29")
        .await;
    // 02:50 comes twice; this is the second.
    years.at("2027-10-31T02:50:00+01:00").await;
    let of_health = years
        .gives(&years.health, &years.younger, YOUNGERS_MONTH, "2028-03-26")
        .await;
    years.at("2027-10-31T03:00:00+01:00").await;
    let match_id = meet("2027-10-31T02:00:00Z", [&years.childcare, &years.health]).await;
    // It is Sunday; five working days are Monday to Friday.
    let due = years.health.sees(match_id).await.contact_deadline;
    assert_eq!(due, Some(at("2027-11-06T00:00:00+01:00")));
    years.at("2027-11-02T10:00:00+01:00").await;
    for party in [&years.childcare, &years.health] {
        party.confirms_contact(match_id).await;
    }

    years
        .turns("2027-12-01T00:00:00+01:00", of_school, ACTIVE, EXPIRED)
        .await;
    assert_eq!(of_school.ended_at().await, Some(at("2027-11-30T23:00:00Z")));
    for party in [&years.school, &years.help] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    }
    years
        .turns("2027-12-02T00:00:00+01:00", of_school, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2032-12-01T00:00:00+01:00"));
    (of_childcare, of_health, match_id)
}

/// 29 February 2028 is the younger's 12th birthday, and the day on which a signal about the elder ends; three weeks after
/// it the clock goes forward, and in October back, on days on which signals about the younger end.
async fn leap_year_2028(
    years: &Years,
    [of_school, of_childcare, of_health]: [Given<'_>; 3],
    youngers_match: Id,
) {
    years.at("2028-02-20T10:00:00+01:00").await;
    let asked = years
        .childcare
        .tries_to_ask_consent(youngers_match, AgeBand::Under12, 2, Some("2028-02-29"))
        .await
        .unwrap();
    assert_eq!(
        letters_end(&asked),
        [
            at("2028-02-29T00:00:00+01:00"),
            at("2028-02-29T00:00:00+01:00"),
            // 28 days from the birthday; the clock has gone forward by then.
            at("2028-03-28T00:00:00+02:00"),
        ]
    );
    let mut letters = Guardian::of(&years.region, &asked);
    years.at("2028-02-21T10:00:00+01:00").await;
    letters[0].agrees().await;

    // The elder: the archive tells health care once of the school's, and health care meets youth help.
    years.at("2028-02-28T10:01:00+01:00").await;
    let short = years
        .gives(&years.health, &years.elder, ELDERS_MONTH, "2028-02-29")
        .await;
    assert!(years.health.inbox().await.is_empty());
    years.at("2028-02-28T10:15:00+01:00").await;
    let told = years.health.is_told(2).await;
    let of_archive = told
        .iter()
        .find(|notice| notice.kind == NoticeKind::ArchivedSignal)
        .unwrap();
    assert_eq!(of_archive.created_at, at("2028-02-28T10:15:00+01:00"));
    let opened = years.health.opens(of_archive.id).await.unwrap();
    assert_eq!(opened.organisation.as_deref(), Some("Basisschool Zonnewijzer"));
    assert_eq!(opened.from, protocol::text::date("2027-03-01").unwrap());
    assert_eq!(opened.to, protocol::text::date("2027-12-01").unwrap());
    years
        .health
        .partner
        .acknowledge_notice(of_archive.id, None)
        .await
        .unwrap();
    let elders_match = meet("2028-02-28T10:15:00+01:00", [&years.health, &years.help]).await;
    // Tuesday 29 February to Monday 6 March.
    let due = years.help.sees(elders_match).await.contact_deadline;
    assert_eq!(due, Some(at("2028-03-07T00:00:00+01:00")));

    // The younger is not yet twelve; ten seconds later both things happen at once.
    let request = async || years.health.sees_request(youngers_match, asked.id).await;
    years.at("2028-02-28T23:59:50+01:00").await;
    assert_eq!(request().await.state, ConsentState::Requested);
    years
        .turns("2028-02-29T00:00:00+01:00", short, ACTIVE, EXPIRED)
        .await;
    assert_eq!(short.ended_at().await, Some(at("2028-02-28T23:00:00Z")));
    assert_eq!(years.help.sees(elders_match).await.state, MatchState::Closed);
    for party in [&years.health, &years.help] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    }
    let superseded = request().await;
    assert_eq!(superseded.state, ConsentState::SupersededByAge);
    let successor = superseded.superseded_by.unwrap();
    let asked = years.health.sees_request(youngers_match, successor).await;
    assert_eq!(asked.requested_at, at("2028-02-29T00:00:00+01:00"));

    // The day after 29 February is 1 March; five years later there is no 29 February.
    years
        .turns("2028-03-01T00:00:00+01:00", short, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2033-02-28T00:00:00+01:00"));
    years.at("2028-03-01T10:00:00+01:00").await;
    letters[2].agrees().await;
    assert!(!years.health.sees(youngers_match).await.exchange.open);
    letters[1].agrees().await;
    assert!(years.health.sees(youngers_match).await.exchange.open);
    let given = years.health.sees_request(youngers_match, successor).await;
    assert_eq!(
        minute(given.valid_until.unwrap()),
        at("2029-03-01T10:00:00+01:00")
    );
    years
        .childcare
        .writes(youngers_match, &years.health, "Nooit gelezen.")
        .await;

    // Health care's ends on the day on which the clock goes forward: at midnight it has not yet, a day later it has.
    years
        .turns("2028-03-26T00:00:00+01:00", of_health, ACTIVE, EXPIRED)
        .await;
    assert_eq!(
        years.childcare.sees(youngers_match).await.state,
        MatchState::Closed
    );
    for party in [&years.childcare, &years.health] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    }
    let kept = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL AND fetched_at IS NULL";
    assert_eq!(years.region.count(kept).await, 0);
    years
        .turns("2028-03-27T00:00:00+02:00", of_health, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2033-03-26T00:00:00+01:00"));

    // Thirty days after the notice, on the clock of the day: the one about the school's lay in February.
    years
        .turns("2028-03-29T10:15:00+02:00", of_school, ARCHIVED, DESTROYED)
        .await;
    years
        .turns("2028-10-29T00:00:00+02:00", of_childcare, ACTIVE, EXPIRED)
        .await;
    years
        .turns("2028-10-30T00:00:00+01:00", of_childcare, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2033-10-29T00:00:00+02:00"));
}

/// The last signal of the first years ends. The consents that stood end too, though nobody is left to use them.
async fn years_of_silence(years: &Years, of_help: Given<'_>, youngers_match: Id) {
    years.at("2029-03-01T10:05:00+01:00").await;
    let expired = "SELECT count(*) FROM consent WHERE state = 'expired'";
    assert_eq!(years.region.count(expired).await, 3);
    years
        .turns("2029-03-23T00:00:00+01:00", of_help, ACTIVE, EXPIRED)
        .await;
    years
        .turns("2029-03-24T00:00:00+01:00", of_help, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2034-03-23T00:00:00+01:00"));
    let seen = years.childcare.partner.match_case(youngers_match).await;
    assert!(
        seen.is_ok(),
        "who was in a match sees it as long as its signal is kept"
    );
    assert_eq!(years.children().await, 2);

    // From now on what ends is kept for a year; what is in the archive already stays as long as was said.
    years.at("2030-01-01T10:00:00+01:00").await;
    years
        .region
        .apply_covenant(COVENANT, "notice_interval_minutes = 15\narchive_years = 1")
        .await;
    years.at("2030-06-01T10:00:00+02:00").await;
    assert_eq!(of_help.state().await, ARCHIVED);
    assert_eq!(years.archive_ends().await, at("2034-03-23T00:00:00+01:00"));
}

/// The younger again: what lay in the archive is told of and goes, and 29 February 2032 is the 16th birthday.
async fn from_2031_to_the_summer_of_2032<'y>(
    years: &'y Years,
    [of_childcare, of_health]: [Given<'_>; 2],
) -> (Given<'y>, Given<'y>) {
    // The first quarter of the hour after the one that is skipped.
    years.at("2031-03-30T01:50:00+01:00").await;
    let by_school = years
        .gives(&years.school, &years.younger, YOUNGERS_MONTH, "2032-10-31")
        .await;
    years.at("2031-03-30T03:00:00+02:00").await;
    let told = years.school.is_told(2).await;
    for notice in &told {
        assert_eq!(notice.kind, NoticeKind::ArchivedSignal);
        assert_eq!(notice.created_at, at("2031-03-30T01:00:00Z"));
    }
    years.school.clears_the_inbox().await;
    years.at("2031-04-01T10:01:00+02:00").await;
    let by_health = years
        .gives(&years.health, &years.younger, YOUNGERS_MONTH, "2032-12-01")
        .await;
    years.at("2031-04-01T10:15:00+02:00").await;
    let match_id = meet("2031-04-01T10:15:00+02:00", [&years.school, &years.health]).await;
    // Wednesday 2 to Tuesday 8 April; Good Friday is the 11th.
    let due = years.school.sees(match_id).await.contact_deadline;
    assert_eq!(due, Some(at("2031-04-09T00:00:00+02:00")));
    for party in [&years.school, &years.health] {
        party.confirms_contact(match_id).await;
    }
    // Thirty days from 30 March, 03:00.
    years
        .turns("2031-04-29T03:00:00+02:00", of_childcare, ARCHIVED, DESTROYED)
        .await;
    assert_eq!(of_health.state().await, DESTROYED);
    assert_eq!(
        years
            .region
            .count(
                "SELECT count(*) FROM match_case m JOIN signal g USING (subject_id) WHERE g.state = 'active'"
            )
            .await,
        2,
        "the younger's first match went with them"
    );

    years.at("2032-02-10T10:00:00+01:00").await;
    let asked = years
        .health
        .tries_to_ask_consent(match_id, AgeBand::From12To15, 1, Some("2032-02-29"))
        .await
        .unwrap();
    let ends = letters_end(&asked);
    assert_eq!(ends[0], at("2032-02-29T00:00:00+01:00"));
    let mut letters = Guardian::of(&years.region, &asked);
    years.at("2032-02-12T10:00:00+01:00").await;
    letters[0].agrees().await;
    years.at("2032-02-28T23:59:50+01:00").await;
    let state = years.school.sees_request(match_id, asked.id).await.state;
    assert_eq!(state, ConsentState::Requested);
    years.region.at("2032-02-29T00:00:00+01:00").await;
    let superseded = years.school.sees_request(match_id, asked.id).await;
    assert_eq!(superseded.state, ConsentState::SupersededByAge);
    years.step().await;
    assert!(
        letters[0]
            .enters()
            .await
            .says("Deze sleutel en pincode werken niet")
    );
    years.at("2032-03-01T10:00:00+01:00").await;
    letters[1].agrees().await;
    let given = years
        .school
        .sees_request(match_id, superseded.superseded_by.unwrap())
        .await;
    assert_eq!(given.state, ConsentState::Given);
    assert_eq!(
        minute(given.valid_until.unwrap()),
        at("2033-03-01T10:00:00+01:00")
    );
    years
        .school
        .writes(match_id, &years.health, "Nooit gelezen.")
        .await;
    years.at("2032-06-01T10:00:00+02:00").await;
    letters[1].enters().await;
    letters[1].withdraws().await;
    is_closed(&years.school, match_id, ClosedBecause::ConsentWithdrawn).await;

    years.at("2032-08-01T12:00:00+02:00").await;
    let ending = years.health.ends(by_health.id, EndReason::Resolved).await;
    assert_eq!(minute(ending.ended_at), at("2032-08-01T12:00:00+02:00"));
    years.at("2032-08-01T12:15:00+02:00").await;
    for party in [&years.school, &years.health] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::MatchClosed]);
    }
    years
        .turns("2032-08-02T00:00:00+02:00", by_health, ENDED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2033-08-01T00:00:00+02:00"));
    // 31 October 2032 is the day on which the clock goes back, and begins before it does.
    years
        .turns("2032-10-31T00:00:00+02:00", by_school, ACTIVE, EXPIRED)
        .await;
    years
        .turns("2032-11-01T00:00:00+01:00", by_school, EXPIRED, ARCHIVED)
        .await;
    assert_eq!(years.archive_ends().await, at("2033-10-31T00:00:00+01:00"));
    (by_school, by_health)
}

/// Nobody signals: each goes when its time in the archive is over, and the younger with the last.
async fn archives_run_out(years: &Years, by_school: Given<'_>, by_health: Given<'_>) {
    let in_archive = async || {
        years
            .region
            .count("SELECT count(*) FROM signal WHERE state = 'archived'")
            .await
    };
    years.at("2033-02-27T23:59:50+01:00").await;
    assert_eq!(in_archive().await, 4);
    // Health care's about the elder, that ended on 29 February.
    years.at("2033-02-28T00:00:00+01:00").await;
    assert_eq!(in_archive().await, 3);
    years
        .turns("2033-08-01T00:00:00+02:00", by_health, ARCHIVED, DESTROYED)
        .await;
    assert_eq!(years.children().await, 2);
    years
        .turns("2033-10-31T00:00:00+01:00", by_school, ARCHIVED, DESTROYED)
        .await;
    assert_eq!(years.children().await, 1, "the younger is gone");
}

/// The elder: youth help once more, of which its own archive tells it nothing; a school that does not tell the family and
/// does not call; and on the first of the month of the 23rd birthday everything goes.
async fn until_the_month_of_the_birthday(years: &Years, of_help: Given<'_>) {
    years.at("2033-11-01T10:01:00+01:00").await;
    let mut too_long = years.help.new_signal(&years.elder, "2034-06-02");
    too_long.destroy_by = ELDERS_MONTH.parse().unwrap();
    assert_eq!(
        refusal(years.help.partner.submit_signal(&too_long, None).await),
        ProblemType::InvalidRequest,
        "it would last longer than may be kept"
    );
    let by_help = years
        .gives(&years.help, &years.elder, ELDERS_MONTH, "2034-06-01")
        .await;
    years.at("2033-11-01T10:15:00+01:00").await;
    assert!(years.help.inbox().await.is_empty());
    years
        .turns("2034-03-23T00:00:00+01:00", of_help, ARCHIVED, DESTROYED)
        .await;

    // The night in which the clock goes forward: the next quarter of an hour is at three.
    years.at("2034-03-26T01:50:00+01:00").await;
    let by_school = years
        .gives_untold(&years.school, &years.elder, ELDERS_MONTH, "2034-06-01")
        .await;
    years.at("2034-03-26T03:00:00+02:00").await;
    let match_id = meet("2034-03-26T01:00:00Z", [&years.school, &years.help]).await;
    let due = years.help.sees(match_id).await.contact_deadline;
    assert_eq!(due, Some(at("2034-04-01T00:00:00+02:00")));
    years.at("2034-03-31T08:59:50+02:00").await;
    assert!(years.help.inbox().await.is_empty());
    years.at("2034-03-31T09:00:00+02:00").await;
    for party in [&years.school, &years.help] {
        assert_eq!(party.clears_the_inbox().await, [NoticeKind::ContactReminder]);
    }
    let officer = years.region.municipality();
    years.at("2034-04-02T23:59:50+02:00").await;
    assert!(officer.tasks().await.is_empty(), "not before Monday");
    years.at("2034-04-03T00:00:00+02:00").await;
    let task = officer.task().await;
    assert_eq!(task.since, at("2034-04-03T00:00:00+02:00"));
    assert_eq!(task.case_reference, match_id);
    officer.marks(&task, Mark::CalledBoth).await;

    // Fourteen days end on Easter Sunday; three working days ahead of it is Tuesday, since Friday is none.
    for day in ["2034-04-04", "2034-04-09"] {
        years.at(&format!("{day}T08:59:50+02:00")).await;
        assert!(years.school.inbox().await.is_empty(), "{day}");
        years.at(&format!("{day}T09:00:00+02:00")).await;
        assert_eq!(
            years.school.clears_the_inbox().await,
            [NoticeKind::DisclosureReminder],
            "{day}"
        );
    }
    years
        .turns("2034-04-10T00:00:00+02:00", by_school, ACTIVE, PAUSED)
        .await;
    years.at("2034-04-11T10:00:00+02:00").await;
    years.school.tells_the_family(by_school.id).await;
    let seen = years.school.partner.signal(by_school.id).await.unwrap();
    assert_eq!(seen.state, SignalState::Active);
    assert_eq!(seen.disclosure.unwrap().state, DisclosureState::Recorded);

    years
        .turns("2034-06-01T00:00:00+02:00", by_school, ACTIVE, DESTROYED)
        .await;
    assert_eq!(by_help.state().await, DESTROYED);
    for party in [&years.school, &years.help] {
        assert!(party.inbox().await.is_empty() && party.matches().await.is_empty());
    }
    assert_eq!(years.children().await, 0);
}

/// Every act and every end once, and nothing else but who looked.
fn each_leaf_is_there(export: &Export) {
    let mut counts = export.counts();
    counts.retain(|event, _| {
        let about_a_child = [
            "signal.",
            "disclosure.",
            "archive.",
            "match.",
            "notice.",
            "follow_up.",
            "consent.",
            "content.",
        ];
        about_a_child.iter().any(|name| event.starts_with(name)) && !event.ends_with(".viewed")
    });
    let expected = [
        ("signal.submitted", 9),
        ("disclosure.recorded", 9),
        ("disclosure.reminded", 2),
        ("signal.paused", 1),
        ("signal.resumed", 1),
        ("signal.expired", 6),
        ("signal.ended", 1),
        ("signal.archived", 7),
        ("signal.destroyed", 9),
        ("archive.noticed", 3),
        ("archive.opened", 1),
        ("match.opened", 5),
        ("match.contact_confirmed", 6),
        ("match.left", 6),
        ("match.closed", 5),
        ("follow_up.reminded", 1),
        ("follow_up.escalated", 1),
        ("follow_up.marked", 1),
        ("consent.requested", 6),
        ("consent.superseded_by_age", 2),
        ("consent.given", 4),
        ("consent.withdrawn", 1),
        ("consent.expired", 3),
        ("content.sent", 4),
        ("content.read", 1),
        ("content.destroyed", 4),
    ];
    for (event, times) in expected {
        assert_eq!(counts.remove(event), Some(times), "{event}");
    }
    counts.retain(|event, _| {
        !event.starts_with("notice.") && !["consent.opened", "consent.signed"].contains(event)
    });
    assert_eq!(counts, BTreeMap::new(), "nothing that nobody did");

    let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
    for leaf in export.of("signal.destroyed") {
        *gone.entry(leaf["to"].as_str().unwrap()).or_default() += 1;
    }
    let expected = [
        ("destroyed(age_limit)", 2),
        ("destroyed(archive_noticed)", 3),
        ("destroyed(archive_over)", 4),
    ];
    assert_eq!(gone, expected.into_iter().collect());
    for leaf in export.of("match.closed") {
        assert_eq!(leaf["to"], "closed(signals_ended)");
    }
}
