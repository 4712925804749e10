//! Letters that came to families of the sandbox, and what those families do with them in the portal.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use protocol::consent::Invitation;
use protocol::sandbox::Behaviour;
use serde::{Deserialize, Serialize};

use super::SandboxError;
use crate::demo::portal::{Browser, PortalError};
use crate::files::{self, Readers};

/// So long a family that withdraws lets its consent stand, by the sandbox's clock.
const STANDS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The letters that are not done with, on disk.
pub(super) struct Letters {
    path: PathBuf,
    open: Vec<Letter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Letter {
    code: String,
    /// What the code was exchanged for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// From when the family does what it does next.
    from: Timestamp,
    /// Until when the code can be used to decide.
    until: Timestamp,
    next: Deed,
}

/// What a family does with a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Deed {
    Agree,
    AgreeForADay,
    Refuse,
    Withdraw,
}

impl Letters {
    /// Those of the file at `path`; none where there is no file.
    pub(super) fn open(path: PathBuf) -> Result<Self, SandboxError> {
        let open = match path.exists() {
            true => serde_json::from_str(&files::read(&path)?)
                .map_err(|_| SandboxError::Robot(format!("{}: cannot be read", path.display())))?,
            false => Vec::new(),
        };
        Ok(Self { path, open })
    }

    /// Takes the letters of a request about a child that behaves so.
    pub(super) fn take(
        &mut self,
        behaviour: Behaviour,
        invitations: Vec<Invitation>,
        now: Timestamp,
    ) -> Result<(), SandboxError> {
        for (place, invitation) in invitations.into_iter().enumerate() {
            let Some(next) = deed(behaviour, place) else {
                return Ok(());
            };
            self.open.push(Letter {
                code: invitation.code.expose().to_owned(),
                key: None,
                from: invitation.valid_from.unwrap_or(now),
                until: invitation.valid_until,
                next,
            });
        }
        self.write()
    }

    /// Lets families do what it is time for, in the portal of the service at `base`.
    pub(super) async fn act(&mut self, base: &str, now: Timestamp) -> Result<(), SandboxError> {
        let mut left = Vec::new();
        let mut changed = false;
        for mut letter in std::mem::take(&mut self.open) {
            if now < letter.from {
                left.push(letter);
                continue;
            }
            changed = true;
            match letter.done_in(base).await {
                Ok(()) => left.extend(letter.after(now)),
                // The service may be busy; a code that opens nothing any more is let go when its time is over.
                Err(error) if now < letter.until => {
                    tracing::debug!(%error, "a family of the sandbox tries again");
                    left.push(letter);
                }
                Err(error) => tracing::warn!(%error, "a family of the sandbox gives up"),
            }
        }
        self.open = left;
        if changed { self.write() } else { Ok(()) }
    }

    fn write(&self) -> Result<(), SandboxError> {
        let text = serde_json::to_string_pretty(&self.open)
            .map_err(|error| SandboxError::Robot(error.to_string()))?;
        Ok(files::write(&self.path, text.as_bytes(), Readers::Owner)?)
    }
}

/// What whoever got the letter at this place does first; none where the vendor is the family.
fn deed(behaviour: Behaviour, place: usize) -> Option<Deed> {
    match behaviour {
        Behaviour::FamilyAgrees | Behaviour::Masked => Some(Deed::Agree),
        // One of them suffices to take it back.
        Behaviour::FamilyWithdraws if place == 0 => Some(Deed::AgreeForADay),
        Behaviour::FamilyWithdraws => Some(Deed::Agree),
        Behaviour::FamilyRefuses => Some(Deed::Refuse),
        Behaviour::AlwaysMatches | Behaviour::NeverMatches | Behaviour::InArchive => None,
    }
}

impl Letter {
    /// Does what is next, as a browser does it.
    async fn done_in(&mut self, base: &str) -> Result<(), PortalError> {
        let mut browser = Browser::new(base)?;
        let page = match &self.key {
            Some(key) => browser.come_back(key).await?,
            None => {
                let entered = browser.enter(&self.code).await?;
                let entered = entered.ok_or_else(|| PortalError("a code opens nothing".to_owned()))?;
                self.key = Some(entered.key);
                entered.page
            }
        };
        let decision = match self.next {
            Deed::Agree | Deed::AgreeForADay => "ja",
            Deed::Refuse => "nee",
            Deed::Withdraw => {
                if page.leads_to("/portal/intrekken") {
                    let sure = browser.open("/portal/intrekken").await?;
                    browser.send(&sure, "/portal/intrekken", &[]).await?;
                }
                return Ok(());
            }
        };
        // Decided before the program was interrupted, or by somebody else: then there is nothing left to choose.
        if page.has_form("/portal/besluit") {
            browser
                .send(&page, "/portal/besluit", &[("keuze", decision)])
                .await?;
        }
        Ok(())
    }

    /// What is left to do with it.
    fn after(self, now: Timestamp) -> Option<Self> {
        let later = now.checked_add(STANDS_FOR).ok()?;
        match self.next {
            Deed::AgreeForADay => Some(Self {
                from: later,
                until: later.checked_add(STANDS_FOR).ok()?,
                next: Deed::Withdraw,
                ..self
            }),
            Deed::Agree | Deed::Refuse | Deed::Withdraw => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::consent::{InvitationCode, Signatory};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn invitation(number: u8) -> Invitation {
        Invitation {
            signatory: Signatory::Guardian,
            number,
            code: InvitationCode::new(format!("AAAA-AAAA-AAAA-AAA{number}")),
            valid_from: None,
            valid_until: at("2027-03-29T00:00:00Z"),
        }
    }

    #[test]
    fn letters_are_kept_over_a_restart_and_one_of_the_family_takes_it_back_after_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("letters.json");
        let now = at("2027-03-01T09:00:00Z");
        let mut letters = Letters::open(path.clone()).unwrap();
        letters
            .take(
                Behaviour::FamilyWithdraws,
                vec![invitation(1), invitation(2)],
                now,
            )
            .unwrap();
        letters
            .take(Behaviour::AlwaysMatches, vec![invitation(3)], now)
            .unwrap();
        let kept = Letters::open(path).unwrap().open;
        assert_eq!(kept, letters.open);
        let deeds: Vec<Deed> = kept.iter().map(|letter| letter.next).collect();
        assert_eq!(deeds, [Deed::AgreeForADay, Deed::Agree]);
        let after: Vec<Letter> = kept.into_iter().filter_map(|letter| letter.after(now)).collect();
        assert_eq!(after.len(), 1);
        assert_eq!(
            (after[0].next, after[0].from),
            (Deed::Withdraw, at("2027-03-02T09:00:00Z"))
        );
    }
}
