//! The file: everything that whoever reads may see about a child, read in one transaction that leaves its leaf.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Sector;
use domain::consent::Purpose;
use domain::covenant::Covenant;
use domain::disclosure::{Channel, SpokenLanguage};
use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use domain::match_case::{MatchState, Outcome};
use domain::objection::{self, Advice, Reason};
use domain::rights_request::{RefusalReason, Right};
use domain::signal::{Archive, Signal, SignalState};
use protocol::family_file::{
    FamilyFile, FiledAct, FiledConsent, FiledDisclosure, FiledMatch, FiledMessage, FiledObjection,
    FiledOrganisation, FiledParty, FiledRequest, FiledSignal, FiledViewing, Said,
};
use protocol::id::Id;
use protocol::text::YearMonth;
use store::{
    ConsentAbout, ConsentRow, FamilySignalRow, FileMatchRow, ObjectionRow, OrganisationRow, OwnAnswerRow,
    Party, Person, RightsRequestRow, StoreError, Tx,
};

use super::reach::Reach;
use super::words;
use crate::covenants::Covenants;
use crate::objection::objection_of;
use crate::rights_request::request_of;
use crate::{consent_facts, match_view};

/// The file of a letter, read at the desk of this municipality.
pub(crate) async fn read_by_letter(
    tx: &Tx<'_, Party>,
    reach: &Reach,
    desk: [u8; 16],
) -> Result<FamilyFile, StoreError> {
    let event = Event::LetterRead {
        about: reach.about,
        organisation: Some(desk),
        signatory: reach.signatory,
    };
    tx.record_file_of_letter(&event).await?;
    let reader = Reader {
        subject: reach.subject,
        whole: false,
        sees_sensitive: reach.sees_sensitive,
        issuer: Some(reach.issuer),
        person: reach.person,
    };
    assemble(tx, &reader).await
}

/// For whom a file is made.
pub(crate) struct Reader {
    /// The child.
    pub(crate) subject: i64,
    /// Whether it is everything that is kept, or what a letter opens.
    pub(crate) whole: bool,
    /// Whether they may know organisations of a sensitive sector.
    pub(crate) sees_sensitive: bool,
    /// The organisation that issued their letter.
    pub(crate) issuer: Option<OrganisationKey>,
    /// By which letter they are known.
    pub(crate) person: Person,
}

/// Reads what row-level security shows of the child, and writes it down in words.
pub(crate) async fn assemble(tx: &Tx<'_, Party>, reader: &Reader) -> Result<FamilyFile, StoreError> {
    let subject = reader.subject;
    let mut signals = tx.family_signals(subject).await?;
    signals.retain(|signal| signal.life.at(tx.now()).is_some());
    let matches = tx.file_matches(subject).await?;
    let consents = tx.file_consents(subject).await?;
    let objections = tx.own_objections(subject, reader.person).await?;
    let names = Names::read(tx, reader, &signals, &consents, &objections).await?;
    let mut parts = Parts::read(tx, reader, &names).await?;
    let requests = tx.own_rights_requests(subject, reader.person).await?;
    let hides_somebody = tx.hides_from_reader(subject).await?;
    Ok(FamilyFile {
        made_at: tx.now(),
        scope: if reader.whole {
            Said::new("everything", "alles wat Trefpunt over deze jeugdige bewaart")
        } else {
            Said::new("letter", "wat u met deze brief kunt zien")
        },
        about: words::about(&names.municipality),
        signals: signals
            .iter()
            .map(|row| filed_signal(tx, &names, &mut parts, row, hides_somebody))
            .collect::<Result<_, _>>()?,
        // One that nobody is shown yet, or that is hidden, has no party here.
        matches: matches
            .iter()
            .filter(|row| !parts.parties.get(&row.key.row).is_none_or(Vec::is_empty))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|row| filed_match(tx, &mut parts, row))
            .collect::<Result<_, _>>()?,
        consents: consents
            .iter()
            .map(|row| filed_consent(tx, &names, &mut parts, row))
            .collect::<Result<_, _>>()?,
        objections: objections
            .iter()
            .map(|row| filed_objection(tx, &names, row))
            .collect::<Result<_, _>>()?,
        requests: requests
            .iter()
            .map(|row| filed_request(tx, row))
            .collect::<Result<_, _>>()?,
        history: history(tx, reader, &objections, &requests).await?,
        time_zone: names.time_zone,
        municipality: names.municipality,
    })
}

