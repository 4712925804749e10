use protocol::webhook::verify;

use super::*;

fn secrets() -> [Secret; 2] {
    [[1; 32], [2; 32]].map(Secret::from_random)
}

fn moment() -> Timestamp {
    "2027-03-02T09:15:00Z".parse().unwrap()
}

/// A receiver that keeps its word, made of what the library has for receivers.
fn receive(delivery: &Delivery, secret: &Secret) -> Answered {
    let header = |name: &str| {
        let found = delivery.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let headers = (
        header(HEADER_ID),
        header(HEADER_TIMESTAMP),
        header(HEADER_SIGNATURE),
    );
    let verified = verify(std::slice::from_ref(secret), headers, &delivery.body, moment());
    Answered::With {
        status: if verified.is_ok() { 204 } else { 401 },
        bytes: 0,
    }
}

#[test]
fn our_own_verification_does_everything_right() {
    let [secret, other] = secrets();
    for delivery in deliveries(&secret, &other, "run", moment()) {
        let verdict = judge(&delivery, receive(&delivery, &secret));
        assert!(verdict.right, "{}: {}", verdict.code, verdict.says);
        let _: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
    }
}

#[test]
fn a_receiver_that_looks_at_nothing_is_told_what_it_lets_in() {
    let [secret, other] = secrets();
    let wrong: Vec<&str> = deliveries(&secret, &other, "run", moment())
        .iter()
        .map(|delivery| {
            judge(
                delivery,
                Answered::With {
                    status: 200,
                    bytes: 2,
                },
            )
        })
        .filter(|verdict| !verdict.right)
        .map(|verdict| verdict.code)
        .collect();
    assert_eq!(
        wrong,
        [
            "changed-body",
            "changed-id",
            "other-secret",
            "no-signature",
            "empty-signature",
            "other-version",
            "old",
            "early",
            "changed-time"
        ]
    );
}

#[test]
fn answers_that_mean_something_else_to_the_service_are_told() {
    let [secret, other] = secrets();
    let delivery = &deliveries(&secret, &other, "run", moment())[0];
    let wrong = [
        (Answered::Nothing, "no HTTP"),
        (Answered::TooLate, "15 seconds"),
        (
            Answered::With {
                status: 302,
                bytes: 0,
            },
            "redirect",
        ),
        (
            Answered::With {
                status: 410,
                bytes: 0,
            },
            "disables",
        ),
        (
            Answered::With {
                status: 500,
                bytes: 0,
            },
            "fault",
        ),
        (
            Answered::With {
                status: 200,
                bytes: 5000,
            },
            "4096",
        ),
    ];
    for (answered, word) in wrong {
        let verdict = judge(delivery, answered);
        assert!(!verdict.right && verdict.says.contains(word), "{}", verdict.says);
    }
}
