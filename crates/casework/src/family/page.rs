//! What one signatory may read about one request.

use domain::actor::Sector;
use domain::consent::{Assurance, ConsentState, How, Method, Purpose, Signatory, SignatoryRole, is_named_to};
use domain::covenant::Covenant;
use domain::event::{LogTag, TagKind};
use domain::key::{ConsentKey, OrganisationKey, SignatoryKey};
use domain::match_case::MatchState;
use domain::signal::SignalState;
use jiff::Timestamp;
use jiff::civil::Date;
use protocol::id::Id;
use store::{
    ConsentAbout, ConsentRow, Context, Hidden, Invited, OrganisationRow, Party, Person, Seen, SessionRow,
    SignatoryRow, StoreError, Tx, ViewingRow, Work,
};

use super::door::{self, AtDoor, By, Request};
use super::receipt::OwnWord;
use super::{ConsentPage, FamilyFailure, Looked, PageState, PartyName, PortalSecret, RecordedFor};
use crate::covenants::Covenants;
use crate::{Casework, consent_facts, match_view};

/// The page shows at most so many lines of who looked; each is a day of one organisation.
const VIEWINGS_SHOWN: i64 = 200;

impl Casework {
    /// The page about the request that a session opens.
    ///
    /// # Errors
    /// [`FamilyFailure::Closed`] when the session opens nothing (any more).
    pub async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        self.at_the_door(secret, || ReadPage).await
    }

    /// Works with a session.
    pub(super) async fn at_the_door<T, W>(
        &self,
        secret: &PortalSecret,
        work: impl Fn() -> W,
    ) -> Result<T, FamilyFailure>
    where
        W: Work<Output = AtDoor<T>, Error = FamilyFailure>,
    {
        self.at_the_door_with(secret.hash(), work).await
    }

    /// Works with a credential.
    pub(super) async fn at_the_door_with<T, W>(
        &self,
        credential: [u8; 32],
        work: impl Fn() -> W,
    ) -> Result<T, FamilyFailure>
    where
        W: Work<Output = AtDoor<T>, Error = FamilyFailure>,
    {
        self.at_the_door_in(Context::Family(credential), work).await
    }

    /// Works in a family's context, or in that of a desk. Where an age boundary has ended the request and nobody has written down what is asked in its
    /// place, that is done first, so that the boundary acts at 00:00 and not when housekeeping comes by.
    pub(super) async fn at_the_door_in<T, W>(
        &self,
        context: Context,
        work: impl Fn() -> W,
    ) -> Result<T, FamilyFailure>
    where
        W: Work<Output = AtDoor<T>, Error = FamilyFailure>,
    {
        match self.store().run(context.clone(), work()).await? {
            AtDoor::In(found) => return Ok(found),
            AtDoor::Overtaken(consent) => self.end_consent(consent).await?,
        }
        match self.store().run(context, work()).await? {
            AtDoor::In(found) => Ok(found),
            AtDoor::Overtaken(_) => Err(FamilyFailure::Closed),
        }
    }
}

/// What a request is about, as far as its page takes.
pub(super) struct About {
    pub(super) tag: LogTag,
    /// Nothing can come of the request, and nothing stands by it, any more.
    pub(super) is_over: bool,
}

impl About {
    pub(super) async fn read(tx: &Tx<'_, Party>, consent: &ConsentRow) -> Result<Self, FamilyFailure> {
        match consent.about {
            ConsentAbout::Match(key) => {
                let row = tx.match_case(key).await?.ok_or(FamilyFailure::Closed)?;
                Ok(Self {
                    tag: LogTag::new(TagKind::Match, row.log_tag),
                    is_over: row.state == MatchState::Closed.slug(),
                })
            }
            ConsentAbout::Signal(key) => {
                let row = tx.asked_signal(key).await?.ok_or(FamilyFailure::Closed)?;
                let state = SignalState::from_slug(&row.state);
                let living = match state {
                    Ok(SignalState::Sleeping) => consent.is_pending(),
                    Ok(SignalState::Active | SignalState::Paused) => !consent.is_pending(),
                    _ => false,
                };
                Ok(Self {
                    tag: LogTag::new(TagKind::Signal, row.log_tag),
                    is_over: !living || row.expires_at <= tx.now(),
                })
            }
        }
    }
}

