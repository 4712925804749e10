use identifiers::voprf::unblinded_token;
use protocol::Body as _;
use protocol::signal::SignalSubmission;
use serde_json::json;

use super::*;
use crate::signal::tests::{bsn, new_signal};
use crate::testing::keyholder::{Keyholder, entry, evaluate, first, introduced, second, secret_key, signed};
use crate::testing::{NOW, Reply, SCHOOL, Service, TestEnvironment, sealing, token as access};
use crate::{NetworkKey, Partner, PartnerKeys, Submitted};

/// A service that takes every signal.
async fn service() -> Service {
    Service::start(|asked| access(asked).unwrap_or_else(|| Reply::Json(201, signal()))).await
}

fn signal() -> serde_json::Value {
    json!({
        "id": protocol::Id([6; 16]), "state": "active", "submittedAt": NOW, "plannedEnd": "2027-06-30",
        "destroyBy": "2041-05", "assurance": {"suite": 2, "blindedByClient": true},
    })
}

fn secret(epoch: u16) -> NetworkSecret {
    NetworkSecret::from_bytes([epoch.to_be_bytes()[1] + 6; 32])
}

fn partner(service: &Service, keyholder: KeyholderSettings, epochs: &[u16]) -> Partner {
    let mut settings = service.settings();
    settings.keyholder = Some(keyholder);
    settings.min_suite = 2;
    let network = epochs.iter().map(|epoch| NetworkKey {
        epoch: *epoch,
        secret: secret(*epoch),
    });
    let keys = PartnerKeys {
        network: network.collect(),
        sealing: sealing(SCHOOL).into(),
    };
    Partner::connect(settings, keys, TestEnvironment::default()).unwrap()
}

/// `N` of the child under the keyholder's secret of this number, by arithmetic of its own.
fn expected(net_epoch: u16, keyholders_secret: u8) -> [u8; 32] {
    let token = identifiers::token::of_bsn(&secret(net_epoch), net_epoch, &bsn());
    let request = Request::blind(&[token], &mut Chance(&TestEnvironment::default())).unwrap();
    let key = secret_key(keyholders_secret);
    let (evaluated, proof) = key
        .evaluate_and_prove(request.blinded(), &mut Chance(&TestEnvironment::default()))
        .unwrap();
    let tokens = request.finish(key.public_key(), &evaluated, &proof).unwrap();
    *tokens[0].as_bytes()
}

fn submissions(service: &Service) -> Vec<SignalSubmission> {
    let bodies = service.asked("POST /v1/signals").into_iter();
    bodies
        .map(|asked| SignalSubmission::parse(asked.body.as_bytes()).unwrap())
        .collect()
}

/// Gives the signal in vain; nothing may have reached the service but a token request.
async fn fails(keyholder: &Keyholder, service: &Service) -> Error {
    let partner = partner(service, keyholder.settings(), &[1]);
    let error = partner.submit_signal(&new_signal(), None).await.unwrap_err();
    assert!(
        service.asked("POST /v1").is_empty(),
        "nothing is sent to the service"
    );
    assert!(!error.is_unknown(), "{error:?}");
    error
}

