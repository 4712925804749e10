//! A partner's system reads what the region agreed, so that its screens offer what will be taken.

use domain::actor::Sector;
use domain::covenant as rules;
use protocol::covenant::{Covenant, Ground, LegalMode, Reveal};
use store::{Party, StoreError, Tx};

use crate::act::{Failure, Look, NotFound};
use crate::{Caller, Casework, match_view};

impl Casework {
    /// The caller's own covenant.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn read_covenant(&self, caller: &Caller) -> Result<Covenant, Failure<NotFound>> {
        self.look(caller, ReadCovenant(caller.clone())).await
    }
}

struct ReadCovenant(Caller);

impl Look for ReadCovenant {
    const NAME: &'static str = "read_covenant";
    type Output = Covenant;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Covenant, Failure<NotFound>> {
        let rows = tx.covenants().await?;
        let row = rows.iter().find(|row| row.key == self.0.covenant);
        let row = row.ok_or(StoreError::Column {
            column: "covenant_id",
        })?;
        let agreed =
            rules::Covenant::parse(&row.settings).map_err(|_| StoreError::Column { column: "settings" })?;
        let sectors = |of: &dyn Fn(Sector) -> bool| {
            let listed = Sector::ALL.into_iter().filter(|sector| of(*sector));
            listed.map(match_view::wire_sector).collect()
        };
        let ground = |(code, text): (&String, &String)| Ground {
            code: code.clone(),
            text: text.clone(),
        };
        Ok(Covenant {
            name: row.name.clone(),
            version: row.version.unsigned_abs(),
            applied_at: row.applied_at,
            municipality: agreed.municipality().to_owned(),
            time_zone: agreed.time_zone().iana_name().unwrap_or_default().to_owned(),
            legal_mode: match agreed.legal_mode() {
                rules::LegalMode::Notify => LegalMode::Notify,
                rules::LegalMode::ConsentFirst => LegalMode::ConsentFirst,
            },
            grounds: agreed.grounds().iter().map(ground).collect(),
            may_signal: sectors(&|sector| agreed.may_signal(sector)),
            may_lead: sectors(&|sector| agreed.may_lead(sector)),
            delegation: agreed.delegation(),
            signal_max_days: agreed.signal_max_days(),
            age_limit: agreed.age_limit(),
            archive_years: agreed.archive_years(),
            signals_per_hour: agreed.signals_per_hour(),
            disclosure_deadline_days: agreed.disclosure_deadline_days(),
            contact_deadline_working_days: agreed.contact_deadline_working_days(),
            reveal: match agreed.reveal() {
                rules::Reveal::OnMatch => Reveal::OnMatch,
                rules::Reveal::OnConsent => Reveal::OnConsent,
            },
            sensitive_sectors: sectors(&|sector| agreed.is_sensitive(sector)),
            consent_days: agreed.consent_days(),
            one_guardian_may_declare: agreed.one_guardian_may_declare(),
            attested_consent: agreed.attested_consent(),
            family_match: agreed.family_match(),
            min_suite: self.0.min_suite,
        })
    }
}
