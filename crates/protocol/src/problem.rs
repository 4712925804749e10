//! The one table of problems (RFC 9457). A row says what a client sees and what its developer can do;
//! answers, documentation pages and the OpenAPI document are all made from it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{FieldError, FieldErrorCode};

/// A problem document, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Which problem: the address of a page that gives cause and remedy.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "https://trefpunt.example/problems/consent-missing")]
    pub kind: String,
    /// The problem in a few words; the same for every occurrence.
    #[schema(example = "Consent is missing")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409, minimum = 400, maximum = 599)]
    pub status: u16,
    /// The problem in a sentence; never repeats what was sent.
    #[schema(
        example = "No consent that stands at this moment covers this match and both organisations. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed."
    )]
    pub detail: String,
    /// The id of the request, to quote when asking for help.
    #[schema(example = "urn:uuid:6f9619ff-8b86-4011-b42d-00cf4fc964ff")]
    pub instance: String,
    /// Every fault found in the request, when the problem is in its members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// The media type of a problem document.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The document for one occurrence. `base` is the service's own address without a trailing slash.
    pub fn new(problem: ProblemType, base: &str, instance: impl Into<String>) -> Self {
        let row = problem.row();
        Self {
            kind: format!("{base}/problems/{}", row.slug),
            title: row.title.to_owned(),
            status: row.status,
            detail: row.detail.to_owned(),
            instance: instance.into(),
            errors: Vec::new(),
        }
    }

    /// The document with its faults.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The row of the table this document was made from, when its type is one of ours.
    pub fn problem_type(&self) -> Option<ProblemType> {
        ProblemType::from_slug(self.kind.rsplit_once("/problems/")?.1)
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Last part of the type's address; never changes once published.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// A few words.
    pub title: &'static str,
    /// A sentence for the answer.
    pub detail: &'static str,
    /// For the page: how this comes about.
    pub cause: &'static str,
    /// For the page: what to do.
    pub remedy: &'static str,
}

macro_rules! problems {
    ($($name:ident $status:literal $slug:literal $title:literal
        detail: $detail:literal
        cause: $cause:literal
        remedy: $remedy:literal)+) => {
        /// What can go wrong, as a client sees it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemType {
            $(#[doc = $detail] $name,)+
        }

        impl ProblemType {
            /// Every type, in the order of status.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its row in the table.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        slug: $slug, status: $status, title: $title,
                        detail: $detail, cause: $cause, remedy: $remedy,
                    },)+
                }
            }
        }
    };
}

