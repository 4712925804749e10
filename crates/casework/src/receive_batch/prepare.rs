//! From lines as they were read to signals that wait: whose they are, and their tags. What of a line needs no transaction is
//! done here; the tokens are let go of at the end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use protocol::evaluation::MAX_ELEMENTS;
use protocol::signal::SignalSubmission;
use protocol::{OrganisationId, Refused};
use store::StoreError;

use super::stored_line::{KeysMark, StoredLine};
use super::{Fallible, ReadLine};
use crate::act::{Failure, Refusable};
use crate::caller::Principal;
use crate::covenants::Covenants;
use crate::key_epochs::Keys;
use crate::submit_signal::{Submission, SubmitSignalRefusal};
use crate::tags::{Epochs, HeldTokens, KEY_CHANGES, KeyRefusal, MadeTags};
use crate::{Caller, Casework};

/// A line before its covenant was asked.
pub(super) enum Prepared {
    /// A signal, made under keys with this mark.
    Signal(Box<Submission>, KeysMark),
    /// Refused whatever the covenant says.
    Refused(Refused),
}

impl Prepared {
    /// What waits of it, or why it does not: as a signal on its own is weighed, at once, so that the ground that was ticked is
    /// checked and not kept.
    pub(super) fn weigh(
        &self,
        covenants: &Covenants,
        now: Timestamp,
    ) -> Result<Result<StoredLine, Refused>, StoreError> {
        let (submission, mark) = match self {
            Self::Refused(refused) => return Ok(Err(refused.clone())),
            Self::Signal(submission, mark) => (submission, *mark),
        };
        let taken = submission.made.iter().try_for_each(|made| {
            let tags = made.outcome.as_ref().map_err(|refusal| *refusal)?;
            tags.taken.at(now)
        });
        if let Err(refusal) = taken {
            return Ok(Err(SubmitSignalRefusal::from(refusal).refused()));
        }
        if let Err(refusal) = submission.weigh_by(covenants.of(submission.covenant)?, now) {
            return Ok(Err(refusal.refused()));
        }
        StoredLine::of(submission, mark).map(Ok)
    }
}

/// A signal whose tags are still to be made.
struct Unmade {
    line: u32,
    body: Box<SignalSubmission>,
    principal: Principal,
    /// The child's tokens, and then those of each guardian.
    held: Vec<HeldTokens>,
}

impl Casework {
    /// Makes signals that wait of lines that were read.
    pub(super) async fn prepare_lines(
        &self,
        caller: &Caller,
        lines: Vec<ReadLine>,
    ) -> Fallible<Vec<(u32, Prepared)>> {
        let mut prepared = Vec::with_capacity(lines.len());
        let mut unmade = Vec::new();
        let mut principals = BTreeMap::new();
        for ReadLine { line, read } in lines {
            let refused = match read {
                Err(refused) => refused,
                Ok(body) => match self
                    .principal_of(caller, body.on_behalf_of, &mut principals)
                    .await?
                {
                    Err(refused) => refused,
                    Ok(principal) => match HeldTokens::of_signal(&body) {
                        None => SubmitSignalRefusal::from(KeyRefusal::UnknownEpoch).refused(),
                        Some(held) => {
                            unmade.push(Unmade {
                                line,
                                body,
                                principal,
                                held,
                            });
                            continue;
                        }
                    },
                },
            };
            prepared.push((line, Prepared::Refused(refused)));
        }
        let (keys, made) = self.make_tags_of(caller, &unmade).await?;
        let mark = KeysMark::of(&keys.state);
        let signals = unmade.into_iter().zip(made).map(|(unmade, made)| {
            let submission = self.submission(caller, &unmade.principal, &unmade.body, made);
            (unmade.line, Prepared::Signal(Box::new(submission), mark))
        });
        prepared.extend(signals);
        prepared.sort_by_key(|(line, _)| *line);
        Ok(prepared)
    }

    /// Whose signal a line is; asked once for each organisation.
    async fn principal_of(
        &self,
        caller: &Caller,
        on_behalf_of: Option<OrganisationId>,
        known: &mut BTreeMap<Option<OrganisationId>, Result<Principal, Refused>>,
    ) -> Fallible<Result<Principal, Refused>> {
        if let Some(known) = known.get(&on_behalf_of) {
            return Ok(known.clone());
        }
        let whose = match self.whose(caller, on_behalf_of).await {
            Ok(principal) => Ok(principal),
            Err(Failure::Refused(refusal)) => Err(refusal.refused()),
            Err(Failure::Store(error)) => return Err(error.into()),
            Err(_) => return Err(StoreError::Interrupted("principal_of").into()),
        };
        known.insert(on_behalf_of, whose.clone());
        Ok(whose)
    }

    /// The tags of each signal, all under the same keys, which are given too.
    async fn make_tags_of(
        &self,
        caller: &Caller,
        unmade: &[Unmade],
    ) -> Fallible<(std::sync::Arc<Keys>, Vec<Vec<MadeTags>>)> {
        for _ in 0..KEY_CHANGES {
            let keys = self.known_keys().await?;
            let mut made: Vec<Vec<MadeTags>> = unmade.iter().map(|_| Vec::new()).collect();
            for group in groups(unmade, &keys) {
                let first = &unmade[group[0]];
                let reference = first.body.professional.reference.as_str().as_bytes();
                let behalf = self.behalf(caller, reference);
                let held: Vec<&HeldTokens> = group.iter().flat_map(|place| &unmade[*place].held).collect();
                let of_group = self
                    .make_tags(&held, behalf, first.principal.min_suite, Epochs::Every)
                    .await?;
                let mut of_group = of_group.into_iter();
                for place in group {
                    made[place].extend(of_group.by_ref().take(unmade[place].held.len()));
                }
            }
            let version = keys.state.version;
            if made.iter().flatten().all(|made| made.keys_version == version) {
                return Ok((keys, made));
            }
        }
        Err(StoreError::Interrupted("prepare_lines").into())
    }
}

/// Which signals go together: those that need no keyholder by the lowest suite that is taken; those that do by professional
/// too, who is counted, and at most as many as the keyholder evaluates at a time.
fn groups(unmade: &[Unmade], keys: &Keys) -> Vec<Vec<usize>> {
    let mut by_key: BTreeMap<(u8, Option<&str>), Vec<usize>> = BTreeMap::new();
    for (place, unmade) in unmade.iter().enumerate() {
        let needs_keyholder = unmade.held.iter().any(|held| held.needs_keyholder(keys));
        let professional = needs_keyholder.then(|| unmade.body.professional.reference.as_str());
        by_key
            .entry((unmade.principal.min_suite, professional))
            .or_default()
            .push(place);
    }
    let mut groups = Vec::new();
    for ((_, professional), places) in by_key {
        if professional.is_none() {
            groups.push(places);
            continue;
        }
        let (mut group, mut elements) = (Vec::new(), 0);
        for place in places {
            let more: usize = unmade[place].held.iter().map(HeldTokens::len).sum();
            if elements + more > MAX_ELEMENTS && !group.is_empty() {
                groups.push(std::mem::take(&mut group));
                elements = 0;
            }
            group.push(place);
            elements += more;
        }
        groups.push(group);
    }
    groups
}
