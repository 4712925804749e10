//! What the parties do, each act once however often the program was interrupted.

use client::{Content, Municipality, NetworkKey, NewSignal, Partner, PartnerKeys, Settings};
use identifiers::{Bsn, NetworkSecret};
use protocol::consent::{AgeBand, ConsentRequest, ConsentRequestSubmission, ConsentState, Language};
use protocol::desk::LetterReference;
use protocol::disclosure::{Channel, DisclosureSubmission, SpokenLanguage};
use protocol::exchange::{Ciphertext, MessageReceipt, MessageSubmission};
use protocol::match_case::{LeadAnswer, Match};
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use protocol::sealed_message::{Gate, Route, SealingSecret, seal};
use protocol::signal::{Contact, Signal};
use protocol::text::{Base64Url, Confidential};
use protocol::{Id, OrganisationId};
use serde::{Deserialize, Serialize};

use super::partners::PARTS;
use super::portal::{Browser, PortalError};
use super::script::{Part, Script};
use super::{DemoError, Doing as _, Stage};
use crate::data_directory::FIRST_EPOCH;
use crate::environment::{self, Machine};
use crate::files;

/// How often, and how long apart, one looks whether notices came: 15 s in all.
const LOOKS: u32 = 150;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(100);

/// A partner's professional at work.
pub(super) struct Actor {
    pub(super) name: &'static str,
    pub(super) message: &'static str,
    pub(super) organisation: OrganisationId,
    contact: Contact,
    pub(super) partner: Partner,
    pub(super) sealing: SealingSecret,
    pub(super) settings: Settings,
}

/// The two partners, the municipality's desk, and the script.
pub(super) struct Players {
    pub(super) actors: [Actor; 2],
    pub(super) script: Script,
    desk: Municipality,
    base: String,
}

/// A match, as the two parties heard of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Met {
    pub(super) match_id: Id,
    /// What each found in its inbox about it.
    pub(super) notices: [Vec<Id>; 2],
}

/// What one party sees of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sight {
    /// The other party's name and reference, if shown.
    pub(super) other: Option<(String, String)>,
    /// Whether exchange is open.
    pub(super) open: bool,
    /// Where the consent request stands.
    pub(super) consent: Option<ConsentState>,
}

/// What a guardian saw who said yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agreed {
    /// At the top of the page, before.
    pub(super) before: String,
    /// And after.
    pub(super) after: String,
    /// What they come back with.
    key: String,
}

impl Players {
    /// The partners of this stage, with the script as it was left.
    pub(super) fn new(stage: &Stage, script: Script) -> Result<Self, DemoError> {
        let actor = |at: usize| -> Result<Actor, DemoError> {
            let (part, organisation) = (&PARTS[at], &stage.credentials.organisations[at]);
            let secret = files::read(&stage.credentials.network_key_file)?;
            let secret = NetworkSecret::parse_key_file(&secret)
                .map_err(|_| DemoError::Unexpected("the network key file does not hold a key"))?;
            let sealing = SealingSecret::parse_key_file(&files::read(&organisation.sealing_key_file)?)
                .map_err(|_| DemoError::Unexpected("a sealing key file does not hold a key"))?;
            let settings = stage.credentials.settings_of(organisation)?;
            let keys = PartnerKeys {
                network: vec![NetworkKey {
                    epoch: FIRST_EPOCH,
                    secret,
                }],
                sealing: sealing.clone().into(),
            };
            let invalid = |_| DemoError::Unexpected("a professional cannot be called so");
            Ok(Actor {
                name: part.of.name,
                message: part.message,
                organisation: stage.organisations[at],
                contact: Contact {
                    reference: part.reference.parse().map_err(invalid)?,
                    email: Some(part.email.parse().map_err(invalid)?),
                    phone: None,
                },
                partner: Partner::connect(settings.clone(), keys, Machine)
                    .while_("preparing a partner's way")?,
                sealing,
                settings,
            })
        };
        let desk = Municipality::connect(stage.credentials.settings_of_municipality()?, Machine);
        Ok(Self {
            actors: [actor(0)?, actor(1)?],
            script,
            desk: desk.while_("preparing the municipality's way")?,
            base: stage.application.base().to_owned(),
        })
    }