/// Organisations by the names that whoever reads may know.
struct Names {
    organisations: BTreeMap<OrganisationKey, (FiledOrganisation, CovenantKey)>,
    covenants: Covenants,
    municipality: String,
    time_zone: String,
}

impl Names {
    async fn read(
        tx: &Tx<'_, Party>,
        reader: &Reader,
        signals: &[FamilySignalRow],
        consents: &[ConsentRow],
        objections: &[ObjectionRow],
    ) -> Result<Self, StoreError> {
        let mut keys: BTreeSet<OrganisationKey> = consents.iter().map(|row| row.requested_by).collect();
        // Not always the one of the covenant: a case may have been handed over.
        keys.extend(objections.iter().map(|row| row.municipality));
        keys.extend(
            signals
                .iter()
                .flat_map(|row| [Some(row.organisation), row.delegate])
                .flatten(),
        );
        keys.extend(
            tx.file_parties(reader.subject)
                .await?
                .iter()
                .map(|row| row.organisation),
        );
        // Not all who looked are parties: a municipality's officer sees to contact.
        keys.extend(
            tx.file_viewings(reader.subject)
                .await?
                .iter()
                .map(|row| row.organisation),
        );
        let named = tx.file_consent_parties(reader.subject).await?;
        keys.extend(named.iter().map(|(_, organisation)| *organisation));
        let keys: Vec<OrganisationKey> = keys.into_iter().collect();
        let rows = tx.organisations(&keys).await?;
        let covenants = Covenants::read(tx).await?;
        let settings = covenants.each_of(rows.iter().map(|row| row.covenant))?;
        let terms = match_view::terms(&settings).ok();
        let filed = |row: &OrganisationRow| -> Result<FiledOrganisation, StoreError> {
            if row.sector.is_none() {
                return Ok(FiledOrganisation {
                    name: row.name.clone(),
                    sector: None,
                    named: true,
                });
            }
            let sector = match_view::sector(row)?;
            let sensitive = terms.as_ref().is_none_or(|terms| terms.is_sensitive(sector));
            let shown = !sensitive || reader.sees_sensitive || reader.issuer == Some(row.key);
            Ok(if shown { named_as(row, sector) } else { another() })
        };
        let organisations = rows
            .iter()
            .map(|row| Ok((row.key, (filed(row)?, row.covenant))))
            .collect::<Result<BTreeMap<_, _>, StoreError>>()?;
        let covenant = reader
            .issuer
            .or_else(|| signals.first().map(|row| row.organisation))
            .and_then(|key| organisations.get(&key))
            .or_else(|| organisations.values().next());
        let covenant = match covenant {
            Some((_, covenant)) => Some(covenants.of(*covenant)?),
            None => None,
        };
        let municipality = covenant.map_or("uw gemeente", Covenant::municipality).to_owned();
        let zone = covenant.and_then(|covenant| covenant.time_zone().iana_name());
        Ok(Self {
            time_zone: zone.unwrap_or("Europe/Amsterdam").to_owned(),
            organisations,
            covenants,
            municipality,
        })
    }

    fn covenant_of(&self, key: OrganisationKey) -> Result<&Covenant, StoreError> {
        let (_, covenant) = self.organisations.get(&key).ok_or(StoreError::Column {
            column: "organisation_id",
        })?;
        self.covenants.of(*covenant)
    }

    fn of(&self, key: OrganisationKey) -> FiledOrganisation {
        self.organisations
            .get(&key)
            .map_or_else(another, |(filed, _)| filed.clone())
    }
}

