//! The OpenAPI schemas of the bodies: every reference leads somewhere, and requests take nothing unknown.

use serde_json::Value;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(components(schemas(
    protocol::access::AuthorizationServerMetadata,
    protocol::access::OAuthError,
    protocol::access::TokenRequest,
    protocol::access::TokenResponse,
    protocol::audit::AuditExport,
    protocol::audit::AuditExportSubmission,
    protocol::consent::ConsentKeys,
    protocol::consent::ConsentRequest,
    protocol::consent::ConsentRequestSubmission,
    protocol::exchange::Message,
    protocol::exchange::MessageReceipt,
    protocol::exchange::MessageSubmission,
    protocol::exchange::MessageSummary,
    protocol::health::Health,
    protocol::match_case::ContactConfirmation,
    protocol::match_case::ContactConfirmationSubmission,
    protocol::match_case::Match,
    protocol::notice::Acknowledgement,
    protocol::notice::AcknowledgementSubmission,
    protocol::notice::Notice,
    protocol::page::Page<protocol::notice::Notice>,
    protocol::page::Page<protocol::signal::Signal>,
    protocol::problem::Problem,
    protocol::signal::Signal,
    protocol::signal::SignalSubmission,
)))]
struct Bodies;

fn schemas() -> Value {
    serde_json::to_value(Bodies::openapi()).expect("a document")["components"]["schemas"].take()
}

#[test]
fn every_reference_leads_somewhere() {
    let schemas = schemas();
    let text = schemas.to_string();
    let mut seen = 0;
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.get(name).is_some(), "{name}");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn requests_take_nothing_unknown() {
    for name in [
        "AcknowledgementSubmission",
        "AuditExportSubmission",
        "ConsentRequestSubmission",
        "Contact",
        "ContactConfirmationSubmission",
        "MessageSubmission",
        "SignalSubmission",
        "SignalToken",
    ] {
        assert_eq!(
            schemas()[name]["additionalProperties"],
            Value::Bool(false),
            "{name}"
        );
    }
}

#[test]
fn values_have_their_grammar() {
    let schemas = schemas();
    assert_eq!(schemas["Id"]["pattern"], "^[A-Za-z0-9_-]{21}[AQgw]$");
    assert_eq!(schemas["Base64Url32"]["type"], "string");
    for (name, schema) in schemas.as_object().unwrap() {
        assert!(schema.get("description").is_some(), "{name} is not described");
    }
}
