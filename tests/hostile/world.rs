//! The operations of the API's description, each with a request that is right, so that a test can bend one thing.

use protocol::OrganisationId;
use std::collections::BTreeSet;
use std::sync::Arc;

use protocol::batch::BatchState;
use protocol::consent::AgeBand;
use protocol::jwk::SigningAlgorithm;
use protocol::objection::Advice;
use protocol::page::PageQuery;
use protocol::rights_request::{Right, RightsAnswer};
use protocol::signal::EndReason;
use protocol::{ClientId, Jwk};
use serde_json::{Value, json};
use tests::{
    Answer, Assertion, COVENANT, Client, Guardian, Http, KeyOfClient, Method, Parcel, Professional, Region,
    Sector, Supervisor, child, eventually, sealing_key_submission, sealing_secret,
};

use crate::assert_problem;

/// One operation with everything right about it.
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) template: String,
    /// The path of something that exists for the caller.
    pub(crate) path: String,
    pub(crate) scope: Option<String>,
    /// Every scope that opens it.
    pub(crate) scopes: Vec<String>,
    pub(crate) body: Option<(String, &'static str)>,
    pub(crate) needs_key: bool,
    /// It gives pages.
    pub(crate) is_list: bool,
    /// It goes on answering until somebody hangs up.
    pub(crate) is_stream: bool,
    /// How the description says that it may be answered.
    pub(crate) statuses: Vec<String>,
}

impl Operation {
    /// There is such a thing of one organisation, which another one asks for.
    pub(crate) fn has_foreign(&self) -> bool {
        self.template.contains('{') && self.scope.as_deref().is_some_and(|scope| scope != "supervise")
    }
}

/// Who calls, and what there is to call about.
pub(crate) struct World {
    pub(crate) region: Region,
    pub(crate) http: Http,
    pub(crate) partner: String,
    pub(crate) supervisor: String,
    pub(crate) municipality: String,
    pub(crate) outsider: String,
    pub(crate) other_municipality: String,
    pub(crate) operations: Vec<Operation>,
    // Kept: with them their clients live.
    actors: (Professional, Professional, Supervisor),
}

