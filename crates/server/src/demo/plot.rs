//! The story, scene by scene, and what each party saw.

use std::collections::BTreeSet;
use std::fs::File;

use audit_log::policy::Policy;
use audit_log::verify::{Language, Verdict, verify};
use protocol::Id;
use protocol::audit::{AuditExport, AuditExportSubmission, ExportFrom};
use protocol::consent::{ConsentRequest, ConsentState};
use protocol::signal::TokenAssurance;

use super::act::{Agreed, Met, Players, Sight, is_consent_missing};
use super::script::{Beginning, Part, Script};
use super::{DemoError, Doing as _, Level, Outcome, Stage, Teller, download, supervisor};
use crate::environment;
use crate::files;

const STORY: Part = Part::Story;

/// Plays a story, or the rest of one.
pub(super) async fn play(stage: &Stage) -> Result<Outcome, DemoError> {
    let now = environment::now();
    let path = stage.directory.path().join("story.json");
    let (mut script, beginning) = Script::open(&path, stage.organisations, now)?;
    if beginning == Beginning::Unprepared {
        // Its notices would else turn up in the next story.
        let mut players = Players::new(stage, script)?;
        super::invite::prepare(&mut players).await?;
        script = players.script.next(now)?;
    }
    let teller = &stage.teller;
    if beginning == Beginning::Continued {
        teller.note(format_args!(
            "Story {} goes on where it was interrupted.",
            script.number()
        ));
    } else {
        teller.note(format_args!("Story {} begins.", script.number()));
    }
    Plot {
        stage,
        teller,
        players: Players::new(stage, script)?,
    }
    .play()
    .await
}

struct Plot<'s> {
    stage: &'s Stage,
    teller: &'s Teller,
    players: Players,
}