    /// Takes out of the inboxes what is left there from before, so that what comes next is about this child. Gives the
    /// matches that were there before.
    pub(super) async fn tidy(&mut self, part: Part) -> Result<Vec<Id>, DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, "tidy", async |_| {
                for actor in actors.iter() {
                    for notice in actor.inbox().await? {
                        actor
                            .partner
                            .acknowledge_notice(notice.id, None)
                            .await
                            .while_("acknowledging a notice")?;
                    }
                }
                matches(actors).await
            })
            .await
    }

    /// How many matches there are that were not there before.
    pub(super) async fn count_matches(&mut self, part: Part, before: &[Id]) -> Result<usize, DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, "count-matches", async |_| {
                let now = matches(actors).await?;
                Ok(now.iter().filter(|id| !before.contains(id)).count())
            })
            .await
    }

    /// One gives a signal about the child.
    pub(super) async fn signal(&mut self, part: Part, by: usize) -> Result<Signal, DemoError> {
        let Self { actors, script, .. } = self;
        let (actor, child) = (&actors[by], script.child(part).clone());
        script
            .act(part, &format!("signal-{by}"), async |key| {
                let unexpected = |_| DemoError::Unexpected("a test number is no number");
                let signal = NewSignal {
                    child: Bsn::parse(&child.bsn).map_err(unexpected)?.into(),
                    guardians: Vec::new(),
                    professional: actor.contact.clone(),
                    planned_end: child.planned_end,
                    destroy_by: child.destroy_by,
                    ground: "development-at-risk"
                        .parse()
                        .map_err(|_| DemoError::Unexpected("the covenant's ground is none"))?,
                    on_behalf_of: None,
                };
                let submitted = actor.partner.submit_signal(&signal, Some(key)).await;
                Ok(submitted.while_("giving a signal")?.signal().clone())
            })
            .await
    }

    /// One records that the guardians were told of its signal, on the day it was given.
    pub(super) async fn tell_family(
        &mut self,
        part: Part,
        by: usize,
        signal: &Signal,
    ) -> Result<(), DemoError> {
        let Self { actors, script, .. } = self;
        let unknown = |_| DemoError::Unexpected("the covenant's time zone is unknown");
        let zone = domain::calendar::time_zone("Europe/Amsterdam").map_err(unknown)?;
        let told = DisclosureSubmission {
            on: domain::calendar::local_date(signal.submitted_at, &zone),
            channel: Channel::Conversation,
            language: SpokenLanguage::Dutch,
            by: actors[by].contact.reference.clone(),
        };
        script
            .act(part, &format!("tell-family-{by}"), async |key| {
                let recorded = actors[by].partner.record_disclosure(signal.id, &told, Some(key));
                recorded
                    .await
                    .while_("recording that the family was told")
                    .map(drop)
            })
            .await
    }

    /// Both look into their inboxes until they hear of one match.
    pub(super) async fn meet(&mut self, part: Part) -> Result<Met, DemoError> {
        let Self {
            actors: [first, second],
            script,
            ..
        } = self;
        script
            .act(part, "meet", async |_| {
                for _ in 0..LOOKS {
                    let inboxes = [first.inbox().await?, second.inbox().await?];
                    let [ours, theirs] = &inboxes;
                    let shared = ours
                        .iter()
                        .filter(|notice| notice.match_id.is_some())
                        .find(|notice| theirs.iter().any(|other| other.match_id == notice.match_id));
                    if let Some(match_id) = shared.and_then(|notice| notice.match_id) {
                        let about = |inbox: &Vec<protocol::notice::Notice>| {
                            inbox
                                .iter()
                                .filter(|notice| notice.match_id == Some(match_id))
                                .map(|notice| notice.id)
                                .collect()
                        };
                        return Ok(Met {
                            match_id,
                            notices: [about(ours), about(theirs)],
                        });
                    }
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
                Err(DemoError::NoMatch)
            })
            .await
    }

    /// One acknowledges what it was told.
    pub(super) async fn acknowledge(&mut self, part: Part, by: usize, met: &Met) -> Result<(), DemoError> {
        let Self { actors, script, .. } = self;
        for (number, notice) in met.notices[by].iter().enumerate() {
            script
                .act(part, &format!("acknowledge-{by}-{number}"), async |key| {
                    let acknowledged = actors[by].partner.acknowledge_notice(*notice, Some(key)).await;
                    acknowledged.while_("acknowledging a notice").map(drop)
                })
                .await?;
        }
        Ok(())
    }

    /// What one party sees of the match at this moment.
    pub(super) async fn look(
        &mut self,
        part: Part,
        name: &str,
        by: usize,
        match_id: Id,
    ) -> Result<Sight, DemoError> {
        let Self { actors, script, .. } = self;
        let partner = &actors[by].partner;
        script
            .act(part, &format!("look-{name}"), async |_| {
                let found = partner.match_case(match_id).await.while_("reading a match")?;
                let consent = match found.exchange.consent_request {
                    Some(id) => Some(
                        partner
                            .consent_request(match_id, id)
                            .await
                            .while_("reading a consent request")?
                            .state,
                    ),
                    None => None,
                };
                Ok(Sight {
                    other: other(&found),
                    open: found.exchange.open,
                    consent,
                })
            })
            .await
    }

    /// One confirms that the professionals were in contact.
    pub(super) async fn confirm_contact(
        &mut self,
        part: Part,
        by: usize,
        match_id: Id,
    ) -> Result<(), DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, &format!("confirm-contact-{by}"), async |key| {
                let confirmed = actors[by].partner.confirm_contact(match_id, Some(key)).await;
                confirmed.while_("confirming contact").map(drop)
            })
            .await
    }

    /// The first proposes that the second coordinates the match, and the second accepts.
    pub(super) async fn find_lead(&mut self, part: Part, match_id: Id) -> Result<(), DemoError> {
        let Self {
            actors: [first, second],
            script,
            ..
        } = self;
        script
            .act(part, "propose-lead", async |key| {
                let proposed = first
                    .partner
                    .propose_lead(match_id, second.organisation, Some(key))
                    .await;
                proposed.while_("proposing a lead").map(drop)
            })
            .await?;
        script
            .act(part, "accept-lead", async |key| {
                let answered = second
                    .partner
                    .answer_lead(match_id, LeadAnswer::Accepted, Some(key))
                    .await;
                answered.while_("accepting to be lead").map(drop)
            })
            .await
    }

    /// The first asks consent of two guardians; the answer holds the codes for the letters.
    pub(super) async fn ask_consent(
        &mut self,
        part: Part,
        match_id: Id,
    ) -> Result<ConsentRequest, DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, "ask-consent", async |key| {
                let request = ConsentRequestSubmission {
                    age_band: AgeBand::Under12,
                    guardians: 2,
                    next_boundary_on: None,
                    language: Language::Nl,
                    one_guardian_declares: false,
                };
                let asked = actors[0]
                    .partner
                    .request_consent(match_id, &request, Some(key))
                    .await;
                asked.while_("asking consent")
            })
            .await
    }

    /// A guardian enters the code, chooses a PIN, reads, and says yes.
    pub(super) async fn agree(
        &mut self,
        part: Part,
        request: &ConsentRequest,
        guardian: usize,
    ) -> Result<Agreed, DemoError> {
        let (code, base) = (code(request, guardian)?, self.base.clone());
        let Self { desk, script, .. } = self;
        script
            .act(part, &format!("agree-{guardian}"), async |_| {
                let mut browser = Browser::new(&base)?;
                let entered = match browser.enter(&code).await? {
                    Some(entered) => entered,
                    // Used before the program was interrupted, and the return key was lost with it.
                    None => {
                        let another = desk
                            .replace_letter(&letter(request, guardian)?, None)
                            .await
                            .while_("replacing a letter")?;
                        let entered = browser.enter(another.code.expose()).await?;
                        entered.ok_or_else(|| PortalError("a new code opens nothing".to_owned()))?
                    }
                };
                let before = entered.page;
                let after = if before.has_form("/portal/besluit") {
                    browser
                        .send(&before, "/portal/besluit", &[("keuze", "ja")])
                        .await?
                } else {
                    // Said before the program was interrupted.
                    before.clone()
                };
                if after.has_form("/portal/besluit") || !after.leads_to("/portal/intrekken") {
                    return Err(
                        PortalError(format!("after a yes the page says \"{}\"", after.heading())).into(),
                    );
                }
                Ok(Agreed {
                    before: before.heading(),
                    after: after.heading(),
                    key: entered.key,
                })
            })
            .await
    }

    /// A guardian comes back with the return key and takes it back. Gives what the page says at its top afterwards.
    pub(super) async fn withdraw(
        &mut self,
        part: Part,
        request: &ConsentRequest,
        guardian: usize,
    ) -> Result<String, DemoError> {
        // An act that was done tells what came of it.
        let key = self.agree(part, request, guardian).await?.key;
        let base = self.base.clone();
        self.script
            .act(part, "withdraw", async |_| {
                let mut browser = Browser::new(&base)?;
                let mut page = browser.come_back(&key).await?;
                if page.leads_to("/portal/intrekken") {
                    let sure = browser.open("/portal/intrekken").await?;
                    page = browser.send(&sure, "/portal/intrekken", &[]).await?;
                }
                if page.leads_to("/portal/intrekken") {
                    return Err(PortalError(format!(
                        "after withdrawing the page says \"{}\"",
                        page.heading()
                    ))
                    .into());
                }
                Ok(page.heading())
            })
            .await
    }

    /// The first tries to send under a consent that nobody gave. Gives the problem it was refused with.
    pub(super) async fn send_without_consent(
        &mut self,
        part: Part,
        match_id: Id,
    ) -> Result<Option<String>, DemoError> {
        let Self {
            actors: [from, to],
            script,
            ..
        } = self;
        let sealed: MessageSubmission = script
            .act(part, "without-consent.seal", async |_| {
                // The client would refuse to seal without a record that holds, so this is sealed by hand.
                from.seal_under(match_id, to, Base64Url(environment::random()))
            })
            .await?;
        script
            .act(part, "without-consent.send", async |key| {
                let sent = from.partner.send_sealed(match_id, &sealed, Some(key)).await;
                refusal(sent, "sending without consent")
            })
            .await
    }

    /// One sends the other a sealed message, which reads it. Gives what it read.
    pub(super) async fn send(
        &mut self,
        part: Part,
        from: usize,
        to: usize,
        match_id: Id,
    ) -> Result<Id, DemoError> {
        let Self { actors, script, .. } = self;
        let (sender, recipient) = (&actors[from], &actors[to]);
        let content = sender.message.as_bytes();
        // Kept before it is sent: sealed anew it would be another message.
        let sealed: MessageSubmission = script
            .act(part, &format!("message-{from}.seal"), async |_| {
                let sealed = sender
                    .partner
                    .seal_message(match_id, recipient.organisation, content)
                    .await;
                sealed.while_("sealing a message")
            })
            .await?;
        let receipt: MessageReceipt = script
            .act(part, &format!("message-{from}.send"), async |key| {
                sender
                    .partner
                    .send_sealed(match_id, &sealed, Some(key))
                    .await
                    .while_("sending a message")
            })
            .await?;
        Ok(receipt.message_id)
    }

    /// One reads a message. Gives whether it says what was sent.
    pub(super) async fn read(
        &mut self,
        part: Part,
        from: usize,
        to: usize,
        match_id: Id,
        message: Id,
    ) -> Result<bool, DemoError> {
        let Self { actors, script, .. } = self;
        let sent = actors[from].message.as_bytes();
        script
            .act(part, &format!("message-{from}.read"), async |_| {
                let fetched = actors[to].partner.fetch(match_id, message, std::io::sink()).await;
                let fetched = fetched.while_("reading a message")?;
                Ok(matches!(fetched.content, Content::Message(content) if *content == sent))
            })
            .await
    }

    /// One tries to read a message again. Gives the problem it was refused with.
    pub(super) async fn read_again(
        &mut self,
        part: Part,
        to: usize,
        match_id: Id,
        message: Id,
    ) -> Result<Option<String>, DemoError> {
        let Self { actors, script, .. } = self;
        script
            .act(part, &format!("read-again-{to}"), async |_| {
                let again = actors[to].partner.fetch(match_id, message, std::io::sink()).await;
                refusal(again, "reading again")
            })
            .await
    }
}

