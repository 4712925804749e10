//! What becomes of messages when the exchange closes: by a no, by time, by somebody leaving, by the lead. Nothing can be read
//! from that moment on, nothing stays that could be, and everyone sees what closed it for what they had.

use jiff::SignedDuration;
use protocol::exchange::{ContentClosedBecause, MessageState, MessageSummary};
use protocol::match_case::Outcome;
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use protocol::signal::EndReason;
use protocol::{Id, consent::AgeBand};
use tests::{Guardian, Http, Professional, Region, Sector, refusal};

use crate::Met;

const ALL: PageQuery = PageQuery {
    limit: PageQuery::MAX_LIMIT,
    cursor: None,
};

/// What a party is shown of a message, and what the service answers to who asks for it.
impl Met {
    async fn listed(&self, by: &Professional, message: Id) -> MessageSummary {
        let listed = by.partner.messages(self.match_id, &ALL).await.unwrap().items;
        let found = listed.into_iter().find(|item| item.message_id == message);
        found.expect("a message that its sender and its recipient know stays listed")
    }

    /// As a system that does not look at consent itself.
    async fn asks_for(&self, by: &Professional, message: Id) -> String {
        let path = format!("/v1/matches/{}/messages/{message}", self.match_id);
        let answer = Http::new(&self.region.url)
            .get(&path, &[("authorization", &by.bearer().await)])
            .await;
        match answer.status {
            200 => "content".to_owned(),
            _ => answer.slug().to_owned(),
        }
    }

    /// One that was fetched and one that was not, from childcare to another.
    async fn two_messages_to(&self, to: &Professional) -> [Id; 2] {
        let fetched = self.childcare.writes(self.match_id, to, "Opgehaald.").await;
        assert_eq!(to.reads(self.match_id, fetched).await, "Opgehaald.");
        [
            fetched,
            self.childcare.writes(self.match_id, to, "Blijft liggen.").await,
        ]
    }

    /// How many messages have content.
    async fn sealed(&self) -> i64 {
        self.region
            .count("SELECT count(*) FROM message WHERE ciphertext IS NOT NULL")
            .await
    }

