//! The robot: it plays the other organisations and the families of a sandbox, through the doors that everybody has.
//!
//! It knows nothing that a partner would not know: its own signals, its inbox, the matches it is a party in. Which child a
//! match is about it tells by the reference under which it gave its own signal.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use client::{Error, NetworkKey, NewSignal, Partner, PartnerKeys};
use identifiers::{Bsn, NetworkSecret};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use protocol::disclosure::{Channel, DisclosureSubmission, SpokenLanguage};
use protocol::match_case::LeadAnswer;
use protocol::notice::{Notice, NoticeKind};
use protocol::page::PageQuery;
use protocol::sandbox::{Behaviour, SandboxClock};
use protocol::sealed_message::SealingSecret;
use protocol::signal::{Contact, EndReason, SignalState};
use protocol::{Id, YearMonth};
use tokio::sync::{mpsc, watch};
use web::api::sandbox::Letters as Posted;

use super::SandboxError;
use super::letters::Letters;
use crate::credentials::{Credentials, Organisation};
use crate::data_directory::{DataDirectory, FIRST_EPOCH};
use crate::environment::Machine;
use crate::files::{self, Readers};

/// How often it looks around.
const PACE: Duration = Duration::from_secs(1);

/// The robot with everything it has.
pub(super) struct Robot {
    neighbours: Vec<Neighbour>,
    letters: Letters,
    base: String,
    zone: TimeZone,
    /// The day on which its signals were last seen to.
    seen_to: Option<Date>,
}

/// One of its organisations.
struct Neighbour {
    partner: Partner,
    behaviours: &'static [Behaviour],
    email: String,
    /// Its signals by the number of the child, on disk: nobody else can tell which is whose.
    signals: BTreeMap<String, Id>,
    file: PathBuf,
}

impl Robot {
    /// One for these organisations.
    pub(super) fn new(
        directory: &DataDirectory,
        credentials: &Credentials,
        neighbours: Vec<(Organisation, &'static [Behaviour])>,
    ) -> Result<Self, SandboxError> {
        let own = directory.path().join("robot");
        let neighbours = neighbours
            .into_iter()
            .map(|(organisation, behaviours)| Neighbour::new(credentials, &organisation, behaviours));
        Ok(Self {
            neighbours: neighbours.collect::<Result<_, _>>()?,
            letters: Letters::open(own.join("letters.json"))?,
            base: credentials.api_url.clone(),
            zone: domain::calendar::time_zone("Europe/Amsterdam")
                .map_err(|_| SandboxError::Robot("the time zone is unknown".to_owned()))?,
            seen_to: None,
        })
    }

    /// Looks around until it is sent home.
    pub(super) async fn run(mut self, mut post: mpsc::Receiver<Posted>, mut stopped: watch::Receiver<bool>) {
        loop {
            let posted = tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => return,
                posted = post.recv() => posted,
                () = tokio::time::sleep(PACE) => None,
            };
            let looked = async {
                if let Some(posted) = posted {
                    self.deliver(posted).await?;
                }
                self.look_around().await
            };
            if let Err(error) = looked.await {
                // What it did not do it does the next time it looks.
                tracing::warn!(%error, "the robot of the sandbox was kept from something");
            }
        }
    }

    /// Sees to it that each child of the sandbox has its signal.
    pub(super) async fn stand(&mut self) -> Result<(), SandboxError> {
        let clock = self.clock().await?;
        let today = clock.now.to_zoned(self.zone.clone()).date();
        if self.seen_to == Some(today) {
            return Ok(());
        }
        for neighbour in &mut self.neighbours {
            match neighbour.stand(today, &self.zone).await {
                // While the clock leaps, what was right today is not a moment later. It is tried again.
                Err(_) if clock.moving_to.is_some() => return Ok(()),
                stood => stood?,
            }
        }
        self.seen_to = Some(today);
        Ok(())
    }