impl Actor {
    async fn inbox(&self) -> Result<Vec<protocol::notice::Notice>, DemoError> {
        let mut query = first_page();
        let mut notices = Vec::new();
        loop {
            let page = self.partner.notices(&query).await.while_("reading the inbox")?;
            notices.extend(page.items);
            match page.next {
                None => return Ok(notices),
                next => query.cursor = next,
            }
        }
    }

    fn seal_under(
        &self,
        match_id: Id,
        to: &Self,
        consent_hash: Base64Url<32>,
    ) -> Result<MessageSubmission, DemoError> {
        let unsealed = |_| DemoError::Unexpected("a message cannot be sealed");
        let route = Route {
            match_id,
            message_id: Id(environment::random()),
            sender: self.organisation,
            recipient: to.organisation,
            consent_hash,
        };
        let key = to
            .sealing
            .public()
            .map_err(|_| DemoError::Unexpected("a sealing key cannot be used"))?;
        // A share that no keyholder gave: the service cannot tell, and refuses for want of a consent.
        let made_up = Confidential::new(environment::random());
        let gate = match self.settings.keyholder {
            Some(_) => Gate::Share(&made_up),
            None => Gate::NoKeyholder,
        };
        let sealed = seal(
            &route,
            gate,
            &self.sealing,
            &key,
            self.message.as_bytes(),
            &mut Machine,
        )
        .map_err(unsealed)?;
        Ok(MessageSubmission {
            message_id: route.message_id,
            recipient: route.recipient,
            consent_hash,
            sender_key: self
                .sealing
                .public()
                .map_err(|_| DemoError::Unexpected("a sealing key cannot be used"))?
                .into(),
            recipient_key: key.into(),
            enc: sealed.enc,
            envelope: sealed.envelope,
            ciphertext: Ciphertext::new(sealed.ciphertext)
                .map_err(|_| DemoError::Unexpected("a message cannot be sealed"))?,
        })
    }
}