problems! {
    MalformedRequest 400 "malformed-request" "Malformed request"
        detail: "The request does not follow HTTP, or its address or a header cannot be read."
        cause: "A client or a proxy wrote a request that two readers could understand in two ways, for example with two lengths or two Host headers."
        remedy: "Send the request with a current HTTP client and without a rewriting proxy between."
    MalformedJson 400 "malformed-json" "Malformed JSON"
        detail: "The body is not one JSON text, or names a member of an object twice."
        cause: "The body is empty, cut off, not UTF-8, or holds the same member twice."
        remedy: "Write the body with a JSON library and send it whole."
    InvalidRequest 400 "invalid-request" "Invalid request"
        detail: "The request has faults; the list says where."
        cause: "A member or parameter is missing, unknown, of another type, or does not follow its grammar or bounds."
        remedy: "Correct every member in `errors`; the API description gives each member's grammar."
    CodeOpensNothing 400 "code-opens-nothing" "The code opens nothing"
        detail: "The code of the letter opens nothing, or nothing any more."
        cause: "It was mistyped, its time is over, what it opened is gone or may not be shown now, or it never existed. Which of these, nobody is told."
        remedy: "Compare it with the letter. The organisation that issued the letter can issue another."
    RawIdentifierForbidden 400 "raw-identifier-forbidden" "Raw identifier forbidden"
        detail: "A text in the request holds a citizen service number. The service must never receive one."
        cause: "A reference or an e-mail address holds 8 or 9 digits that form a valid BSN."
        remedy: "Remove the number. Identifiers are turned into tokens before anything is sent; references are your own and must not be a BSN."
    UnknownKeyEpoch 400 "unknown-key-epoch" "Unknown key epoch"
        detail: "The token was made, or is asked, with a key that is not expected here now."
        cause: "The epoch of the network's secret or of the keyholder's key is unknown or retired, not every epoch that is taken has a token, or the key-check value shows another secret: the token could never match."
        remedy: "Read `GET /v1/key-epochs` of the service and of the keyholder, ask the network for its current secret if yours is another, make the tokens again and send them under a new Idempotency-Key."
    SuiteTooLow 400 "suite-too-low" "Suite too low"
        detail: "This organisation's tokens are taken only when its own system had them evaluated by the keyholder (suite 2)."
        cause: "A token of suite 1 was sent by an organisation that is registered with a minimum of suite 2; it is never downgraded."
        remedy: "Configure the keyholder in the client, or ask the network to change the registration."
    IdempotencyKeyMissing 400 "idempotency-key-missing" "Idempotency-Key missing"
        detail: "A request that changes something needs one Idempotency-Key header of 8 to 64 visible ASCII characters."
        cause: "The header is absent, sent twice, or does not follow its grammar."
        remedy: "Choose a new random key for every act and send the same key with every attempt at it."
    KeyNotProven 400 "key-not-proven" "The key is not proven"
        detail: "The proof is not signed with the new key for this client, this service and this moment."
        cause: "The proof is not a JWT of type `key-proof+jwt` with the new key's `kid` and algorithm, names another client or audience, or is older than a minute; or the key is not a point of its curve."
        remedy: "Sign the same claims as for a client assertion with the new key, under `typ` `key-proof+jwt`, and send it at once under a new Idempotency-Key."
    SealingKeyNotProven 400 "sealing-key-not-proven" "The sealing key is not proven"
        detail: "The proof does not show that your organisation has the secret of this sealing key."
        cause: "The proof was made with another secret, for another organisation or towards another `proofKey`; or the key is not a usable X25519 key."
        remedy: "Read `GET /v1/sealing-keys` for the `proofKey`, make the proof with the secret of the new key, and send it under a new Idempotency-Key."
    WebhookUrlForbidden 400 "webhook-url-forbidden" "Address not allowed for webhooks"
        detail: "Deliveries are not made to such an address."
        cause: "The address is not https, has a user, password or fragment, is longer than 2,048 characters, names a host in another way than by a public name in ASCII or a public address, or a port other than 443 and those from 1024 on that are for HTTP."
        remedy: "Give an https address on a public host name in ASCII, without user, password and fragment, on port 443 or one such as 8443. What the name leads to is looked at with each delivery."
    Unauthorized 401 "unauthorized" "Not authenticated"
        detail: "The request carries no access token."
        cause: "The Authorization header is absent or is not of the Bearer scheme."
        remedy: "Fetch an access token at the token endpoint and send it as `Authorization: Bearer`."
    InvalidToken 401 "invalid-token" "Invalid access token"
        detail: "The access token is not valid, or not any more."
        cause: "The token expired, was changed, or its client or organisation may no longer call."
        remedy: "Fetch a new access token. If that is refused as well, ask the network whether the client is still registered."
    InvalidClient 401 "invalid-client" "Invalid client"
        detail: "The client could not be authenticated."
        cause: "The client is not known, or its assertion is not signed with its registered key, not for this service, or not for this moment."
        remedy: "Check client id, key, audience and the machine's clock. An assertion may live 60 seconds."
    TokenReplayed 401 "token-replayed" "Assertion used before"
        detail: "This client assertion was used before."
        cause: "Two requests carried an assertion with the same `jti`."
        remedy: "Sign a new assertion with a new random `jti` for every token request."
    InsufficientScope 403 "insufficient-scope" "Not allowed"
        detail: "This client may not do this."
        cause: "The access token lacks the scope of this operation, or the client's role or organisation's sector does not include it."
        remedy: "Ask for the scope when fetching the token; if it is refused, ask the network to change the registration."
    GateClosed 403 "gate-closed" "The gate is closed"
        detail: "The keyholder gives no share for this message: what was sent does not show a consent that stands and covers it. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed."
        cause: "One of: the record is not signed by the portal, has expired or was given in another network; it is for another match, or does not name the caller's organisation; its status is not signed by the portal, is older than 60 seconds, or says that the consent has ended; or the keyholder was told that it has ended. `errors` says in which member, and never more."
        remedy: "Read the match for the consent that stands now, fetch its status from the portal and ask at once, with the machine's clock right. When no consent stands, nothing can be sealed or opened until a new one is given."
    NotFound 404 "not-found" "Not found"
        detail: "There is nothing at this address for this caller."
        cause: "The address or id is wrong, or belongs to something this caller takes no part in: the two are answered alike."
        remedy: "Use ids and addresses as the service gave them, without a trailing slash."
    MethodNotAllowed 405 "method-not-allowed" "Method not allowed"
        detail: "This address does not take this method; the Allow header names those it takes."
        cause: "The method is not one of the operation's."
        remedy: "Use a method of the Allow header."
    NotAcceptable 406 "not-acceptable" "Not acceptable"
        detail: "The answer cannot be given in a media type of the Accept header."
        cause: "The Accept header leaves out the media type of this operation."
        remedy: "Accept `application/json` and `application/problem+json`, or leave the header out."
    RequestTimeout 408 "request-timeout" "Request timeout"
        detail: "The request did not arrive in time."
        cause: "Headers or body came too slowly."
        remedy: "Send the request again under the same Idempotency-Key."
    IdempotencyInProgress 409 "idempotency-in-progress" "First attempt still running"
        detail: "A request with this Idempotency-Key is being carried out."
        cause: "An attempt with the same key has not ended."
        remedy: "Wait as long as Retry-After says and send the same request again: it gives the answer of the first."
    ConsentMissing 409 "consent-missing" "Consent is missing"
        detail: "No consent that stands at this moment covers this match and both organisations. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed."
        cause: "Consent was not asked, not given by all who must, was withdrawn or has ended, or the message names another consent than the one that stands."
        remedy: "Read the match's consent requests. Where nobody asked, a party asks; where consent was withdrawn, exchange stays closed."
    ConsentRequestPending 409 "consent-request-pending" "Consent is being asked"
        detail: "A consent request for these parties is still waiting for decisions."
        cause: "An earlier request for the same parties has not ended."
        remedy: "Wait for the decisions, or read the request at its address."
    ContactNotConfirmed 409 "contact-not-confirmed" "Contact not confirmed"
        detail: "Consent is asked after the parties confirmed that they were in contact."
        cause: "A party with an active signal has not confirmed contact."
        remedy: "Speak with each other; each party confirms for itself, then ask consent."
    ConsentCoolingDown 409 "consent-cooling-down" "Refused recently"
        detail: "Consent was refused less than 30 days ago."
        cause: "The family refused an earlier request for this match."
        remedy: "Respect the answer. A new request is possible 30 days after the refusal."
    SignalOver 409 "signal-over" "The signal is over"
        detail: "The signal has ended already."
        cause: "Its planned end came, or it was ended before."
        remedy: "None. A signal that is over can still be destroyed: as unjustified, or because the child died."
    SignalNotAsleep 409 "signal-not-asleep" "The signal does not sleep"
        detail: "Consent for a signal is asked while it sleeps."
        cause: "The signal was given in a covenant that does not ask first, or the family has agreed already."
        remedy: "Read the signal: its state says where it stands."
    AttestedNotAllowed 409 "attested-not-allowed" "Attested consent not allowed"
        detail: "A decision of the family cannot be recorded here by a professional."
        cause: "A covenant of the organisations that the request names does not allow attested consent."
        remedy: "Let the family decide with the letter."
    ConsentDecided 409 "consent-decided" "Already decided"
        detail: "The request or consent is not at a point where this decision is possible."
        cause: "It was decided, withdrawn or has ended, or its time to answer is over; a consent is withdrawn only while it stands."
        remedy: "Read the request: its state says where it stands."
    SignalAsleep 409 "signal-asleep" "The signal sleeps"
        detail: "The family has yet to be asked about this signal, so there is nothing to tell it."
        cause: "The covenant asks the family first; agreeing to the signal is being told of it."
        remedy: "Ask the family with `POST /v1/signals/{id}/consent-requests`."
    DisclosureRecorded 409 "disclosure-recorded" "The family was told"
        detail: "It stands on record that the family was told of this signal."
        cause: "A disclosure was recorded before, or the family agreed to the signal itself; nothing can be recorded or postponed after that."
        remedy: "Read the signal; its `disclosure` says where it stands."
    PostponementUndecided 409 "postponement-undecided" "A proposal waits"
        detail: "An earlier proposal to postpone waits for a second person."
        cause: "One question at a time is put to the second person."
        remedy: "Have it decided with `POST /v1/signals/{id}/postponement-decisions`, then propose again if need be."
    NothingProposed 409 "nothing-proposed" "No proposal waits"
        detail: "No proposal to postpone waits for a second person."
        cause: "None was made, it was decided, or its day of review has passed."
        remedy: "Propose again with `POST /v1/signals/{id}/postponements`."
    SecondPersonNeeded 409 "second-person-needed" "A second person decides"
        detail: "Whoever proposed a postponement cannot decide it."
        cause: "The reference in `by` is that of the proposal."
        remedy: "Let a colleague decide."
    DisclosurePostponed 409 "disclosure-postponed" "Telling the family is postponed"
        detail: "Your organisation postponed telling the family of its signal, so consent cannot be asked."
        cause: "A postponement, or a proposal of one, holds for your own signal. Who asks the family for consent tells it of the signals."
        remedy: "Tell the family and record it with `POST /v1/signals/{id}/disclosures`, or wait until the postponement is over."
    ConsentNotYet 409 "consent-not-yet" "Not now"
        detail: "Consent cannot be asked in this match now."
        cause: "A circumstance that is not yours, and of which you are not told more."
        remedy: "Try again later; who the other parties are, as far as they are shown, and their contacts stand in the match."
    ObjectionAdvicePending 409 "objection-advice-pending" "The organisation is heard first"
        detail: "The reporting organisation has neither advised nor let its term pass."
        cause: "An objection is decided after the organisation whose signal it is has advised, or its two weeks are over."
        remedy: "Wait for the advice, or until `adviceDue`."
    ObjectionClosed 409 "objection-closed" "The objection is not open"
        detail: "The objection was decided, taken back or advised on, or the signal is gone."
        cause: "Advice is given once and a decision is final."
        remedy: "Read the objection again; its state says what became of it."
    RightsRequestClosed 409 "rights-request-closed" "The request is not open"
        detail: "The request was decided or taken back."
        cause: "A decision is final."
        remedy: "Read the request again; its state says what became of it."
    NoFile 409 "no-file" "No file"
        detail: "There is no file to fetch: access was not given, or the time to fetch it is over."
        cause: "A file can be fetched for 30 days after access was given."
        remedy: "Read the request; `fileUntil` says until when. The family can ask again."
    MatchClosed 409 "match-closed" "The match is closed"
        detail: "This act needs an open match. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed."
        cause: "Fewer than two signals remain, or the match was closed."
        remedy: "None: a new signal may open a new match."
    NotTheLead 409 "not-the-lead" "Not the lead"
        detail: "Only the lead of the match may do this."
        cause: "The lead passes the lead on, and closes the match; another party did it, or there is no lead yet."
        remedy: "Read the match: it says which party is lead. Where there is none, propose one."
    LeadNotProposed 409 "lead-not-proposed" "No proposal waits"
        detail: "No proposal to coordinate this match waits for an answer of this organisation."
        cause: "It was never asked, it answered before, or another party was proposed in its place."
        remedy: "Read the match: it says who was proposed."
    SoftMatchClosed 409 "soft-match-closed" "The soft match is over"
        detail: "This question is answered for good, or no longer stands."
        cause: "You said before that it is not the same child, everybody has answered, or a signal that it was about has ended."
        remedy: "Read the soft match: it says where it stands."
    MessageExists 409 "message-exists" "Message id used before"
        detail: "A message with this id exists in this match."
        cause: "The message id was used before, under another Idempotency-Key."
        remedy: "If the first attempt's answer was lost, read the message; else choose a new random id and seal again."
    SealingKeyRetired 409 "sealing-key-retired" "The sealing key does not count"
        detail: "`senderKey` is not a sealing key of your organisation that counts, or `recipientKey` not one of the recipient."
        cause: "A key was retired since you read the match, or it is another organisation's. Nothing was stored."
        remedy: "Read the match: `sealingKey` of the recipient is the key to seal to. Seal again, with the newest secret of your own, under a new random id."
    PartDiffers 409 "part-differs" "The part differs"
        detail: "This part of the attachment has arrived with other bytes."
        cause: "The part was sent before, and the attachment was sealed again since, or parts were numbered wrongly."
        remedy: "Send the bytes of the first sealing, or announce the attachment under a new random id and send that."
    TooManyAttachments 409 "too-many-attachments" "Too many attachments"
        detail: "Of your organisation's attachments four are arriving in this match, or twenty are kept in it: no more may."
        cause: "Attachments were announced and not sent to their end, or their recipients did not acknowledge them."
        remedy: "Send the parts that are missing (`received` of the attachment names those that arrived); what is not whole within 24 hours is destroyed. Or let the recipient fetch and acknowledge: what is acknowledged is kept no longer."
    ContentNotFetched 409 "content-not-fetched" "Not all of it was fetched"
        detail: "What is acknowledged is destroyed, and not all of this content was fetched."
        cause: "The message, or a part of the attachment, was never read by your organisation."
        remedy: "Fetch it, open it, keep it in your own file; then acknowledge."
    BatchOver 409 "batch-over" "The batch is over"
        detail: "Nothing more comes of this batch, or not all of it has arrived: there is nothing to take back."
        cause: "All its lines were worked off, taken back, refused or have lapsed; or its request has not come to its end."
        remedy: "Read `GET /v1/signals/batches/{id}`; single signals are ended with `POST /v1/signals/{id}/endings`. What is still arriving is taken back by not sending the rest."
    NothingHeld 409 "nothing-held" "Nothing is held"
        detail: "No lines of this batch are held: nothing can be decided about them."
        cause: "They were released, refused, taken back by their organisation or have lapsed."
        remedy: "Read `GET /v1/alerts`: `held` says where it stands."
    TooManyBatches 409 "too-many-batches" "Too many batches"
        detail: "The organisation has as many batches under way as it may: ten."
        cause: "Batches were sent faster than they are worked off, or some are held, or never arrived whole."
        remedy: "Wait until one has ended (`GET /v1/signals/batches`), or take one back."
    KeyKnown 409 "key-known" "The key is known"
        detail: "This client has this key, or had it."
        cause: "The key was added before. A key that was retired does not come back."
        remedy: "Read the client: its keys stand there. Make a new key pair for a new key."
    TooManyKeys 409 "too-many-keys" "Too many keys"
        detail: "This client has five keys that count, and can have no more."
        cause: "Keys were added and none was retired."
        remedy: "Retire a key that is no longer used, then add the new one."
    LastKey 409 "last-key" "The last key"
        detail: "The client that asks has no other key: without this one it could not come back."
        cause: "The only key that counts of the calling client was to be retired."
        remedy: "Add the new key first and use it, then retire the old one. To shut the client out, disable it."
    SealingKeyKnown 409 "sealing-key-known" "The sealing key is known"
        detail: "Your organisation has this sealing key, or had it."
        cause: "The key was added before. A key that was retired does not come back."
        remedy: "Read `GET /v1/sealing-keys`. Make a new key pair for a new key."
    TooManySealingKeys 409 "too-many-sealing-keys" "Too many sealing keys"
        detail: "Your organisation has three sealing keys that count, and can have no more."
        cause: "Keys were added and none was retired."
        remedy: "Retire a key that no message waits for any more, then add the new one."
    SealingKeyAwaited 409 "sealing-key-awaited" "Messages wait for this sealing key"
        detail: "Messages or attachments wait for your organisation that are sealed to this key; only its secret opens them."
        cause: "Others sealed to the key before they saw a newer one, and not all of it was fetched. `GET /v1/sealing-keys` says how many wait."
        remedy: "Fetch them first; or, when the secret is lost or in wrong hands, retire with `despiteWaiting`. They can still be fetched then, and opened by who kept the secret."
    DisabledByOperator 409 "disabled-by-operator" "Disabled by the operator"
        detail: "Who runs the service disabled this client, and only they enable it."
        cause: "The operator shut the client out for the whole network."
        remedy: "Ask the operator of the network."
    RotationPhase 409 "rotation-phase" "Not at this point of the rotation"
        detail: "The rotation of the keyholder's key is not at a point where this can be done."
        cause: "The new key is live already, is not live yet, or is no longer the newest; steps of a rotation have one order."
        remedy: "Read the keyholder's list of key epochs: it says where the rotation stands."
    TooManyWebhookEndpoints 409 "too-many-webhook-endpoints" "Too many endpoints"
        detail: "Your organisation has ten webhook endpoints, and can have no more."
        cause: "Each system was given an endpoint of its own, or old ones were not removed."
        remedy: "Remove one that is no longer used: `POST /v1/webhook-endpoints/{id}/removals`."
    WebhookEndpointDisabled 409 "webhook-endpoint-disabled" "The endpoint is disabled"
        detail: "Nothing is delivered to this endpoint, so nothing can be queued for it."
        cause: "It was disabled on request, because the receiver answered 410, or because nothing arrived for five days."
        remedy: "Enable it first: `POST /v1/webhook-endpoints/{id}/enablings`. What came while it was disabled can be replayed then."
    ContentGone 410 "content-gone" "The content is gone"
        detail: "The sealed content was destroyed. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed."
        cause: "Its recipient acknowledged it, or the exchange was closed before it was fetched, or not all of it arrived in time."
        remedy: "Read the list of messages: `state` says which. Who needs it asks the sender to send it again, while consent stands."
    LengthRequired 411 "length-required" "Length required"
        detail: "The request needs a Content-Length and no Transfer-Encoding."
        cause: "The body was sent in chunks."
        remedy: "Send the body with its length."
    PayloadTooLarge 413 "payload-too-large" "Payload too large"
        detail: "The body is larger than this operation takes."
        cause: "A JSON body is larger than 16 KiB, or an attachment than 25 MiB."
        remedy: "Send less; a sealed message holds at most 8 KiB of content, an attachment 25 MiB, its name and type included."
    UriTooLong 414 "uri-too-long" "Address too long"
        detail: "The request line is longer than 8 KiB."
        cause: "The address was put together wrongly."
        remedy: "Use addresses and cursors as the service gave them."
    UnsupportedMediaType 415 "unsupported-media-type" "Unsupported media type"
        detail: "This operation does not take this Content-Type or Content-Encoding."
        cause: "The body is not declared as what the operation takes, or it is compressed."
        remedy: "Send `application/json` in UTF-8, not compressed."
    MisdirectedRequest 421 "misdirected-request" "Wrong host"
        detail: "This service does not answer for the host named in the request."
        cause: "The Host header names another host."
        remedy: "Use the service's published address."
    IdempotencyKeyReused 422 "idempotency-key-reused" "Idempotency-Key used for another request"
        detail: "This Idempotency-Key belongs to a request with another content."
        cause: "The key was used before with another address or body."
        remedy: "Choose a new key for a new act."
    RateLimited 429 "rate-limited" "Too many requests"
        detail: "This client or organisation has sent more than it may."
        cause: "Too many requests or signals in a period; only the caller's own history counts."
        remedy: "Wait as long as Retry-After says; spread bulk work."
    QuotaExhausted 429 "quota-exhausted" "Quota exhausted"
        detail: "The evaluations that this organisation or professional may have today are used up."
        cause: "More identifiers were turned into tokens in one UTC day than the keyholder allows; only the caller's own organisation and professional count."
        remedy: "Wait as long as Retry-After says, until the next day in UTC; ask the keyholder for a higher quota if the work needs it."
    SignalsPerHour 429 "signals-per-hour" "Too many signals in an hour"
        detail: "Your organisation gave as many signals in this hour as its covenant allows."
        cause: "A signal says that somebody is involved with one child; a whole list of clients is not that. Only your organisation's own signals count. The supervisor was told."
        remedy: "Wait as long as Retry-After says, then send the request again under the same Idempotency-Key. For the first load of a region ask the operator."
    HeadersTooLarge 431 "headers-too-large" "Headers too large"
        detail: "The headers are more than 32 KiB or more than 96."
        cause: "A client or proxy added too much."
        remedy: "Send fewer headers."
    InternalError 500 "internal-error" "Internal error"
        detail: "The service failed; the operator was told."
        cause: "A fault of the service."
        remedy: "Send the request again under the same Idempotency-Key; if it fails again, report the instance."
    TryAgain 503 "try-again" "Try again"
        detail: "The request could not be carried out now, and whether it took hold may be unknown."
        cause: "The service or its database is busy or not reachable."
        remedy: "Wait as long as Retry-After says and send the request again under the same Idempotency-Key."
    KeyholderUnavailable 503 "keyholder-unavailable" "Keyholder unavailable"
        detail: "The keyholder is needed for this request and did not answer as it must; nothing was stored."
        cause: "The keyholder is down or slow, or its answer could not be verified."
        remedy: "Wait as long as Retry-After says and send the request again under the same Idempotency-Key."
    ShuttingDown 503 "shutting-down" "Shutting down"
        detail: "This instance is stopping and takes no new requests."
        cause: "The service is being restarted."
        remedy: "Wait as long as Retry-After says and send the request again under the same Idempotency-Key."
}