fn named_as(row: &OrganisationRow, sector: Sector) -> FiledOrganisation {
    FiledOrganisation {
        name: row.name.clone(),
        sector: Some(Said::new(sector.slug(), sector.dutch())),
        named: true,
    }
}

fn another() -> FiledOrganisation {
    FiledOrganisation {
        name: "een andere instantie".to_owned(),
        sector: None,
        named: false,
    }
}

/// What hangs on matches, consents and signals, by the row it hangs on.
struct Parts {
    parties: BTreeMap<i64, Vec<FiledParty>>,
    messages: BTreeMap<i64, Vec<FiledMessage>>,
    viewings: BTreeMap<i64, Vec<FiledViewing>>,
    named: BTreeMap<i64, Vec<FiledOrganisation>>,
    disclosures: BTreeMap<i64, FiledDisclosure>,
    own_answer: Option<OwnAnswerRow>,
}

impl Parts {
    async fn read(tx: &Tx<'_, Party>, reader: &Reader, names: &Names) -> Result<Self, StoreError> {
        let subject = reader.subject;
        let parties = tx.file_parties(subject).await?.into_iter().map(|row| {
            let party = FiledParty {
                organisation: names.of(row.organisation),
                since: row.visible_at,
                contact_confirmed_at: row.contact_confirmed_at,
                left_at: row.left_at,
            };
            Ok((row.match_row, party))
        });
        let messages = tx.file_messages(subject).await?.into_iter().map(|row| {
            let message = FiledMessage {
                from: names.of(row.sender),
                to: names.of(row.recipient),
                sent_at: row.sent_at,
                read_at: row.fetched_at,
                destroyed_at: row.destroyed_at,
            };
            Ok((row.match_row, message))
        });
        let viewings = tx.file_viewings(subject).await?.into_iter().map(|row| {
            let viewing = FiledViewing {
                organisation: names.of(row.organisation),
                on: row.day,
                what: Said::new(row.what.as_str(), words::looked_at(&row.what)),
                times: u32::try_from(row.times).map_err(|_| StoreError::Column { column: "times" })?,
                last_at: row.last_at,
            };
            Ok((row.match_row, viewing))
        });
        let named = tx.file_consent_parties(subject).await?.into_iter();
        let disclosures = tx.file_disclosures(subject).await?.into_iter().map(|row| {
            let wrong = |column| StoreError::Column { column };
            let channel = Channel::from_slug(&row.channel).map_err(|_| wrong("channel"))?;
            let language = SpokenLanguage::from_slug(&row.language).map_err(|_| wrong("language"))?;
            let disclosure = FiledDisclosure {
                on: row.told_on,
                channel: Said::new(channel.slug(), words::channel(channel)),
                language: Said::new(language.slug(), words::language(language)),
                recorded_at: row.recorded_at,
            };
            Ok((row.signal.row, disclosure))
        });
        let own_answer = match reader.person {
            Person::Signatory(key) => tx.own_answer(subject, key.row).await?,
            Person::Letter(_) => None,
        };
        Ok(Self {
            parties: grouped(parties)?,
            messages: grouped(messages)?,
            viewings: grouped(viewings)?,
            named: grouped(named.map(|(row, organisation)| Ok((row, names.of(organisation)))))?,
            disclosures: disclosures.collect::<Result<_, StoreError>>()?,
            own_answer,
        })
    }
}

fn grouped<T>(
    rows: impl Iterator<Item = Result<(i64, T), StoreError>>,
) -> Result<BTreeMap<i64, Vec<T>>, StoreError> {
    let mut groups: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for row in rows {
        let (key, item) = row?;
        groups.entry(key).or_default().push(item);
    }
    Ok(groups)
}