/// The matches of both, each once.
async fn matches(actors: &[Actor; 2]) -> Result<Vec<Id>, DemoError> {
    let mut ids = Vec::new();
    for actor in actors {
        let mut query = first_page();
        loop {
            let page = actor
                .partner
                .matches(&query)
                .await
                .while_("reading the matches")?;
            ids.extend(page.items.iter().map(|found| found.id));
            match page.next {
                None => break,
                next => query.cursor = next,
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

const fn first_page() -> PageQuery {
    PageQuery {
        limit: PageQuery::MAX_LIMIT,
        cursor: None,
    }
}

/// The name of the problem a call was refused with; none when it was not refused.
fn refusal<T>(called: Result<T, client::Error>, doing: &'static str) -> Result<Option<String>, DemoError> {
    match called {
        Ok(_) => Ok(None),
        Err(error) => match error.problem_type() {
            Some(problem) if !error.is_unknown() => Ok(Some(problem.slug().to_owned())),
            _ => Err(error).while_(doing),
        },
    }
}

/// Whether the problem is that consent is missing.
pub(super) fn is_consent_missing(problem: Option<&String>) -> bool {
    problem.is_some_and(|slug| slug == ProblemType::ConsentMissing.slug())
}

fn other(found: &Match) -> Option<(String, String)> {
    let party = found.parties.iter().find(|party| !party.you)?;
    Some((
        party.organisation.as_ref()?.name.clone(),
        party.contact.as_ref()?.reference.to_string(),
    ))
}

/// The letter of a guardian, as the municipality's desk finds it.
fn letter(request: &ConsentRequest, guardian: usize) -> Result<LetterReference, DemoError> {
    let invitation = request.invitations.get(guardian);
    let invitation = invitation.ok_or(DemoError::Unexpected("there is no letter for this guardian"))?;
    Ok(LetterReference {
        code: None,
        consent_request: Some(request.id),
        signal: None,
        signatory: Some(invitation.signatory),
        number: Some(invitation.number),
    })
}

/// The code in the letter to this guardian.
pub(super) fn code(request: &ConsentRequest, guardian: usize) -> Result<String, DemoError> {
    let invitation = request.invitations.get(guardian);
    let invitation = invitation.ok_or(DemoError::Unexpected("there is no letter for this guardian"))?;
    Ok(invitation.code.expose().to_owned())
}
