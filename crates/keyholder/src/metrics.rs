//! What the keyholder tells its operator's monitoring, in OpenMetrics: how much, how fast, what was refused. In all, and
//! never by organisation, client or professional: who evaluates how much stands in the database and the log.

use std::fmt;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use protocol::gate::GateShare;
use protocol::problem::ProblemType;
use service_http::Refusal;

use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::gate::GateError;
use crate::quota::day;
use crate::statement::statements;

/// The media type of what is told.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

statements! {
    Service QUOTA_USE = "
        SELECT (SELECT coalesce(sum(elements), 0)::bigint FROM keyholder.organisation_day WHERE day = $1 /* day */) AS elements,
               (SELECT count(*) FROM keyholder.organisation_day WHERE day = $1) AS organisations,
               (SELECT coalesce(sum(elements), 0)::bigint FROM keyholder.gateway_day WHERE day = $1) AS gateway_elements,
               (SELECT count(*) FROM keyholder.organisation_day WHERE day = $1 AND exhausted_at IS NOT NULL) AS organisation,
               (SELECT count(*) FROM keyholder.professional_day WHERE day = $1 AND exhausted_at IS NOT NULL) AS professional,
               (SELECT count(*) FROM keyholder.gateway_day WHERE day = $1 AND exhausted_at IS NOT NULL) AS gateway";
    Service GATE_NUMBERS = "
        SELECT (SELECT count(*) FROM keyholder.gate_tombstone) AS tombstones,
               (SELECT count(*) FROM keyholder.consent_key WHERE ended_at IS NULL) AS consent_keys";
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RefusedAs {
    problem: Slug,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Slug(ProblemType);

impl EncodeLabelValue for Slug {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.slug().encode(encoder)
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Because {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfQuota {
    quota: &'static str,
}

/// The numbers, and their names.
pub(crate) struct Metrics {
    registry: Registry,
    evaluations: Counter,
    elements: Counter,
    refusals: Family<RefusedAs, Counter>,
    durations: Histogram,
    elements_today: Gauge,
    gateway_elements_today: Gauge,
    organisations_today: Gauge,
    exhausted_today: Family<OfQuota, Gauge>,
    shares: Counter,
    gate_refusals: Family<Because, Counter>,
    tombstones_received: Counter,
    tombstones: Gauge,
    consent_keys: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("keyholder"),
            evaluations: Counter::default(),
            elements: Counter::default(),
            refusals: Family::default(),
            // 1 ms to 4 s.
            durations: Histogram::new(exponential_buckets(0.001, 2.0, 13)),
            elements_today: Gauge::default(),
            gateway_elements_today: Gauge::default(),
            organisations_today: Gauge::default(),
            exhausted_today: Family::default(),
            shares: Counter::default(),
            gate_refusals: Family::default(),
            tombstones_received: Counter::default(),
            tombstones: Gauge::default(),
            consent_keys: Gauge::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("evaluations", "Batches answered", self.evaluations.clone());
        registry.register("elements", "Elements evaluated", self.elements.clone());
        registry.register("refusals", "Requests refused, by problem", self.refusals.clone());
        registry.register_with_unit(
            "evaluation_duration",
            "From the request's arrival to the answer, for batches that were answered",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "quota_elements_today",
            "Elements charged in this UTC day, all organisations together",
            self.elements_today.clone(),
        );
        registry.register(
            "quota_gateway_elements_today",
            "Of these through the gateway",
            self.gateway_elements_today.clone(),
        );
        registry.register(
            "quota_organisations_today",
            "Organisations that had something evaluated in this UTC day",
            self.organisations_today.clone(),
        );
        registry.register(
            "quota_exhausted_today",
            "Quotas that refused a request in this UTC day, by kind",
            self.exhausted_today.clone(),
        );
        self.register_gate();
        self
    }

    fn register_gate(&mut self) {
        let registry = &mut self.registry;
        registry.register("gate_shares", "Shares released", self.shares.clone());
        registry.register(
            "gate_refusals",
            "Shares refused because the gate is closed, by reason",
            self.gate_refusals.clone(),
        );
        registry.register(
            "gate_tombstones_received",
            "Consents that were told to have ended, told again not counted",
            self.tombstones_received.clone(),
        );
        registry.register(
            "gate_tombstones",
            "Ended consents whose time is not over",
            self.tombstones.clone(),
        );
        registry.register(
            "gate_consent_keys",
            "Keys of portals that are believed; without one no share is released",
            self.consent_keys.clone(),
        );
    }

    /// A batch was answered.
    pub(crate) fn answered(&self, elements: usize, took: std::time::Duration) {
        self.evaluations.inc();
        self.elements.inc_by(u64::try_from(elements).unwrap_or(u64::MAX));
        self.durations.observe(took.as_secs_f64());
    }

    /// A share was asked for.
    pub(crate) fn gate_answered(&self, answer: &Result<GateShare, GateError>) {
        match answer {
            Ok(_) => {
                self.shares.inc();
            }
            Err(GateError::Closed(refusal)) => {
                let label = Because {
                    reason: refusal.as_str(),
                };
                self.gate_refusals.get_or_create(&label).inc();
            }
            // Counted by problem, as every refusal.
            Err(GateError::NoPartner | GateError::Keyholder(_)) => {}
        }
    }

    /// So many consents are known to have ended that were not before.
    pub(crate) fn consents_ended(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.tombstones_received.inc_by(count);
    }

    /// Takes over what the gate's tables say.
    pub(crate) fn set_gate(&self, gate: &GateNumbers) {
        self.tombstones.set(gate.tombstones);
        self.consent_keys.set(gate.consent_keys);
    }

    fn refused(&self, problem: ProblemType) {
        let label = RefusedAs {
            problem: Slug(problem),
        };
        self.refusals.get_or_create(&label).inc();
    }

    /// Takes over what the counters of the database say.
    pub(crate) fn set_quota_use(&self, used: &QuotaUse) {
        self.elements_today.set(used.elements);
        self.gateway_elements_today.set(used.gateway_elements);
        self.organisations_today.set(used.organisations);
        for (quota, exhausted) in used.exhausted {
            self.exhausted_today
                .get_or_create(&OfQuota { quota })
                .set(exhausted);
        }
    }

    /// Everything as text.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Counts the refusals of an application; inside its door, whose own refusals it therefore does not see.
pub(crate) async fn count_refusals(
    metrics: web::Data<Metrics>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let answered = next.call(request).await;
    let problem = match &answered {
        Ok(answer) => {
            let extensions = answer.response().extensions();
            extensions.get::<Refusal>().map(Refusal::problem)
        }
        Err(error) => error.as_error::<Refusal>().map(Refusal::problem),
    };
    if let Some(problem) = problem {
        metrics.refused(problem);
    }
    answered
}

/// Today's use of quotas, in all.
pub(crate) struct QuotaUse {
    elements: i64,
    gateway_elements: i64,
    organisations: i64,
    exhausted: [(&'static str, i64); 3],
}

pub(crate) struct ReadQuotaUse;

impl Work for ReadQuotaUse {
    const NAME: &'static str = "read_quota_use";
    const ROLE: Role = Role::Service;
    type Output = QuotaUse;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<QuotaUse, KeyholderError> {
        let row = tx.one(&QUOTA_USE, &[&day(tx.now())]).await?;
        let exhausted = |kind| Ok::<_, KeyholderError>((kind, row.value(kind)?));
        Ok(QuotaUse {
            elements: row.value("elements")?,
            gateway_elements: row.value("gateway_elements")?,
            organisations: row.value("organisations")?,
            exhausted: [
                exhausted("organisation")?,
                exhausted("professional")?,
                exhausted("gateway")?,
            ],
        })
    }
}

/// What the gate's tables say, in all.
pub(crate) struct GateNumbers {
    tombstones: i64,
    consent_keys: i64,
}

pub(crate) struct ReadGateNumbers;

impl Work for ReadGateNumbers {
    const NAME: &'static str = "read_gate_numbers";
    const ROLE: Role = Role::Service;
    type Output = GateNumbers;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<GateNumbers, KeyholderError> {
        let row = tx.one(&GATE_NUMBERS, &[]).await?;
        Ok(GateNumbers {
            tombstones: row.value("tombstones")?,
            consent_keys: row.value("consent_keys")?,
        })
    }
}