#[tokio::test]
async fn one_call_blinds_has_evaluated_verifies_unblinds_and_submits() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    let partner = partner(&service, keyholder.settings(), &[1, 2]);
    let submitted = partner.submit_signal(&new_signal(), None).await.unwrap();
    assert!(matches!(submitted, Submitted::New(signal) if signal.assurance.blinded_by_client));

    let body = submissions(&service).remove(0);
    for (token, epoch) in body.tokens.iter().zip([1, 2]) {
        assert_eq!(
            (token.suite, token.net_epoch, token.oprf_epoch),
            (2, epoch, Some(1))
        );
        assert_eq!(token.token.expose(), &expected(epoch, 5));
        assert!(unblinded_token(*token.token.expose()).is_ok());
        let key_check = identifiers::key_check(&secret(epoch), epoch);
        assert_eq!(token.key_check.0, *key_check.as_bytes());
    }
    assert_eq!(keyholder.evaluations(), 1, "both epochs in one request");

    // What the keyholder was told says nothing of the child or the professional.
    let asked = keyholder.service.asked("POST /v1/evaluations").remove(0);
    let token = identifiers::token::of_bsn(&secret(1), 1, &bsn());
    let told = EvaluationRequest::parse(asked.body.as_bytes()).unwrap();
    for canary in [
        "999990019",
        "jansen",
        &token.to_base64url(),
        &protocol::text::encode(expected(1, 5)),
    ] {
        assert!(!asked.body.contains(canary), "{canary}");
    }
    assert_eq!(told.on_behalf_of, None);
    assert_eq!(
        told.professional,
        professional_pseudonym(&secret(2), &new_signal().professional.reference),
        "by the newest secret"
    );

    partner.submit_signal(&new_signal(), None).await.unwrap();
    let again = EvaluationRequest::parse(keyholder.service.asked("POST /v1/evaluations")[1].body.as_bytes());
    assert_ne!(again.unwrap().elements, told.elements, "blinded anew");
    assert_eq!(
        keyholder.service.asked("GET /v1/key-epochs").len(),
        1,
        "the list is kept"
    );
}

#[test]
fn the_pseudonym_of_a_professional_is_fixed() {
    let reference = "m.jansen".parse().unwrap();
    let pseudonym = professional_pseudonym(&NetworkSecret::from_bytes([7; 32]), &reference);
    // printf 'trefpunt/v1/professional\0m.jansen' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707..07 -binary |
    //   head -c 16 | basenc --base64url
    assert_eq!(pseudonym.to_string(), "l8eGVqCG3IB8S8MT8wVaPg");
}

#[tokio::test]
async fn a_new_epoch_is_learned_once_and_must_extend_the_list() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    let partner = partner(&service, keyholder.settings(), &[1]);
    partner.submit_signal(&new_signal(), None).await.unwrap();
    keyholder.rotate();
    partner.submit_signal(&new_signal(), None).await.unwrap();
    let sent = submissions(&service);
    assert_eq!(sent[1].tokens[0].oprf_epoch, Some(2));
    assert_eq!(sent[1].tokens[0].token.expose(), &expected(1, 6));
    assert_eq!(
        keyholder.evaluations(),
        3,
        "one was refused, one made under the new key"
    );
    assert_eq!(keyholder.service.asked("GET /v1/key-epochs").len(), 2);
}

#[tokio::test]
async fn a_keyholder_that_asks_for_another_epoch_for_ever_is_not_followed() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.live = 7);
    let error = fails(&keyholder, &service).await;
    assert_eq!(error.problem_type(), Some(ProblemType::UnknownKeyEpoch));
    assert_eq!(keyholder.evaluations(), 1);
}

#[tokio::test]
async fn a_list_that_takes_back_what_was_known_is_a_lie() {
    let other = KeyEpochs::new(
        "demo".parse().unwrap(),
        vec![
            introduced(1, 5),
            entry(protocol::key_epochs::EpochAct::Live, 1),
            introduced(2, 7),
            entry(protocol::key_epochs::EpochAct::Live, 2),
        ],
    );
    for (known, shown) in [(second(), first()), (second(), other.unwrap())] {
        let (keyholder, service) = (Keyholder::start().await, service().await);
        keyholder.change(|state| state.list = signed(&shown));
        let mut settings = keyholder.settings();
        settings.known = Some(signed(&known));
        let partner = partner(&service, settings, &[1]);
        let error = partner.submit_signal(&new_signal(), None).await.unwrap_err();
        assert!(
            matches!(error, Error::KeyholderLied(Lie::NotExtended)),
            "{error:?}"
        );
        assert!(service.asked("POST /v1").is_empty());
    }
}