impl ProblemType {
    /// The last part of its address.
    pub const fn slug(self) -> &'static str {
        self.row().slug
    }

    /// Its HTTP status.
    pub const fn status(self) -> u16 {
        self.row().status
    }

    /// A document of this type as a service answers it: what its page shows.
    pub fn example(self) -> Problem {
        Problem::new(
            self,
            "https://trefpunt.example",
            "urn:uuid:6f9619ff-8b86-4011-b42d-00cf4fc964ff",
        )
        .with_errors(self.example_errors())
    }

    /// Faults such as documents of this type list them; none where its documents list none.
    pub fn example_errors(self) -> Vec<FieldError> {
        match self {
            Self::InvalidRequest => vec![
                FieldError::new("/plannedEnd", FieldErrorCode::Required),
                FieldError::new("/professional/email", FieldErrorCode::InvalidFormat),
            ],
            Self::RawIdentifierForbidden => vec![FieldError::new(
                "/professional/reference",
                FieldErrorCode::RawIdentifier,
            )],
            Self::GateClosed => vec![FieldError::new("/status", FieldErrorCode::OutOfRange)],
            _ => Vec::new(),
        }
    }

    /// The type with this slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|problem| problem.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_kebab_case() {
        for problem in ProblemType::ALL {
            let slug = problem.slug();
            assert_eq!(ProblemType::from_slug(slug), Some(*problem), "{slug}");
            assert!(
                slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{slug}"
            );
            assert!((400..600).contains(&problem.status()), "{slug}");
        }
    }

    #[test]
    fn a_document_names_its_type_by_address() {
        let problem = Problem::new(ProblemType::ConsentMissing, "https://t.example", "urn:uuid:1");
        assert_eq!(
            serde_json::to_string(&problem).unwrap(),
            r#"{"type":"https://t.example/problems/consent-missing","title":"Consent is missing","status":409,"detail":"No consent that stands at this moment covers this match and both organisations. Is a child in danger: Veilig Thuis, 0800-2000, day and night; for that no consent is needed.","instance":"urn:uuid:1"}"#
        );
        assert_eq!(problem.problem_type(), Some(ProblemType::ConsentMissing));
    }

    #[test]
    fn faults_are_listed() {
        let errors = vec![FieldError::new("/plannedEnd", FieldErrorCode::Required)];
        let problem = Problem::new(ProblemType::InvalidRequest, "", "urn:uuid:1").with_errors(errors);
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["errors"][0]["pointer"], "/plannedEnd");
        assert_eq!(json["errors"][0]["code"], "required");
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }
}