fn filed_signal(
    tx: &Tx<'_, Party>,
    names: &Names,
    parts: &mut Parts,
    row: &FamilySignalRow,
    hides_somebody: bool,
) -> Result<FiledSignal, StoreError> {
    let now = row
        .life
        .at(tx.now())
        .ok_or(StoreError::Column { column: "state" })?;
    let facts = row.life.facts;
    let archive = match now {
        // That somebody was told of it, and that it goes earlier for that, tells of a later signal: maybe the hidden one.
        Signal::Archived { ended_at, .. } if hides_somebody => {
            let covenant = names.covenant_of(row.organisation)?;
            Archive::after(ended_at, covenant.archive_years(), covenant.time_zone())
        }
        _ => facts.archive,
    };
    Ok(FiledSignal {
        id: Id(tx.ids().signal(row.key)),
        organisation: names.of(row.organisation),
        given_by: row.delegate.map(|delegate| names.of(delegate)),
        state: Said::new(now.state().slug(), words::signal(now.state())),
        given_at: facts.submitted_at,
        planned_end: row.life.planned_end,
        ended_at: facts.ended_at,
        destroy_by: YearMonth::of(row.life.destroy_by),
        archived_until: (now.state() == SignalState::Archived).then_some(archive.until),
        archive_noticed_at: archive.noticed_at,
        informed: parts.disclosures.remove(&row.key.row),
    })
}

fn filed_match(tx: &Tx<'_, Party>, parts: &mut Parts, row: &FileMatchRow) -> Result<FiledMatch, StoreError> {
    let state = MatchState::from_slug(&row.state).map_err(|_| StoreError::Column { column: "state" })?;
    let outcome = row.outcome.as_deref().map(Outcome::from_slug).transpose();
    let outcome = outcome.map_err(|_| StoreError::Column { column: "outcome" })?;
    Ok(FiledMatch {
        id: Id(tx.ids().match_case(row.key)),
        state: Said::new(state.slug(), words::match_case(state)),
        opened_at: row.opened_at,
        contact_deadline: row.contact_deadline,
        closed_at: row.closed_at,
        outcome: outcome.and_then(|outcome| Some(Said::new(outcome.slug(), words::outcome(outcome)?))),
        parties: parts.parties.remove(&row.key.row).unwrap_or_default(),
        messages: parts.messages.remove(&row.key.row).unwrap_or_default(),
        viewings: parts.viewings.remove(&row.key.row).unwrap_or_default(),
    })
}

fn filed_consent(
    tx: &Tx<'_, Party>,
    names: &Names,
    parts: &mut Parts,
    row: &ConsentRow,
) -> Result<FiledConsent, StoreError> {
    let state = consent_facts::standing(row)?.at(tx.now()).state();
    let purpose = match row.about {
        ConsentAbout::Match(_) => Purpose::Exchange,
        ConsentAbout::Signal(_) => Purpose::Signal,
    };
    let own = parts
        .own_answer
        .as_ref()
        .filter(|answer| answer.consent.row == row.key.row);
    Ok(FiledConsent {
        id: Id(tx.ids().consent(row.key)),
        purpose: Said::new(purpose.slug(), words::purpose(purpose)),
        state: Said::new(words::consent_code(state), words::consent(state)),
        asked_by: names.of(row.requested_by),
        asked_at: row.requested_at,
        answer_by: row.answer_by,
        parties: parts.named.remove(&row.key.row).unwrap_or_default(),
        language: own
            .and_then(|answer| answer.language.clone())
            .unwrap_or_else(|| row.language.clone()),
        text_version: row.text_version.clone(),
        given_at: row.record.as_ref().and(row.decided_at),
        valid_until: row.valid_until,
        withdrawn_at: row.withdrawn_at,
        your_answer: own.map(|answer| {
            let (code, said) = words::answer(answer.decision.as_deref());
            Said::new(code, said)
        }),
    })
}