#[tokio::test]
async fn a_list_of_another_key_is_refused() {
    use protocol::key_epochs::{KeyEpochsError, KeyholderSigner};

    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.list = KeyholderSigner::from_seed(&[8; 32]).sign(&first()));
    let error = fails(&keyholder, &service).await;
    let signature = Lie::List(KeyEpochsError::Signature);
    assert!(
        matches!(&error, Error::KeyholderLied(lie) if *lie == signature),
        "{error:?}"
    );
    assert_eq!(keyholder.evaluations(), 0);
}

#[tokio::test]
async fn answers_that_do_not_hold_are_lies() {
    fn reply(answer: &EvaluationAnswer) -> Reply {
        Reply::Json(200, serde_json::to_value(answer).unwrap())
    }
    fn with(change: impl FnOnce(&mut EvaluationAnswer), mut answer: EvaluationAnswer) -> Reply {
        change(&mut answer);
        reply(&answer)
    }
    let other_element = |answer: EvaluationAnswer| {
        with(
            |answer| answer.elements[0] = Base64Url(*secret_key(3).public_key().as_bytes()),
            answer,
        )
    };
    type Lying = fn(EvaluationAnswer) -> Reply;
    let lies: [(Lying, Lie); 7] = [
        (other_element, VoprfError::InvalidProof.into()),
        (
            |answer| with(|answer| answer.proof.0[0] ^= 1, answer),
            VoprfError::InvalidProof.into(),
        ),
        (
            |answer| with(|answer| answer.proof = Base64Url([255; 64]), answer),
            VoprfError::NonCanonicalScalar.into(),
        ),
        (
            |answer| with(|answer| answer.elements[0] = Base64Url([0; 32]), answer),
            VoprfError::IdentityElement.into(),
        ),
        (
            |answer| with(|answer| answer.elements[0] = Base64Url([255; 32]), answer),
            VoprfError::NonCanonicalElement.into(),
        ),
        (
            |answer| with(|answer| answer.elements.push(answer.elements[0]), answer),
            VoprfError::CountMismatch.into(),
        ),
        (
            |answer| with(|answer| answer.oprf_epoch = 2, answer),
            Lie::OtherEpoch,
        ),
    ];
    for (instead, lie) in lies {
        let (keyholder, service) = (Keyholder::start().await, service().await);
        keyholder.change(|state| state.instead = Some(instead));
        let error = fails(&keyholder, &service).await;
        assert!(
            matches!(&error, Error::KeyholderLied(found) if *found == lie),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn another_secret_than_the_list_says_is_a_lie() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.secrets = vec![6]);
    let error = fails(&keyholder, &service).await;
    assert!(
        matches!(
            error,
            Error::KeyholderLied(Lie::Evaluation(VoprfError::InvalidProof))
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_keyholder_that_is_down_stops_the_signal() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.instead = Some(|_| Reply::HangUp));
    let error = fails(&keyholder, &service).await;
    assert!(
        matches!(&error, Error::Keyholder(inner) if matches!(**inner, Error::Unreachable(_))),
        "{error:?}"
    );

    keyholder.change(|state| state.instead = Some(|_| Reply::Problem(ProblemType::ShuttingDown)));
    let error = fails(&keyholder, &service).await;
    assert_eq!(error.problem_type(), Some(ProblemType::ShuttingDown));

    keyholder.change(|state| state.instead = None);
    let partner = partner(&service, keyholder.settings(), &[1]);
    partner.submit_signal(&new_signal(), None).await.unwrap();
}

#[tokio::test]
async fn a_keyholder_that_is_slow_stops_the_signal() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.instead = Some(|_| Reply::Silence));
    let mut settings = keyholder.settings();
    settings.deadline = std::time::Duration::from_millis(200);
    let partner = partner(&service, settings, &[1]);
    let error = partner.submit_signal(&new_signal(), None).await.unwrap_err();
    assert!(
        matches!(&error, Error::Keyholder(inner) if matches!(**inner, Error::Deadline)),
        "{error:?}"
    );
    assert!(service.asked("POST /v1").is_empty());
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_and_not_tried_again() {
    let (keyholder, service) = (Keyholder::start().await, service().await);
    keyholder.change(|state| state.instead = Some(|_| Reply::Problem(ProblemType::QuotaExhausted)));
    let error = fails(&keyholder, &service).await;
    assert_eq!(error.problem_type(), Some(ProblemType::QuotaExhausted));
    assert_eq!(keyholder.evaluations(), 1);
}

#[tokio::test]
async fn a_service_that_expects_other_epochs_is_asked_which() {
    let keyholder = Keyholder::start().await;
    let service = Service::start(|asked| {
        access(asked).unwrap_or_else(|| {
            if asked.line.starts_with("GET /v1/key-epochs") {
                let key_check = Base64Url(*identifiers::key_check(&secret(1), 1).as_bytes());
                let epochs = json!([{"netEpoch": 1, "keyCheck": key_check, "state": "live"}]);
                return Reply::Json(
                    200,
                    json!({"netEpochs": epochs, "suites": [1, 2], "oprfEpoch": 1, "minSuite": 1}),
                );
            }
            let body = SignalSubmission::parse(asked.body.as_bytes()).unwrap();
            if body.tokens.len() == 1 {
                Reply::Json(201, signal())
            } else {
                Reply::Problem(ProblemType::UnknownKeyEpoch)
            }
        })
    })
    .await;
    let partner = partner(&service, keyholder.settings(), &[1, 2]);
    partner.submit_signal(&new_signal(), None).await.unwrap();
    partner.submit_signal(&new_signal(), None).await.unwrap();
    let tokens: Vec<usize> = submissions(&service)
        .iter()
        .map(|sent| sent.tokens.len())
        .collect();
    assert_eq!(tokens, [2, 1, 1], "a secret of tomorrow waits");
}

#[tokio::test]
async fn a_refusal_of_the_same_epochs_is_told() {
    let keyholder = Keyholder::start().await;
    let service = Service::start(|asked| {
        access(asked).unwrap_or_else(|| match asked.line.starts_with("GET") {
            true => Reply::Problem(ProblemType::NotFound),
            false => Reply::Problem(ProblemType::UnknownKeyEpoch),
        })
    })
    .await;
    let partner = partner(&service, keyholder.settings(), &[1]);
    let error = partner.submit_signal(&new_signal(), None).await.unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::UnknownKeyEpoch));
    assert_eq!(service.asked("POST /v1/signals").len(), 1);
}