/// The request a session opens, with everything that its page says.
pub(super) struct Opened {
    access: Invited,
    pub(super) consent: ConsentRow,
    about: About,
    hidden: Hidden,
    signatory: Signatory,
    signatories: Vec<SignatoryRow>,
    organisations: Vec<OrganisationRow>,
    covenants: Vec<Covenant>,
    recorded: Option<(OrganisationKey, Date)>,
}

/// Enters by the session, as far as the request it opens.
async fn enter(tx: &Tx<'_, Party>) -> Result<AtDoor<(SessionRow, Request)>, FamilyFailure> {
    let session = door::session_in(tx).await?;
    let Person::Signatory(key) = session.person else {
        // With the letter of a signal there is nothing to decide.
        return Err(FamilyFailure::TooLate);
    };
    Ok(match door::enter_request(tx, key, By::Access).await? {
        AtDoor::In(request) => AtDoor::In((session, request)),
        AtDoor::Overtaken(key) => AtDoor::Overtaken(key),
    })
}

impl Opened {
    pub(super) async fn read(tx: &Tx<'_, Party>) -> Result<AtDoor<Self>, FamilyFailure> {
        let Request {
            invited: access,
            consent,
            hidden,
        } = match enter(tx).await? {
            AtDoor::In((_, request)) => request,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        let about = About::read(tx, &consent).await?;
        let signatories = tx.signatories(access.consent).await?;
        let parties = tx
            .consent_parties(access.consent.subject, &[access.consent.row])
            .await?;
        let keys: Vec<OrganisationKey> = parties.iter().map(|party| party.organisation).collect();
        let organisations = tx.organisations(&keys).await?;
        let all = Covenants::read(tx).await?;
        let covenants = match organisations.is_empty() {
            false => all.each_of(organisations.iter().map(|row| row.covenant))?,
            // Nobody is shown; days still mean something.
            true => all.any()?,
        };
        Ok(AtDoor::In(Self {
            signatory: consent_facts::signatory(&access.role, access.number)?,
            recorded: tx.who_recorded(access.signatory).await?,
            about,
            hidden,
            access,
            consent,
            signatories,
            organisations,
            covenants,
        }))
    }

    /// What a professional recorded of this signatory's decision.
    fn recorded_for(&self) -> Result<Option<RecordedFor>, StoreError> {
        let Some((organisation, on)) = self.recorded else {
            return Ok(None);
        };
        let by = self.organisations.iter().find(|row| row.key == organisation);
        let itself = |row: &&SignatoryRow| row.row == self.access.signatory.row;
        let row = self.signatories.iter().find(itself);
        Ok(Some(RecordedFor {
            by: match by {
                Some(row) => self.party_name(row)?,
                // At the desk of the municipality that answers for the case.
                None if row.and_then(|row| row.assurance.as_deref()) == Some(Assurance::Assisted.slug()) => {
                    PartyName {
                        name: self
                            .covenants
                            .first()
                            .map(|covenant| covenant.municipality().to_owned()),
                        sector: None,
                    }
                }
                None => PartyName::MASKED,
            },
            on,
            written: row.and_then(|row| row.method.as_deref()) == Some(Method::Written.slug()),
        }))
    }

    /// How the reader decided, as it stands now.
    pub(super) fn own_word(&self) -> Result<Option<OwnWord>, StoreError> {
        let itself = |row: &&SignatoryRow| row.row == self.access.signatory.row;
        let Some(row) = self.signatories.iter().find(itself) else {
            return Ok(None);
        };
        let (Some(assurance), Some(method)) = (&row.assurance, &row.method) else {
            return Ok(None);
        };
        let wrong = |column| StoreError::Column { column };
        let how = How {
            assurance: Assurance::from_slug(assurance).map_err(|_| wrong("assurance"))?,
            method: Method::from_slug(method).map_err(|_| wrong("method"))?,
        };
        let language = row.language.as_ref().unwrap_or(&self.consent.language);
        Ok(Some(OwnWord {
            how,
            language: language.clone(),
        }))
    }

    fn party_name(&self, row: &OrganisationRow) -> Result<PartyName, StoreError> {
        let sector: Sector = match_view::sector(row)?;
        let sensitive = match_view::terms(&self.covenants)?.is_sensitive(sector);
        let must_sign = consent_facts::must_sign(&self.signatories)
            .map(|row| Ok(consent_facts::signatory(&row.role, row.number)?.role))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // The letter already names who asks.
        let is_issuer = row.key == self.consent.requested_by;
        let shown = is_issuer || is_named_to(self.signatory.role, must_sign, sensitive);
        Ok(PartyName {
            name: shown.then(|| row.name.clone()),
            sector: shown.then_some(sector),
        })
    }

    fn state(&self, now: Timestamp) -> Result<PageState, StoreError> {
        let consent = &self.consent;
        let standing = consent_facts::standing(consent)?.at(now);
        let missing = |column| StoreError::Column { column };
        Ok(
            match (
                standing.state(),
                self.access.decision.as_deref(),
                self.access.decided_at,
            ) {
                // Nothing can pass any more, whatever was answered.
                (ConsentState::Requested | ConsentState::PartiallyGiven | ConsentState::Given, ..)
                    if self.about.is_over =>
                {
                    PageState::Over
                }
                // Nobody can agree to what they are not shown. It is open again when the family has been told.
                (ConsentState::Requested | ConsentState::PartiallyGiven, ..) if self.hidden.someone => {
                    PageState::Over
                }
                (ConsentState::Requested | ConsentState::PartiallyGiven, Some("agreed"), Some(at)) => {
                    PageState::Agreed { at }
                }
                (ConsentState::Requested | ConsentState::PartiallyGiven, ..) => PageState::Open,
                (ConsentState::Given, ..) => PageState::Given {
                    at: consent.decided_at.ok_or(missing("decided_at"))?,
                    until: consent.valid_until.ok_or(missing("valid_until"))?,
                },
                (ConsentState::Refused, decision, _) => PageState::NotGiven {
                    by_you: decision == Some("refused"),
                },
                (ConsentState::Withdrawn, ..) => PageState::Withdrawn {
                    at: consent.withdrawn_at.ok_or(missing("withdrawn_at"))?,
                },
                (ConsentState::Expired | ConsentState::Replaced | ConsentState::SupersededByAge, ..) => {
                    PageState::Over
                }
            },
        )
    }

    /// Who looked, by the names this signatory may read. A letter shows the parties it names; of others row-level security
    /// shows no line.
    fn looked(&self, viewings: &[ViewingRow]) -> Result<Vec<Looked>, StoreError> {
        let mut looked = Vec::with_capacity(viewings.len());
        for row in viewings {
            let organisation = self
                .organisations
                .iter()
                .find(|party| party.key == row.organisation);
            let Some(organisation) = organisation else {
                continue;
            };
            looked.push(Looked {
                who: self.party_name(organisation)?,
                day: row.day,
                message: row.what == Seen::Message,
                times: u32::try_from(row.times).map_err(|_| StoreError::Column { column: "times" })?,
            });
        }
        Ok(looked)
    }

    pub(super) fn page(
        &self,
        question: Id,
        now: Timestamp,
        viewings: &[ViewingRow],
    ) -> Result<ConsentPage, StoreError> {
        let issuer = self
            .organisations
            .iter()
            .find(|row| row.key == self.consent.requested_by);
        let asked_by = match issuer {
            Some(issuer) => Some(issuer.name.clone()),
            // Row-level security shows nobody of whom the family is not to be told yet.
            None if self.hidden.who_asked => None,
            None => {
                return Err(StoreError::Column {
                    column: "requested_by",
                });
            }
        };
        let covenant = self.covenants.first().ok_or(StoreError::Column {
            column: "covenant_id",
        })?;
        let mut parties = self
            .organisations
            .iter()
            .map(|row| self.party_name(row))
            .collect::<Result<Vec<_>, _>>()?;
        // Named ones by name, masked ones last.
        parties.sort_by(|a, b| (a.name.is_none(), &a.name).cmp(&(b.name.is_none(), &b.name)));
        let is_guardian = self.signatory.role == SignatoryRole::Guardian;
        Ok(ConsentPage {
            question,
            purpose: match self.consent.about {
                ConsentAbout::Match(_) => Purpose::Exchange,
                ConsentAbout::Signal(_) => Purpose::Signal,
            },
            declares_for_others: is_guardian && self.consent.one_guardian,
            recorded: self.recorded_for()?,
            asked_by,
            municipality: covenant.municipality().to_owned(),
            parties,
            is_young_person: !is_guardian,
            requested_at: self.consent.requested_at,
            answer_by: self.consent.answer_by,
            consent_days: u16::try_from(self.consent.consent_days).map_err(|_| StoreError::Column {
                column: "consent_days",
            })?,
            time_zone: covenant
                .time_zone()
                .iana_name()
                .unwrap_or("Europe/Amsterdam")
                .to_owned(),
            text_version: self.consent.text_version.clone(),
            state: self.state(now)?,
            looked: self.looked(viewings)?,
        })
    }
}

/// Looks what somebody can decide whose letter lies on a municipality's desk.
pub(super) struct AtDesk;

impl Work for AtDesk {
    const NAME: &'static str = "stand_at_desk";
    type Role = Party;
    type Output = AtDoor<Stands>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<Stands>, FamilyFailure> {
        let Some(Person::Signatory(key)) = tx.holder_at_desk().await? else {
            return Err(FamilyFailure::Closed);
        };
        Ok(match door::enter_request(tx, key, By::Access).await? {
            AtDoor::In(request) => AtDoor::In(Stands {
                signatory: request.invited.signatory,
                consent: request.consent.key,
                question: Id(tx.ids().consent(request.consent.key)),
                logged_in: false,
            }),
            AtDoor::Overtaken(key) => AtDoor::Overtaken(key),
        })
    }
}

struct ReadPage;

impl Work for ReadPage {
    const NAME: &'static str = "read_consent_page";
    type Role = Party;
    type Output = AtDoor<ConsentPage>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<ConsentPage>, FamilyFailure> {
        let opened = match Opened::read(tx).await? {
            AtDoor::In(opened) => opened,
            AtDoor::Overtaken(key) => return Ok(AtDoor::Overtaken(key)),
        };
        let viewings = match opened.consent.about {
            ConsentAbout::Match(key) => tx.viewings(key, VIEWINGS_SHOWN).await?,
            // Nobody but its own organisation sees a signal, so nobody else looked.
            ConsentAbout::Signal(_) => Vec::new(),
        };
        let question = Id(tx.ids().consent(opened.consent.key));
        Ok(AtDoor::In(opened.page(question, tx.now(), &viewings)?))
    }
}

/// Looks whether a session stands at an open door.
pub(super) struct Standing;

/// Who stands there, and before which question.
pub(super) struct Stands {
    pub(super) signatory: SignatoryKey,
    pub(super) consent: ConsentKey,
    pub(super) question: Id,
    pub(super) logged_in: bool,
}

impl Work for Standing {
    const NAME: &'static str = "stand_at_door";
    type Role = Party;
    type Output = AtDoor<Stands>;
    type Error = FamilyFailure;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<AtDoor<Stands>, FamilyFailure> {
        Ok(match enter(tx).await? {
            AtDoor::In((session, request)) => AtDoor::In(Stands {
                signatory: request.invited.signatory,
                consent: request.consent.key,
                question: Id(tx.ids().consent(request.consent.key)),
                logged_in: session.logged_in,
            }),
            AtDoor::Overtaken(key) => AtDoor::Overtaken(key),
        })
    }
}