    async fn look_around(&mut self) -> Result<(), SandboxError> {
        self.stand().await?;
        let now = self.clock().await?.now;
        for neighbour in &self.neighbours {
            neighbour.read_inbox().await?;
        }
        self.letters.act(&self.base, now).await
    }

    async fn clock(&self) -> Result<SandboxClock, SandboxError> {
        match self.neighbours.first() {
            Some(neighbour) => Ok(neighbour.partner.sandbox_clock().await?),
            None => Err(SandboxError::Robot("there is nobody to play".to_owned())),
        }
    }

    /// Brings letters to the family they are for, if it is one of the sandbox's own.
    async fn deliver(&mut self, posted: Posted) -> Result<(), SandboxError> {
        let now = self.clock().await?.now;
        for neighbour in &self.neighbours {
            if let Some(behaviour) = neighbour.behaviour_in(posted.match_id).await? {
                return self.letters.take(behaviour, posted.request.invitations, now);
            }
        }
        Ok(())
    }
}

impl From<Error> for SandboxError {
    fn from(error: Error) -> Self {
        Self::Robot(crate::database::chain(&error))
    }
}

impl Neighbour {
    fn new(
        credentials: &Credentials,
        organisation: &Organisation,
        behaviours: &'static [Behaviour],
    ) -> Result<Self, SandboxError> {
        let unusable = |what: &str| SandboxError::Robot(format!("{what} cannot be used"));
        let secret = files::read(&credentials.network_key_file)?;
        let sealing = files::read(&organisation.sealing_key_file)?;
        let keys = PartnerKeys {
            network: vec![NetworkKey {
                epoch: FIRST_EPOCH,
                secret: NetworkSecret::parse_key_file(&secret).map_err(|_| unusable("the network's key"))?,
            }],
            sealing: SealingSecret::parse_key_file(&sealing)
                .map_err(|_| unusable("a sealing key"))?
                .into(),
        };
        let file = organisation.private_key_file.with_file_name("signals.json");
        let signals = match file.exists() {
            true => serde_json::from_str(&files::read(&file)?).map_err(|_| unusable("signals.json"))?,
            false => BTreeMap::new(),
        };
        Ok(Self {
            partner: Partner::connect(credentials.settings_of(organisation)?, keys, Machine)?,
            behaviours,
            email: format!(
                "robot@{}.example",
                organisation.name.to_lowercase().replace(' ', "-")
            ),
            signals,
            file,
        })
    }

    /// Gives the signals that are missing: at the beginning, and when the clock went past the end of one.
    async fn stand(&mut self, today: Date, zone: &TimeZone) -> Result<(), SandboxError> {
        let states = self.states().await?;
        for behaviour in self.behaviours {
            for (place, number) in behaviour.numbers().into_iter().enumerate() {
                let state = self.signals.get(number).and_then(|id| states.get(id));
                let stands = match behaviour {
                    // Once told of, what is in the archive goes thirty days later; then there is another.
                    Behaviour::InArchive => state.is_some_and(|state| *state != SignalState::Active),
                    _ => matches!(state, Some(SignalState::Active | SignalState::Paused)),
                };
                if !stands {
                    self.signal(*behaviour, place, number, today, zone).await?;
                }
            }
        }
        Ok(())
    }

    async fn states(&self) -> Result<BTreeMap<Id, SignalState>, SandboxError> {
        let mut states = BTreeMap::new();
        let mut query = first_page();
        loop {
            let page = self.partner.signals(&query).await?;
            states.extend(page.items.iter().map(|signal| (signal.id, signal.state)));
            match page.next {
                None => return Ok(states),
                next => query.cursor = next,
            }
        }
    }