#[tokio::test]
async fn suite_2_does_not_start_without_a_keyholder() {
    let service = service().await;
    let mut settings = service.settings();
    settings.min_suite = 2;
    let keys = PartnerKeys {
        network: vec![NetworkKey {
            epoch: 1,
            secret: secret(1),
        }],
        sealing: sealing(SCHOOL).into(),
    };
    let refused = Partner::connect(settings, keys, TestEnvironment::default());
    assert!(matches!(refused, Err(Error::Settings(_))));
}

#[test]
fn the_double_and_the_client_agree_on_a_batch() {
    let tokens: Vec<Token> = (0..3).map(|byte| Token::from_bytes([byte; 32])).collect();
    let request = Request::blind(&tokens, &mut Chance(&TestEnvironment::default())).unwrap();
    let elements = request.blinded().iter();
    let answer = evaluate(
        5,
        &EvaluationRequest {
            oprf_epoch: 1,
            professional: Base64Url([0; 16]),
            on_behalf_of: None,
            elements: elements.map(|element| Base64Url(*element.as_bytes())).collect(),
        },
    );
    let (elements, proof) = read(&answer).unwrap();
    assert_eq!(
        request
            .finish(secret_key(5).public_key(), &elements, &proof)
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn without_the_network_s_secret_no_token_is_made_and_none_sent() {
    let keyholder = Keyholder::start().await;
    let service = service().await;
    let partner = partner(&service, keyholder.settings(), &[]);
    let refused = partner.submit_signal(&new_signal(), None).await;
    assert!(matches!(refused, Err(Error::Settings(_))), "{refused:?}");
    assert!(service.asked("POST /v1/signals").is_empty());
}