    /// Both parties see of each what closed it; what was fetched stays known as fetched.
    async fn are_marked(
        &self,
        by: &[&Professional],
        messages: [Id; 2],
        because: ContentClosedBecause,
        at: &str,
    ) {
        for party in by {
            for (message, state) in messages
                .into_iter()
                .zip([MessageState::Fetched, MessageState::Destroyed])
            {
                let listed = self.listed(party, message).await;
                let closed = listed.closed.expect("what closed it is told");
                assert_eq!((listed.state, closed.because), (state, because));
                assert_eq!(closed.at, at.parse().unwrap());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_withdrawal_nothing_is_left_and_everything_is_marked() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (_, mut guardian) = met.open().await;
    let messages = met.two_messages_to(&met.health).await;
    met.region.at("2027-03-05T14:00:00+01:00").await;
    guardian.withdraws().await;
    // In the transaction of the withdrawal: no driver has to come by.
    assert_eq!(met.sealed().await, 0);
    for message in messages {
        assert_eq!(met.asks_for(&met.health, message).await, "consent-missing");
    }
    for party in [&met.childcare, &met.health] {
        for message in messages {
            let listed = met.listed(party, message).await;
            assert_eq!(
                listed.closed.unwrap().because,
                ContentClosedBecause::ConsentWithdrawn
            );
            let at = listed.consent_withdrawn_at.expect("the mark");
            assert_eq!(at, listed.closed.unwrap().at);
            assert!(at >= "2027-03-05T14:00:00+01:00".parse().unwrap());
        }
    }
    assert_eq!(
        met.listed(&met.health, messages[0]).await.state,
        MessageState::Fetched
    );
    assert_eq!(
        met.listed(&met.health, messages[1]).await.state,
        MessageState::Destroyed
    );
    let export = supervisor.verifies().await;
    assert_eq!(export.counts()["content.destroyed"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consent_that_reaches_its_end_closes_on_the_instant_and_takes_everything_along() {
    let lines = "notice_interval_minutes = 0\nconsent_days = 30";
    let met = Met::in_region(Region::with_covenant(lines).await).await;
    let supervisor = met.region.supervisor().await;
    let (request, _) = met.open().await;
    let messages = met.two_messages_to(&met.health).await;
    let given = met.health.sees_request(met.match_id, request.id).await;
    let until = given.valid_until.unwrap();
    // The last second counts.
    let before = (until - SignedDuration::from_secs(1)).to_string();
    met.region.at(&before).await;
    assert_eq!(met.asks_for(&met.health, messages[0]).await, "content");
    met.region.at(&until.to_string()).await;
    for message in messages {
        assert_eq!(met.asks_for(&met.health, message).await, "consent-missing");
    }
    while met.region.casework.end_consents_once().await.unwrap() > 0 {}
    assert_eq!(met.sealed().await, 0);
    let (both, because) = (
        [&met.childcare, &met.health],
        ContentClosedBecause::ConsentExpired,
    );
    met.are_marked(&both, messages, because, &until.to_string()).await;
    let counts = supervisor.verifies().await;
    assert_eq!(counts.counts()["content.destroyed"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_leaves_takes_along_what_was_sealed_for_and_by_it_and_nothing_of_others() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&met.child).await;
    school.is_told_of_a_match().await;
    school.confirms_contact(met.match_id).await;
    met.open().await;
    let messages = met.two_messages_to(&school).await;
    let from_school = school.writes(met.match_id, &met.health, "Van de school.").await;
    assert_eq!(
        met.health.reads(met.match_id, from_school).await,
        "Van de school."
    );
    let others = met
        .childcare
        .writes(met.match_id, &met.health, "Van de anderen.")
        .await;

    school.ends(signal.id, EndReason::Unjustified).await;
    met.region.quiet().await;
    assert_eq!(met.sealed().await, 1, "what passes between the others stays");
    for message in messages {
        let listed = met.listed(&met.childcare, message).await;
        assert_eq!(listed.closed.unwrap().because, ContentClosedBecause::SignalEnded);
    }
    // Its recipient knows that it fetched something, and no longer has it from here.
    let listed = met.listed(&met.health, from_school).await;
    assert_eq!(listed.state, MessageState::Fetched);
    assert_eq!(met.asks_for(&met.health, from_school).await, "consent-missing");
    assert_eq!(met.health.reads(met.match_id, others).await, "Van de anderen.");

    // Back, and asked anew with everyone: what was sealed before stays closed.
    school.signals(&met.child).await;
    met.region.quiet().await;
    school.confirms_contact(met.match_id).await;
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    Guardian::of(&met.region, &larger)[0].agrees().await;
    for (by, message) in [
        (&school, messages[0]),
        (&school, messages[1]),
        (&met.health, from_school),
    ] {
        assert_eq!(met.asks_for(by, message).await, "consent-missing");
    }
    assert_eq!(met.health.reads(met.match_id, others).await, "Van de anderen.");
    let new = met.childcare.writes(met.match_id, &school, "Opnieuw.").await;
    assert_eq!(school.reads(met.match_id, new).await, "Opnieuw.");
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_lead_closes_the_exchange_closes_with_it() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.health.leads(met.match_id, &met.childcare).await;
    met.open().await;
    let messages = met.two_messages_to(&met.health).await;
    let closed = met
        .health
        .closes(met.match_id, Outcome::TunedIn, None)
        .await
        .unwrap();
    // At once; that the content goes follows within seconds.
    for message in messages {
        assert_eq!(met.asks_for(&met.health, message).await, "consent-missing");
    }
    let late = met
        .childcare
        .partner
        .send(met.match_id, met.health.organisation, b"te laat")
        .await;
    assert!([ProblemType::MatchClosed, ProblemType::ConsentMissing].contains(&refusal(late)));
    tests::eventually("what was sealed went", async || {
        (met.sealed().await == 0).then_some(())
    })
    .await;
    let (both, because) = ([&met.childcare, &met.health], ContentClosedBecause::MatchClosed);
    met.are_marked(&both, messages, because, &closed.closed_at.to_string())
        .await;
    let export = supervisor.verifies().await;
    assert_eq!(export.counts()["content.destroyed"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_sees_nothing_earlier_and_changes_nothing_also_when_its_request_is_refused() {
    let met = Met::start().await;
    met.open().await;
    let [fetched, waiting] = met.two_messages_to(&met.health).await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    school.is_told_of_a_match().await;
    for message in [fetched, waiting] {
        assert_eq!(met.asks_for(&school, message).await, "not-found");
        assert_eq!(met.listed(&met.health, message).await.closed, None);
    }
    assert_eq!(
        refusal(school.partner.messages(met.match_id, &ALL).await),
        ProblemType::ConsentMissing
    );
    school.confirms_contact(met.match_id).await;
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 2).await;
    let mut guardians = Guardian::of(&met.region, &larger);
    // Given by one of two it opens nothing, and closes nothing.
    guardians[0].agrees().await;
    assert_eq!(met.asks_for(&met.health, waiting).await, "content");
    let to_school = met
        .childcare
        .partner
        .send(met.match_id, school.organisation, b"x")
        .await;
    assert!(to_school.is_err());
    guardians[1].refuses().await;
    assert_eq!(met.health.reads(met.match_id, fetched).await, "Opgehaald.");
    let next = met.health.writes(met.match_id, &met.childcare, "Verder.").await;
    assert_eq!(met.childcare.reads(met.match_id, next).await, "Verder.");
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_last_signals_of_a_child_every_row_of_what_was_exchanged_goes() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.open().await;
    met.two_messages_to(&met.health).await;
    for party in [&met.childcare, &met.health] {
        let signals = party.partner.signals(&ALL).await.unwrap().items;
        party.ends(signals[0].id, EndReason::Unjustified).await;
    }
    met.region.quiet().await;
    for table in [
        "message",
        "message_part",
        "consent",
        "match_case",
        "signal",
        "subject",
    ] {
        let rows = met.region.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_a_match_was_handed_to_safeguarding_is_not_in_the_family_s_file() {
    let met = Met::start().await;
    met.health.leads(met.match_id, &met.childcare).await;
    let (_, guardian) = met.open().await;
    met.health
        .closes(met.match_id, Outcome::HandedToSafeguarding, Some("p-2"))
        .await
        .unwrap();
    assert_eq!(
        met.childcare.sees(met.match_id).await.closing.unwrap().outcome,
        Some(Outcome::HandedToSafeguarding),
        "the parties know"
    );
    let municipality = met.region.municipality();
    let asked = municipality
        .asks_for(&guardian.code, protocol::rights_request::Right::Access)
        .await
        .unwrap();
    municipality
        .answers(asked.id, protocol::rights_request::RightsAnswer::Given, None)
        .await
        .unwrap();
    let file = municipality.fetches_file(asked.id).await.unwrap();
    assert_eq!(file.matches.len(), 1);
    assert!(file.matches[0].closed_at.is_some());
    assert_eq!(file.matches[0].outcome, None);
    let text = format!("{file:?}").to_lowercase();
    for word in ["safeguarding", "veilig thuis", "p-2"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let read = municipality.reads_letter(&guardian.code).await.unwrap();
    assert!(!format!("{read:?}").to_lowercase().contains("safeguarding"));
}