    async fn signal(
        &mut self,
        behaviour: Behaviour,
        place: usize,
        number: &str,
        today: Date,
        zone: &TimeZone,
    ) -> Result<(), SandboxError> {
        let unusual = |_| SandboxError::Robot("a child of the sandbox is none".to_owned());
        let later = |years: i64| {
            let later = today.checked_add(years.years());
            later.map_err(|_| SandboxError::Robot("the calendar is at its end".to_owned()))
        };
        let contact = self.contact(behaviour, place)?;
        let signal = NewSignal {
            child: Bsn::parse(number).map_err(unusual)?.into(),
            guardians: Vec::new(),
            professional: contact.clone(),
            planned_end: later(1)?,
            destroy_by: YearMonth::of(later(15)?),
            ground: "development-at-risk"
                .parse()
                .map_err(|_| SandboxError::Robot("the covenant's ground is none".to_owned()))?,
            on_behalf_of: None,
        };
        let given = self.partner.submit_signal(&signal, None).await?.signal().clone();
        let done = if behaviour == Behaviour::InArchive {
            let ended = self.partner.end_signal(given.id, EndReason::Resolved, None);
            ended.await.map(drop)
        } else {
            let told = DisclosureSubmission {
                on: given.submitted_at.to_zoned(zone.clone()).date(),
                channel: Channel::Conversation,
                language: SpokenLanguage::Dutch,
                by: contact.reference,
            };
            self.partner
                .record_disclosure(given.id, &told, None)
                .await
                .map(drop)
        };
        match done {
            // Done before, by a program that was interrupted.
            Err(error) if !is_problem(&error) => return Err(error.into()),
            _ => {}
        }
        // Only now: a signal that is not written down is given again, which gives the same one, and goes on from there.
        self.signals.insert(number.to_owned(), given.id);
        let text = serde_json::to_string_pretty(&self.signals)
            .map_err(|error| SandboxError::Robot(error.to_string()))?;
        Ok(files::write(&self.file, text.as_bytes(), Readers::Owner)?)
    }

    /// Whoever works there for the child at this place; the reference is how the robot knows its children again.
    fn contact(&self, behaviour: Behaviour, place: usize) -> Result<Contact, SandboxError> {
        let invalid = |_| SandboxError::Robot("a professional cannot be called so".to_owned());
        let reference = format!("{}.{}", behaviour.as_str(), place + 1);
        Ok(Contact {
            reference: reference.parse().map_err(invalid)?,
            email: Some(self.email.parse().map_err(invalid)?),
            phone: None,
        })
    }

    /// How the child of a match behaves, if this organisation is a party to it.
    async fn behaviour_in(&self, match_id: Id) -> Result<Option<Behaviour>, SandboxError> {
        let found = match self.partner.match_case(match_id).await {
            Ok(found) => found,
            Err(error) if is_problem(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let own = found.parties.into_iter().find(|party| party.you);
        let reference = own
            .and_then(|party| party.contact)
            .map(|contact| contact.reference);
        Ok(reference.and_then(|reference| {
            let (behaviour, _) = reference.as_str().rsplit_once('.')?;
            behaviour.parse().ok()
        }))
    }

    /// Does what each notice asks, and acknowledges it.
    async fn read_inbox(&self) -> Result<(), SandboxError> {
        for notice in self.partner.notices(&first_page()).await?.items {
            let done = self.answer(&notice).await;
            match done {
                // What is no longer possible needs no doing.
                Err(error) if !is_problem(&error) => return Err(error.into()),
                _ => {}
            }
            self.partner.acknowledge_notice(notice.id, None).await?;
        }
        Ok(())
    }

    async fn answer(&self, notice: &Notice) -> Result<(), Error> {
        let Some(match_id) = notice.match_id else {
            return Ok(());
        };
        match notice.kind {
            NoticeKind::MatchOpened | NoticeKind::MatchJoined => {
                self.partner.confirm_contact(match_id, None).await.map(drop)
            }
            NoticeKind::LeadProposed => {
                let accepted = LeadAnswer::Accepted;
                self.partner.answer_lead(match_id, accepted, None).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the service said no, so that asking again changes nothing.
fn is_problem(error: &Error) -> bool {
    let status = error.problem_type().map(protocol::problem::ProblemType::status);
    matches!(status, Some(403 | 404 | 409 | 422))
}

fn first_page() -> PageQuery {
    PageQuery {
        limit: PageQuery::MAX_LIMIT,
        cursor: None,
    }
}