impl World {
    pub(crate) async fn start() -> Self {
        // A sandbox: it has every operation there is.
        let region = Region::sandbox("").await;
        let http = Http::new(&region.url);
        let supervisor = region.supervisor().await;
        let outsider = region
            .professional("Kinderopvang De Vlinder", Sector::Childcare)
            .await;
        let school = region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await;
        let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
        region
            .apply_covenant("Convenant Overdam", "municipality = \"gemeente Overdam\"")
            .await;
        let other_municipality = region
            .municipality_under("Convenant Overdam", "gemeente Overdam")
            .await;
        // One signal to which the family was asked to agree, and one to which it is to be asked.
        let asks_first =
            "notice_interval_minutes = 0\nattested_consent = true\nlegal_mode = \"consent_first\"";
        region.apply_covenant(tests::COVENANT, asks_first).await;
        let asleep = school.signals(&child(31)).await.id;
        let to_be_asked = school.signals(&child(32)).await.id;
        let asked_asleep = school.asks_about_signal(asleep, 1).await;
        let asked = asked_asleep.id;
        region
            .apply_covenant(
                tests::COVENANT,
                "notice_interval_minutes = 0\nattested_consent = true",
            )
            .await;
        // One match in which nobody calls.
        let uncalled = school.signals(&child(9)).await.id;
        help.signals(&child(9)).await;
        school.is_told_of_a_match().await;
        help.is_told_of_a_match().await;
        // One signal that lies in the archive, and who is told of it; one to be ended.
        let told_of = outsider.signals(&child(3)).await.id;
        outsider.ends(told_of, EndReason::Resolved).await;
        region.at("2027-03-02T10:00:00+01:00").await;
        region.casework.retire_once().await.unwrap();
        let later = school.signals(&child(3)).await.id;
        let archived = school.is_told(1).await[0].id;
        school.partner.acknowledge_notice(archived, None).await.unwrap();
        let to_be_ended = school.signals(&child(4)).await.id;
        let signal = school.signals(&child(1)).await.id;
        help.signals(&child(1)).await;
        let notice = school.is_told(1).await[0].clone();
        let match_id = notice.match_id.unwrap();
        school.confirms_contact(match_id).await;
        help.confirms_contact(match_id).await;
        let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        Guardian::of(&region, &request)[0].agrees().await;
        let record = school.has_record(match_id, request.id).await.hash;
        let message = help.writes(match_id, &school, "Voor de school.").await;
        let sealed = school
            .partner
            .seal_message(match_id, help.organisation, b"Van de school.")
            .await
            .unwrap();
        let kept = help.writes(match_id, &school, "Bewaard.").await;
        school.reads(match_id, kept).await;
        let export = supervisor
            .client
            .request_export(&Default::default(), None)
            .await
            .unwrap()
            .id;

        // One objection to advise on and one to decide; a file to fetch and a request to decide.
        let desk = region.municipality();
        let [unused, letter, other_letter, lost, stolen] = [
            school.makes_letter(signal).await,
            school.makes_letter(uncalled).await,
            school.makes_letter(later).await,
            school.makes_letter(uncalled).await,
            school.makes_letter(uncalled).await,
        ]
        .map(|letter| letter.code.expose().to_owned());
        let to_advise = desk.objects_for(&letter, None).await.unwrap().id;
        let to_decide = desk.objects_for(&other_letter, None).await.unwrap().id;
        school.advises(to_decide, Advice::KeepSignal).await.unwrap();
        let access = desk.asks_for(&letter, Right::Access).await.unwrap().id;
        desk.answers(access, RightsAnswer::Given, None).await.unwrap();
        let erasure = desk.asks_for(&letter, Right::Erasure).await.unwrap().id;
        let with_code = |more: &str| Some(format!(r#"{{"code":"{unused}"{more}}}"#));

        // A client without a number who may be another's too, and two children of one guardian.
        region
            .apply_covenant(
                COVENANT,
                "notice_interval_minutes = 0\nattested_consent = true\nfamily_match = true",
            )
            .await;
        for (who, reference) in [(&school, "dossier-1"), (&help, "klant-77")] {
            let client = Client {
                surname: "Bakker",
                born: "2019-03-08",
                sex: "v",
                reference,
            };
            who.signals_about(&client).await;
        }
        let soft_match = school.is_asked(1).await[0].id;
        school.signals_with_guardians(&child(5), &[child(901)]).await;
        help.signals_with_guardians(&child(6), &[child(901)]).await;
        let family_match = eventually("a family match", async || {
            school.family_matches().await.first().map(|family| family.id)
        })
        .await;

        // One match that the school leads. What its inbox held stays there.
        let led = {
            school.signals(&child(21)).await;
            help.signals(&child(21)).await;
            region.quiet().await;
            let led = school.matches().await[0].id;
            school.confirms_contact(led).await;
            help.confirms_contact(led).await;
            school.leads(led, &help).await;
            led
        };
        // Three signals of which a family has yet to be told; of one it is proposed to do that later.
        let mut untold = Vec::new();
        for number in [10, 11, 12] {
            untold.push(school.signals_untold(&child(number), "2027-09-01").await.id);
        }
        school
            .proposes_to_postpone(untold[2], "2027-03-20")
            .await
            .unwrap();

        // In the other match the school is asked to lead.
        help.proposes(match_id, school.organisation).await.unwrap();
        let of_match = format!("/v1/matches/{match_id}");
        let consent_question =
            r#"{"ageBand":"under12","guardians":1,"nextBoundaryOn":null,"language":"nl"}"#.to_owned();
        let said = r#"{"signatory":"guardian","number":1,"form":"oral","on":"2027-03-02","decision":"agreed","by":"ref-1"}"#;
        region.at("2027-03-09T10:00:00+01:00").await;
        // One attachment that arrives, for which there is a day, one that waits, and one to be announced.
        let parcel =
            async |from, to, number| Parcel::of(&region, (from, to), match_id, record, (number, 100)).await;
        let (to_help, to_school) = (parcel(&school, &help, 1).await, parcel(&help, &school, 2).await);
        assert_eq!(to_help.announced("to-help-1").await.status, 201);
        to_school.arrives().await;
        let announcement = serde_json::to_string(&parcel(&school, &help, 3).await.announcement).unwrap();
        while region.casework.follow_up_once().await.unwrap() > 0 {}
        while region.casework.note_unread_once().await.unwrap() > 0 {}
        region.quiet().await;
        while region.casework.count_once().await.unwrap() > 0 {}
        while region.casework.publish_once().await.unwrap() {}
        let task = region.municipality().task().await.id;
        // Two batches of which everything is held: one to be taken back, one to be decided about.
        let may = "notice_interval_minutes = 0\nattested_consent = true\nfamily_match = true";
        region
            .apply_covenant(COVENANT, &format!("{may}\nsignals_per_hour = 1"))
            .await;
        school.signals(&child(40)).await;
        let mut batches = Vec::new();
        for number in [42, 43] {
            let line = school.signal_line(&child(number), None);
            let batch = school
                .gives_batch(&http, &format!("held-batch-{number}"), &[line])
                .await;
            school.waits_for_batch(&http, batch.id, BatchState::Held).await;
            batches.push(batch.id);
        }
        region.apply_covenant(COVENANT, may).await;
        let held = supervisor
            .client
            .alerts(&PageQuery {
                limit: 100,
                cursor: None,
            })
            .await
            .unwrap()
            .items[0]
            .id;
        // Endpoints: one to read and test, one to switch off and on, one to remove.
        let mut endpoints = Vec::new();
        for _ in 0..3 {
            let added = school
                .partner
                .add_webhook_endpoint("https://hooks.school.example/trefpunt", None)
                .await;
            endpoints.push(added.unwrap().endpoint.id);
        }
        let [listening, switched, removed] = endpoints[..] else {
            panic!("three endpoints were added")
        };
        // A further sealing key of the school, to which nothing is sealed, and one to be added.
        let further = sealing_secret().public().unwrap();
        region
            .casework
            .operate_add_sealing_key(school.organisation, further)
            .await
            .unwrap();
        let proof_key = school.partner.sealing_keys().await.unwrap().proof_key;
        let new_sealing_key =
            sealing_key_submission(school.organisation, &sealing_secret(), &proof_key.into());
        // A second program of the school, for what is done to programs.
        let of_second = Jwk::from([3; 32]);
        let kid = of_second.thumbprint();
        let second = region
            .casework
            .register_client(school.organisation, of_second, BTreeSet::new())
            .await
            .unwrap();
        let example = |id: &str| -> (String, Option<String>) {
            match id {
                "submitSignal" => ("/v1/signals".into(), Some(school.signal_body(&child(2)))),
                "submitBatch" => (
                    "/v1/signals/batches".into(),
                    Some(school.signal_body(&child(41)) + "\n"),
                ),
                "listBatches" => ("/v1/signals/batches".into(), None),
                "readBatch" => (format!("/v1/signals/batches/{}", batches[0]), None),
                "listBatchLines" => (format!("/v1/signals/batches/{}/lines", batches[0]), None),
                "withdrawBatch" => (
                    format!("/v1/signals/batches/{}/withdrawals", batches[0]),
                    Some("{}".into()),
                ),
                "decideAlert" => (
                    format!("/v1/alerts/{held}/decisions"),
                    Some(r#"{"decision":"released"}"#.into()),
                ),
                "resubmitSignals" => (
                    "/v1/signals/resubmissions".into(),
                    Some(school.resubmission_body(signal, &child(1))),
                ),
                "endSignal" => (
                    format!("/v1/signals/{to_be_ended}/endings"),
                    Some(r#"{"reason":"resolved"}"#.into()),
                ),
                "reassignSignals" => (
                    "/v1/signals/reassignments".into(),
                    Some(r#"{"from":"m.jansen","to":{"reference":"p.devries"}}"#.into()),
                ),
                "openArchiveNotice" => (
                    format!("/v1/notices/{archived}/openings"),
                    Some(r#"{"reason":"safety"}"#.into()),
                ),
                "readCovenant" => ("/v1/covenant".into(), None),
                "listClients" => ("/v1/clients".into(), None),
                "readClient" => (format!("/v1/clients/{second}"), None),
                "addClientKey" => (
                    format!("/v1/clients/{second}/keys"),
                    Some(key_submission(&region, &second)),
                ),
                "retireClientKey" => (
                    format!("/v1/clients/{second}/keys/{kid}/retirements"),
                    Some("{}".into()),
                ),
                "disableClient" => (format!("/v1/clients/{second}/disablings"), Some("{}".into())),
                "enableClient" => (format!("/v1/clients/{second}/enablings"), Some("{}".into())),
                "listSealingKeys" => ("/v1/sealing-keys".into(), None),
                "addSealingKey" => (
                    "/v1/sealing-keys".into(),
                    Some(serde_json::to_string(&new_sealing_key).unwrap()),
                ),
                "retireSealingKey" => (
                    format!("/v1/sealing-keys/{further}/retirements"),
                    Some("{}".into()),
                ),
                "listAlerts" => ("/v1/alerts".into(), None),
                "recordDisclosure" => (
                    format!("/v1/signals/{}/disclosures", untold[0]),
                    Some(r#"{"on":"2027-03-09","channel":"telephone","language":"nl","by":"ref-1"}"#.into()),
                ),
                "proposePostponement" => (
                    format!("/v1/signals/{}/postponements", untold[1]),
                    Some(r#"{"reason":"child_unsafe","reviewOn":"2027-03-20","by":"ref-1"}"#.into()),
                ),
                "decidePostponement" => (
                    format!("/v1/signals/{}/postponement-decisions", untold[2]),
                    Some(r#"{"decision":"approved","by":"ref-2"}"#.into()),
                ),
                "listDisclosuresDue" => ("/v1/disclosures-due".into(), None),
                "readKeyEpochs" => ("/v1/key-epochs".into(), None),
                "listSignals" => ("/v1/signals".into(), None),
                "readSignal" => (format!("/v1/signals/{signal}"), None),
                "listMatches" => ("/v1/matches".into(), None),
                "readMatch" => (of_match.clone(), None),
                "listSoftMatches" => ("/v1/soft-matches".into(), None),
                "readSoftMatch" => (format!("/v1/soft-matches/{soft_match}"), None),
                "answerSoftMatch" => (
                    format!("/v1/soft-matches/{soft_match}/answers"),
                    Some(r#"{"sameChild":true}"#.into()),
                ),
                "listFamilyMatches" => ("/v1/family-matches".into(), None),
                "readFamilyMatch" => (format!("/v1/family-matches/{family_match}"), None),
                "confirmContact" => (format!("{of_match}/contact-confirmations"), Some("{}".into())),
                "proposeLead" => (
                    format!("{of_match}/lead-proposals"),
                    Some(format!(r#"{{"organisation":"{}"}}"#, help.organisation)),
                ),
                "answerLead" => (
                    format!("{of_match}/lead-answers"),
                    Some(r#"{"answer":"accepted"}"#.into()),
                ),
                "closeMatch" => (
                    format!("/v1/matches/{led}/closings"),
                    Some(r#"{"outcome":"tuned_in"}"#.into()),
                ),
                "relocateMatch" => (
                    format!("{of_match}/relocations"),
                    Some(format!(
                        r#"{{"municipality":"{}"}}"#,
                        other_municipality.organisation
                    )),
                ),
                "requestConsent" => (
                    format!("{of_match}/consent-requests"),
                    Some(consent_question.clone()),
                ),
                "listConsentRequests" => (format!("{of_match}/consent-requests"), None),
                "readConsentRequest" => (format!("{of_match}/consent-requests/{}", request.id), None),
                "attestConsent" => (
                    format!("{of_match}/consent-requests/{}/attestations", request.id),
                    Some(said.into()),
                ),
                "requestSignalConsent" => (
                    format!("/v1/signals/{to_be_asked}/consent-requests"),
                    Some(consent_question.clone()),
                ),
                "listSignalConsentRequests" => (format!("/v1/signals/{asleep}/consent-requests"), None),
                "readSignalConsentRequest" => {
                    (format!("/v1/signals/{asleep}/consent-requests/{asked}"), None)
                }
                "attestSignalConsent" => (
                    format!("/v1/signals/{asleep}/consent-requests/{asked}/attestations"),
                    Some(said.into()),
                ),
                "readConsentKeys" => ("/v1/consent-keys".into(), None),
                "readConsentStatus" => (
                    "/v1/consent-status".into(),
                    Some(format!(r#"{{"consentHash":"{record}"}}"#)),
                ),
                "sendMessage" => (
                    format!("{of_match}/messages"),
                    Some(serde_json::to_string(&sealed).unwrap()),
                ),
                "listMessages" => (format!("{of_match}/messages"), None),
                "readMessage" => (format!("{of_match}/messages/{message}"), None),
                "acknowledgeContent" => (
                    format!("{of_match}/messages/{kept}/acknowledgements"),
                    Some("{}".into()),
                ),
                "announceAttachment" => (format!("{of_match}/attachments"), Some(announcement.clone())),
                "readAttachment" => (to_help.path(), None),
                "sendAttachmentPart" => (to_help.part_path(0), Some("x".repeat(100))),
                "readAttachmentPart" => (to_school.part_path(0), None),
                "listNotices" => ("/v1/notices".into(), None),
                "readMailSettings" => ("/v1/mail-settings".into(), None),
                "changeMailSettings" => (
                    "/v1/mail-settings/changes".into(),
                    Some(r#"{"address":"zorgcoordinatie@school.example"}"#.into()),
                ),
                "addWebhookEndpoint" => (
                    "/v1/webhook-endpoints".into(),
                    Some(r#"{"url":"https://hooks.school.example/trefpunt"}"#.into()),
                ),
                "listWebhookEndpoints" => ("/v1/webhook-endpoints".into(), None),
                "readWebhookEndpoint" => (format!("/v1/webhook-endpoints/{listening}"), None),
                "listWebhookAttempts" => (format!("/v1/webhook-endpoints/{listening}/attempts"), None),
                "rotateWebhookSecret" => (
                    format!("/v1/webhook-endpoints/{listening}/secret-rotations"),
                    Some("{}".into()),
                ),
                "testWebhookEndpoint" => (
                    format!("/v1/webhook-endpoints/{listening}/test-events"),
                    Some("{}".into()),
                ),
                "replayWebhooks" => (
                    format!("/v1/webhook-endpoints/{listening}/replays"),
                    Some(r#"{"from":"2027-03-01T00:00:00Z","to":"2027-03-02T00:00:00Z"}"#.into()),
                ),
                "disableWebhookEndpoint" => (
                    format!("/v1/webhook-endpoints/{switched}/disablings"),
                    Some("{}".into()),
                ),
                "enableWebhookEndpoint" => (
                    format!("/v1/webhook-endpoints/{switched}/enablings"),
                    Some("{}".into()),
                ),
                "removeWebhookEndpoint" => (
                    format!("/v1/webhook-endpoints/{removed}/removals"),
                    Some("{}".into()),
                ),
                "readNotice" => (format!("/v1/notices/{}", notice.id), None),
                "streamNotices" => ("/v1/notices/stream".into(), None),
                "acknowledgeNotice" => (
                    format!("/v1/notices/{}/acknowledgements", notice.id),
                    Some("{}".into()),
                ),
                "issueLetter" => (
                    format!("/v1/signals/{signal}/letters"),
                    Some(r#"{"signatory":"guardian","number":2,"sixteenOn":null}"#.into()),
                ),
                "makeLetterDocument" => ("/v1/letter-documents".into(), with_code(r#","language":"ar""#)),
                "readLetter" => ("/v1/letter-files".into(), with_code("")),
                "replaceLetter" => (
                    "/v1/letter-replacements".into(),
                    Some(format!(r#"{{"code":"{lost}"}}"#)),
                ),
                "revokeLetter" => (
                    "/v1/letter-revocations".into(),
                    Some(format!(r#"{{"code":"{stolen}"}}"#)),
                ),
                "decideAtDesk" => (
                    "/v1/assisted-decisions".into(),
                    Some(format!(
                        r#"{{"code":"{}","decision":"agreed","form":"oral","language":"nl","by":"balie-3"}}"#,
                        request.invitations[0].code.expose()
                    )),
                ),
                "makeObjection" => ("/v1/objections".into(), with_code(r#","signal":null"#)),
                "listObjections" => ("/v1/objections".into(), None),
                "readObjection" => (format!("/v1/objections/{to_decide}"), None),
                "decideObjection" => (
                    format!("/v1/objections/{to_decide}/decisions"),
                    Some(r#"{"outcome":"rejected","reasons":["ground_stands"]}"#.into()),
                ),
                "listObjectionAdvices" => ("/v1/objection-advices".into(), None),
                "adviseObjection" => (
                    format!("/v1/objections/{to_advise}/advices"),
                    Some(r#"{"advice":"no_advice"}"#.into()),
                ),
                "makeRightsRequest" => ("/v1/rights-requests".into(), with_code(r#","right":"erasure""#)),
                "listRightsRequests" => ("/v1/rights-requests".into(), None),
                "readRightsRequest" => (format!("/v1/rights-requests/{erasure}"), None),
                "decideRightsRequest" => (
                    format!("/v1/rights-requests/{erasure}/decisions"),
                    Some(r#"{"answer":"refused","reason":"not_entitled"}"#.into()),
                ),
                "readAccessFile" => (format!("/v1/rights-requests/{access}/file"), None),
                "readSandbox" => ("/v1/sandbox".into(), None),
                "readSandboxClock" => ("/v1/sandbox/clock".into(), None),
                "advanceSandboxClock" => ("/v1/sandbox/clock".into(), Some(r#"{"advance":"PT1S"}"#.into())),
                "decideAsFamily" => (
                    "/v1/sandbox/decisions".into(),
                    Some(format!(
                        r#"{{"code":"{}","decision":"agreed"}}"#,
                        asked_asleep.invitations[0].code.expose()
                    )),
                ),
                "listUnreadNotices" => ("/v1/unread-notices".into(), None),
                "listFollowUpTasks" => ("/v1/follow-up-tasks".into(), None),
                "readFollowUpTask" => (format!("/v1/follow-up-tasks/{task}"), None),
                "markFollowUpTask" => (
                    format!("/v1/follow-up-tasks/{task}/marks"),
                    Some(r#"{"mark":"called_both"}"#.into()),
                ),
                "readStatistics" => ("/v1/statistics".into(), None),
                "readNetworkStatistics" => ("/v1/audit/statistics".into(), None),
                "requestExport" => ("/v1/audit/exports".into(), Some("{}".into())),
                "readExport" => (format!("/v1/audit/exports/{export}"), None),
                "readExportBundle" => (format!("/v1/audit/exports/{export}/bundle"), None),
                "issueToken" => (
                    "/oauth/token".into(),
                    Some("grant_type=client_credentials".into()),
                ),
                "readMetadata" => ("/.well-known/oauth-authorization-server".into(), None),
                "readTokenKeys" => ("/oauth/jwks".into(), None),
                "readDescription" => ("/v1/openapi.json".into(), None),
                "readHealth" => ("/v1/health".into(), None),
                new => panic!("{new} is not in this table: add it, with its refusals"),
            }
        };
        let description = http.get("/v1/openapi.json", &[]).await;
        assert_eq!(description.status, 200);
        let operations = operations(&region.url, &description.json(), example);
        region.quiet().await;
        Self {
            partner: school.bearer().await,
            supervisor: format!("Bearer {}", *supervisor.access_token().await),
            municipality: region.municipality().bearer().await,
            outsider: outsider.bearer().await,
            other_municipality: other_municipality.bearer().await,
            http,
            region,
            operations,
            actors: (school, help, supervisor),
        }
    }

    /// The organisation whose things the examples are about.
    pub(crate) fn school(&self) -> &Professional {
        &self.actors.0
    }

    pub(crate) fn supervisor_organisation(&self) -> OrganisationId {
        self.actors.2.organisation
    }

    pub(crate) fn entitled(&self, operation: &Operation) -> &str {
        match operation.scope.as_deref() {
            Some("supervise") => &self.supervisor,
            Some("municipality" | "follow-up") => &self.municipality,
            _ => &self.partner,
        }
    }

    /// Another organisation with the same rights, to which nothing of this belongs.
    pub(crate) fn foreign(&self, operation: &Operation) -> &str {
        match operation.scope.as_deref() {
            Some("municipality" | "follow-up") => &self.other_municipality,
            _ => &self.outsider,
        }
    }

    /// Calls an operation with everything right but what `bend` changes.
    pub(crate) async fn call(&self, operation: &Operation, bend: impl FnOnce(&mut Request)) -> Answer {
        let mut request = Request {
            method: operation.method.clone(),
            path: operation.path.clone(),
            headers: Vec::new(),
            body: operation.body.as_ref().map(|(body, _)| body.clone().into_bytes()),
        };
        if operation.scope.is_some() {
            request.set("authorization", self.entitled(operation));
        }
        if let Some((_, media_type)) = &operation.body {
            request.set("content-type", media_type);
        }
        if operation.needs_key {
            request.set("idempotency-key", &format!("key-of-{}", operation.id));
        }
        bend(&mut request);
        let headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        if operation.is_stream && request.method == Method::GET {
            return self.http.opens(&request.path, &headers).await;
        }
        self.http
            .send(request.method, &request.path, &headers, request.body.as_deref())
            .await
    }

    /// Calls and insists on this refusal.
    pub(crate) async fn refuses(
        &self,
        operation: &Operation,
        slug: &str,
        what: &str,
        bend: impl FnOnce(&mut Request),
    ) -> Answer {
        let answer = self.call(operation, bend).await;
        assert_problem(&self.region, &answer, slug, &format!("{}: {what}", operation.id));
        answer
    }
}

pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(found, _)| found != name);
    }
}

fn operations(
    base: &str,
    description: &Value,
    example: impl Fn(&str) -> (String, Option<String>),
) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        // An address counts from its server, which is this one.
        let server = item.get("servers").unwrap_or(&description["servers"])[0]["url"]
            .as_str()
            .unwrap();
        let below = server.strip_prefix(base).unwrap();
        let template = format!("{below}{path}");
        for (name, method) in [("get", Method::GET), ("post", Method::POST), ("put", Method::PUT)] {
            let Some(operation) = item.get(name) else { continue };
            let id = operation["operationId"].as_str().unwrap();
            let (path, body) = example(id);
            let media_type = operation["requestBody"]["content"]
                .as_object()
                .map(|content| content.keys().next().unwrap().as_str());
            let media_type = media_type.map(|found| match found {
                "application/json" => "application/json",
                "application/x-www-form-urlencoded" => "application/x-www-form-urlencoded",
                "application/x-ndjson" => "application/x-ndjson",
                "application/octet-stream" => "application/octet-stream",
                other => panic!("{id} takes {other}"),
            });
            assert_eq!(media_type.is_some(), body.is_some(), "{id}");
            let parameters = operation["parameters"].as_array();
            let has = |name: &str| parameters.is_some_and(|list| list.iter().any(|one| one["name"] == name));
            let choices = operation["security"].as_array().into_iter().flatten();
            let scopes: Vec<String> = choices
                .flat_map(|choice| choice["oauth"].as_array().into_iter().flatten())
                .map(|scope| scope.as_str().unwrap().to_owned())
                .collect();
            let responses = operation["responses"].as_object().unwrap();
            let is_stream = responses
                .get("200")
                .is_some_and(|done| done["content"].get("text/event-stream").is_some());
            operations.push(Operation {
                id: id.to_owned(),
                method: method.clone(),
                template: template.clone(),
                path,
                scope: scopes.first().cloned(),
                scopes,
                body: body.zip(media_type),
                needs_key: has("Idempotency-Key"),
                is_list: has("limit") && has("cursor"),
                is_stream,
                statuses: responses.keys().cloned().collect(),
            });
        }
    }
    operations
}

/// A further key for a client, with its proof.
fn key_submission(region: &Region, client: &ClientId) -> String {
    let key = Arc::new(KeyOfClient::new(SigningAlgorithm::Es256));
    let proof = Assertion::proof(client.as_str(), &region.url, &key, &region.clock).sign();
    json!({"key": key.public(), "proof": proof}).to_string()
}