impl Plot<'_> {
    async fn play(mut self) -> Result<Outcome, DemoError> {
        let before = self.players.tidy(STORY).await?;
        let (signals, assurance) = self.signals().await?;
        let met = self.meeting().await?;
        let matches = self.players.count_matches(STORY, &before).await?;
        self.contact(met.match_id).await?;
        let refused_before = self.too_early(met.match_id).await?;
        let request = self.consent(met.match_id).await?;
        let (messages, messages_read) = self.exchange(met.match_id).await?;
        let share_needed = self.share(met.match_id, messages[0]).await?;
        let attachments_read = self.document(met.match_id).await?;
        let refused_after = self.withdrawal(met.match_id, &request, messages).await?;
        let gate_closed = self.gate(met.match_id, &request, messages[0]).await?;
        let consent = self.players.look(STORY, "end", 0, met.match_id).await?.consent;
        let (audit_entries, audit_verified) = self.audit().await?;
        self.players.script.finish()?;
        Ok(Outcome {
            signals,
            assurance,
            matches,
            notices_delivered: met.notices.iter().map(Vec::len).sum(),
            refused_before_consent: refused_before,
            consent: consent.map(word).unwrap_or_default(),
            messages_read,
            attachments_read,
            share_needed,
            gate_closed,
            refused_after_withdrawal: refused_after,
            audit_entries,
            audit_verified,
        })
    }

    async fn signals(&mut self) -> Result<(usize, Option<TokenAssurance>), DemoError> {
        let mut signals = BTreeSet::new();
        let mut assurances = Vec::new();
        let mut given = Vec::new();
        for by in [0, 1] {
            let signal = self.players.signal(STORY, by).await?;
            signals.insert(signal.id);
            assurances.push(signal.assurance);
            given.push(signal.clone());
            let name = self.players.actors[by].name;
            match by {
                0 => self.teller.step(format_args!(
                    "{name} gives a signal about a child: that it is involved, not why. The citizen service number stays \
                     there. {} It sees: the signal is active, until {}. Whether anyone else knows this child it does not \
                     see.",
                    token_of(self.stage.level),
                    signal.planned_end
                )),
                _ => self.teller.step(format_args!(
                    "{name} gives a signal about the same child. It sees an answer of the very same kind, though the \
                     child is known now."
                )),
            }
        }
        for (by, signal) in given.iter().enumerate() {
            self.players.tell_family(STORY, by, signal).await?;
        }
        self.teller.step(
            "Both have told the child's guardians of their signals, and record that: on which day, how, in which language. \
             A signal of which the family was not told in 14 days would be paused.",
        );
        let first = assurances.first().copied();
        let alike = first.filter(|first| assurances.iter().all(|assurance| assurance == first));
        Ok((signals.len(), alike))
    }

    async fn meeting(&mut self) -> Result<Met, DemoError> {
        let met = self.players.meet(STORY).await?;
        self.teller.step(
            "The matcher finds that both signals are about one child and opens one match. Both parties find a notice in \
             their inbox: there is a match. It names nobody and says nothing.",
        );
        for by in [0, 1] {
            let sight = self
                .players
                .look(STORY, &format!("match-{by}"), by, met.match_id)
                .await?;
            self.players.acknowledge(STORY, by, &met).await?;
            let name = self.players.actors[by].name;
            match sight.other {
                Some((other, reference)) => self.teller.step(format_args!(
                    "{name} reads the match and acknowledges the notice. It sees: {other}, professional {reference}, and \
                     how to reach them. No name of a child."
                )),
                None => self.teller.step(format_args!(
                    "{name} reads the match and acknowledges the notice. It sees: another organisation."
                )),
            }
        }
        Ok(met)
    }

    async fn contact(&mut self, match_id: Id) -> Result<(), DemoError> {
        for by in [0, 1] {
            self.players.confirm_contact(STORY, by, match_id).await?;
        }
        let [first, second] = &self.players.actors;
        self.teller.step(format_args!(
            "The two professionals call each other. {} and {} each confirm that they were in contact.",
            first.name, second.name
        ));
        self.players.find_lead(STORY, match_id).await?;
        let [first, second] = &self.players.actors;
        self.teller.step(format_args!(
            "{} proposes that {} coordinates this match, and {} accepts. As lead it could close the match, with what came \
             of it.",
            first.name, second.name, second.name
        ));
        Ok(())
    }

    async fn too_early(&mut self, match_id: Id) -> Result<bool, DemoError> {
        let problem = self.players.send_without_consent(STORY, match_id).await?;
        let name = self.players.actors[0].name;
        self.teller.step(match &problem {
            Some(slug) => format!(
                "{name} tries to send a message before anyone consented, under a made-up consent. It sees: refused, 409 \
                 {slug}."
            ),
            None => format!("{name} sends a message before anyone consented, AND IT IS TAKEN."),
        });
        Ok(is_consent_missing(problem.as_ref()))
    }

    async fn consent(&mut self, match_id: Id) -> Result<ConsentRequest, DemoError> {
        let request = self.players.ask_consent(STORY, match_id).await?;
        self.teller.step(format_args!(
            "{} asks consent of the child's two guardians. It gets {} codes, one for each letter; a code opens this one \
             request, for one guardian.",
            self.players.actors[0].name,
            request.invitations.len()
        ));
        for guardian in [0, 1] {
            let Agreed { before, after, .. } = self.players.agree(STORY, &request, guardian).await?;
            let sight = self
                .players
                .look(STORY, &format!("consent-{guardian}"), 0, match_id)
                .await?;
            self.teller.step(format_args!(
                "Guardian {} types the code from the letter in the portal, chooses a PIN, reads \"{before}\" and says yes. The page now \
                 says \"{after}\". {} sees: {}.",
                guardian + 1,
                self.players.actors[0].name,
                seen(&sight)
            ));
        }
        Ok(request)
    }

    async fn exchange(&mut self, match_id: Id) -> Result<([Id; 2], usize), DemoError> {
        let mut messages = [match_id; 2];
        let mut read = 0;
        for (from, to) in [(0, 1), (1, 0)] {
            let message = self.players.send(STORY, from, to, match_id).await?;
            messages[from] = message;
            let as_sent = self.players.read(STORY, from, to, match_id, message).await?;
            read += usize::from(as_sent);
            let (sender, recipient) = (&self.players.actors[from], &self.players.actors[to]);
            self.teller.step(if as_sent {
                format!(
                    "{} checks the signed consent record, seals a message and sends it; the service stores what it cannot \
                     read. {} opens it and reads: \"{}\"",
                    sender.name, recipient.name, sender.message
                )
            } else {
                format!("{} reads something else than {} sent.", recipient.name, sender.name)
            });
        }
        Ok((messages, read))
    }

    async fn share(&mut self, match_id: Id, message: Id) -> Result<bool, DemoError> {
        let needed = self.players.needs_share(STORY, 1, match_id, message).await?;
        let name = self.players.actors[1].name;
        self.teller.step(match needed {
            true => format!(
                "{name} had the keyholder's share for that: the portal signs that the consent stands, and with that word the \
                 keyholder gives it. The same program with the same keys, but without the share, gets the message from the \
                 service and cannot open it."
            ),
            false => format!(
                "There is no keyholder at this level: the lock is the service's check alone, and {name} needs nothing more \
                 than its key."
            ),
        });
        Ok(needed)
    }

    async fn document(&mut self, match_id: Id) -> Result<usize, DemoError> {
        let dir = self.stage.directory.path();
        let (name, bytes, as_sent) = self.players.hand_over(STORY, dir, match_id).await?;
        let [sender, recipient] = &self.players.actors;
        self.teller.step(if as_sent {
            format!(
                "{} seals a document, {name} of {bytes} bytes, and sends it in parts. {} opens it, keeps it in its own file \
                 and says so: the service destroys what it had of it.",
                sender.name, recipient.name
            )
        } else {
            format!("{} gets another document than {} sent.", recipient.name, sender.name)
        });
        Ok(usize::from(as_sent))
    }

    async fn gate(&mut self, match_id: Id, request: &ConsentRequest, message: Id) -> Result<bool, DemoError> {
        let closed = self
            .players
            .gate_is_closed(STORY, 1, match_id, request, message)
            .await?;
        if closed {
            let name = self.players.actors[1].name;
            self.teller.step(format_args!(
                "{name} asks the keyholder itself, with the record and the portal's newest word. It sees: refused, 403 \
                 gate-closed. Who kept the sealed message, the operator too, has nothing to open it with."
            ));
        }
        Ok(closed)
    }

    async fn withdrawal(
        &mut self,
        match_id: Id,
        request: &ConsentRequest,
        messages: [Id; 2],
    ) -> Result<bool, DemoError> {
        let page = self.players.withdraw(STORY, request, 1).await?;
        self.teller.step(format_args!(
            "Guardian 2 comes back with the return key and withdraws: one click, and one more to be sure. The page now says \"{page}\"."
        ));
        let mut refused = true;
        for (from, to) in [(0, 1), (1, 0)] {
            let problem = self
                .players
                .read_again(STORY, to, match_id, messages[from])
                .await?;
            refused &= is_consent_missing(problem.as_ref());
            let name = self.players.actors[to].name;
            self.teller.step(match problem {
                Some(slug) => {
                    format!("{name} tries to read the message again. It sees: refused, 409 {slug}.")
                }
                None => format!("{name} reads the message again, AND IS NOT REFUSED."),
            });
        }
        Ok(refused)
    }

    async fn audit(&mut self) -> Result<(u64, bool), DemoError> {
        let supervisor = supervisor(&self.stage.credentials)?;
        let whole = AuditExportSubmission {
            from: Some(ExportFrom::Start),
            scope: None,
        };
        let export: AuditExport = self
            .players
            .script
            .act(STORY, "export", async |key| {
                supervisor
                    .request_export(&whole, Some(key))
                    .await
                    .while_("asking for an export")
            })
            .await?;
        let name = format!("export-{}.tar", self.players.script.number());
        let bundle = self.stage.directory.path().join(name);
        download(&supervisor, export.id, &bundle)
            .await
            .while_("fetching an export")?;

        let unverified = |error: std::io::Error| DemoError::Verify(error.to_string());
        let policy = files::read(&self.stage.credentials.audit_policy_file)?;
        let policy =
            Policy::parse(policy.as_bytes()).map_err(|error| DemoError::Verify(error.to_string()))?;
        let report =
            verify(&mut File::open(&bundle).map_err(unverified)?, &policy, None).map_err(unverified)?;
        let entries = report.checkpoint().map_or(0, |checkpoint| checkpoint.size);
        let good = report.verdict() == Verdict::Good;
        if good {
            self.teller.step(format_args!(
                "The supervisor takes the audit log home ({}) and verifies it there, without the service: {entries} \
                 entries, signature, tree, commitments and order in order. It sees what happened and when; of the child, \
                 nothing.",
                bundle.display()
            ));
        } else {
            self.teller
                .step("The supervisor takes the audit log home and verifies it. It finds faults:");
            for finding in report.findings() {
                self.teller
                    .note(format_args!("     {}", finding.sentence(Language::English)));
            }
        }
        Ok((entries, good))
    }
}

/// What happens to a child's number on the way.
const fn token_of(level: Level) -> &'static str {
    match level {
        Level::A => {
            "A token made from it with the network's key travels: a keyed hash, which whoever has that key can try for \
             every number."
        }
        Level::B => {
            "A token is made from it with the network's key, blinded, and sent to the keyholder, which multiplies it by \
             its secret, counts it, and can learn nothing from it. The partner checks the proof, takes the blinding off \
             and sends the result. Nobody can try out numbers without the keyholder, which counts every try."
        }
    }
}

fn seen(sight: &Sight) -> String {
    let consent = match sight.consent {
        Some(ConsentState::Given) => "consent is given".to_owned(),
        Some(ConsentState::Requested) => "not everyone has decided".to_owned(),
        Some(state) => format!("consent is {}", word(state)),
        None => "nobody was asked".to_owned(),
    };
    format!(
        "{consent}, exchange is {}",
        if sight.open { "open" } else { "closed" }
    )
}

/// The state in the word of the API.
fn word(state: ConsentState) -> String {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