/// What whoever reads did themselves, oldest first: from what stands, and never from what others did.
async fn history(
    tx: &Tx<'_, Party>,
    reader: &Reader,
    objections: &[ObjectionRow],
    requests: &[RightsRequestRow],
) -> Result<Vec<FiledAct>, StoreError> {
    let plain = |at, act, how| FiledAct {
        at,
        act: Said::new(act, words::act(act)),
        how,
        text_version: None,
        language: None,
    };
    let here = || Said::new("portal", words::how("portal"));
    let mut acts = Vec::new();
    let made = tx.access_made(reader.subject, reader.person).await?;
    let mut opened = made;
    if let Person::Signatory(key) = reader.person {
        let answer = tx.own_answer(reader.subject, key.row).await?;
        opened = answer.and_then(|answer| answer.opened_at).or(made);
        acts.extend(tx.own_decisions(key).await?.into_iter().map(|row| FiledAct {
            at: row.decided_at,
            act: Said::new(row.decision.as_str(), words::act(&row.decision)),
            how: Said::new(row.method.as_str(), words::how(&row.method)),
            text_version: Some(row.text_version),
            language: Some(row.language),
        }));
    }
    acts.extend(opened.map(|at| plain(at, "opened", here())));
    for row in objections {
        let route = objection_of(row)?.made().route;
        let how = || Said::new(route.slug(), route.dutch());
        acts.push(plain(row.made_at, "objected", how()));
        let taken_back = row.decided_at.filter(|_| row.state == "withdrawn");
        acts.extend(taken_back.map(|at| plain(at, "objection-withdrawn", here())));
    }
    for row in requests {
        let asked = *request_of(row)?.asked();
        let act = match asked.right {
            Right::Access => "access-asked",
            Right::Erasure => "erasure-asked",
        };
        acts.push(plain(
            row.made_at,
            act,
            Said::new(asked.route.slug(), asked.route.dutch()),
        ));
        let taken_back = row.decided_at.filter(|_| row.state == "withdrawn");
        acts.extend(taken_back.map(|at| plain(at, "request-withdrawn", here())));
    }
    acts.sort_by_key(|act| act.at);
    Ok(acts)
}

fn filed_objection(
    tx: &Tx<'_, Party>,
    names: &Names,
    row: &ObjectionRow,
) -> Result<FiledObjection, StoreError> {
    let objection = objection_of(row)?;
    let (made, state) = (*objection.made(), objection.state());
    let covenant = names.covenants.of(row.covenant)?;
    let appeal = match &objection {
        objection::Objection::Decided {
            at,
            outcome: objection::Outcome::Rejected,
            ..
        } => Some(objection::way_to_appeal(
            &names.of(row.municipality).name,
            objection::appeal_by(*at, covenant.time_zone()),
        )),
        _ => None,
    };
    let reasons: &[Reason] = match &objection {
        objection::Objection::Decided { reasons, .. } => reasons,
        _ => &[],
    };
    let advice = |advice: Advice| Said::new(advice.slug(), advice.dutch());
    Ok(FiledObjection {
        id: Id(tx.ids().objection(row.key)),
        signal: row.signal.map(|signal| Id(tx.ids().signal(signal))),
        state: Said::new(state.slug(), state.dutch()),
        made_at: made.at,
        route: Said::new(made.route.slug(), made.route.dutch()),
        advice: made.advice.map(|(_, given)| advice(given)),
        decision_due: made.decision_due,
        decided_at: row.decided_at,
        reasons: reasons
            .iter()
            .map(|reason| Said::new(reason.slug(), reason.dutch()))
            .collect(),
        way_to_appeal: appeal,
    })
}

fn filed_request(tx: &Tx<'_, Party>, row: &RightsRequestRow) -> Result<FiledRequest, StoreError> {
    let request = request_of(row)?;
    let (asked, state) = (*request.asked(), request.state());
    let right: Right = asked.right;
    let reason = |reason: RefusalReason| Said::new(reason.slug(), reason.dutch());
    Ok(FiledRequest {
        id: Id(tx.ids().rights_request(row.key)),
        right: Said::new(right.slug(), right.dutch()),
        state: Said::new(state.slug(), state.dutch()),
        made_at: asked.at,
        route: Said::new(asked.route.slug(), asked.route.dutch()),
        due: asked.due,
        decided_at: row.decided_at,
        reason: match request {
            domain::rights_request::RightsRequest::Refused { reason: why, .. } => Some(reason(why)),
            _ => None,
        },
    })
}
