//! The rules that tests prove, in the order of docs/API-DESIGN.md.

/// Rules of one kind.
pub struct Section {
    pub title: &'static str,
    pub rules: &'static [Rule],
}

/// An id that `// rule:` lines name, and what it asks.
pub struct Rule(pub &'static str, pub &'static str);

/// Rules that no test proves, each with where it is kept instead, or why it does not apply.
pub const WITHOUT_TEST: &[(&str, &str)] = &[
    (
        "R3",
        "English, with a published glossary that gives the Dutch word of each: [GLOSSARY.md](GLOSSARY.md)",
    ),
    (
        "R24",
        "English, as the interface; what families read is Dutch first",
    ),
    (
        "R25",
        "[CHANGELOG.md](CHANGELOG.md), compared with the operations in a test of the crate `web`",
    ),
    (
        "R26",
        "the rule, with `Deprecation` and `Sunset`, stands in [CHANGELOG.md](CHANGELOG.md); nothing is deprecated yet",
    ),
    (
        "R27",
        "at least twelve months, [CHANGELOG.md](CHANGELOG.md); there is one version",
    ),
    (
        "R32",
        "TLS 1.2 and 1.3 alone, by the program itself or the proxy before it: [OPERATIONS.md](OPERATIONS.md)",
    ),
    ("R36", "no geometry and no coordinates cross this interface"),
    (
        "R37",
        "messages are sealed end to end ([SEALED-MESSAGES.md](SEALED-MESSAGES.md)) and consents signed as records; \
         requests are bound to their sender by OAuth",
    ),
];

pub const SECTIONS: &[Section] = &[
    Section {
        title: "NL API Design Rules 2.2.0",
        rules: &[
            Rule("R1", "`naming-resources`: resources are nouns"),
            Rule("R2", "`naming-collections`: collections are plural"),
            Rule("R3", "`interface-language`: Dutch, or English with a glossary"),
            Rule("R4", "`no-trailing-slash`: 404, no redirect"),
            Rule("R5", "`path-segments-kebab-case`"),
            Rule("R6", "`query-keys-camel-case`"),
            Rule(
                "R7",
                "`hide-implementation`: nothing of framework, database or inner ids is seen",
            ),
            Rule(
                "R8",
                "`date-time/format`: RFC 3339 dates and times, declared as such",
            ),
            Rule("R9", "`date-time/timezone`: any offset is taken, UTC is given"),
            Rule("R10", "`date-time/date-omit-time-portion`: a day is a date"),
            Rule("R11", "`http-methods`: the methods of RFC 9110 as they are meant"),
            Rule(
                "R12",
                "`http-safety`: reading changes nothing and may be repeated",
            ),
            Rule("R13", "`http-response-code`: standard codes, as they are meant"),
            Rule("R14", "`stateless`: no session; each request stands alone"),
            Rule(
                "R15",
                "`nested-child`: what belongs to one resource is addressed below it",
            ),
            Rule("R16", "`resource-operations`: an act is a sub-resource"),
            Rule(
                "R17",
                "`error-handling/problem-details`: each error is a problem document (RFC 9457)",
            ),
            Rule(
                "R18",
                "`error-handling/invalid-input`: 400 for what cannot be read",
            ),
            Rule("R19", "`error-handling/all-errors`: all faults of a body at once"),
            Rule("R20", "`doc-openapi`: the interface is described in OpenAPI 3"),
            Rule(
                "R21",
                "`publish-openapi`: at `/v1/openapi.json`, without a token, for any origin",
            ),
            Rule(
                "R22",
                "the description is the code's, and what it says is what is done",
            ),
            Rule(
                "R23",
                "`doc-openapi-contact`: name, address and e-mail of who answers",
            ),
            Rule("R24", "`doc-language`: Dutch, or English that exists"),
            Rule("R25", "`changelog`: each version's changes are published"),
            Rule("R26", "`deprecation-schedule`: what goes is announced with a day"),
            Rule(
                "R27",
                "`transition-period`: the version before stays for a fixed time",
            ),
            Rule("R28", "`uri-version`: the major version is in the address"),
            Rule("R29", "`version-header`: `API-Version` with each answer"),
            Rule("R30", "`semver`"),
            Rule(
                "R31",
                "`transport/no-sensitive-uris`: no pseudonym, code or token in an address",
            ),
            Rule("R32", "`transport/tls`"),
            Rule("R33", "`transport/security-headers`: with each answer"),
            Rule("R34", "`transport/cors`: for the description alone"),
            Rule(
                "R35",
                "security.txt (RFC 9116) and publiccode.yml say whom to tell and what this is",
            ),
            Rule("R36", "`modules/geospatial`"),
            Rule("R37", "`modules/signing`, `modules/encryption`"),
        ],
    },
    Section {
        title: "A. HTTP framing",
        rules: &[
            Rule("A1", "`Content-Length` beside `Transfer-Encoding`: 400, closed"),
            Rule("A2", "`Transfer-Encoding: chunked` alone: 411, closed"),
            Rule(
                "A3",
                "chunk extensions and bare line feeds are never parsed; what is smuggled gets no answer",
            ),
            Rule(
                "A4",
                "no `Host`, two, one against the address, another's: 400 or 421",
            ),
            Rule("A5", "a head over 32 KiB or over 100 fields: 431"),
            Rule("A6", "a request line over 8 KiB: 414"),
            Rule(
                "A7",
                "a head that takes over 5 s is closed; a thousand of them stop nobody else",
            ),
            Rule("A8", "a body that takes over 10 s: 408"),
            Rule(
                "A9",
                "a method the address has not: 405 with `Allow`; one nobody knows: 501 or 405",
            ),
            Rule(
                "A10",
                "`Expect: 100-continue` without a right to be here: 401, the body unread",
            ),
            Rule(
                "A11",
                "HTTP/1.0, HTTP/0.9, h2c and TLS on the plain port: 426, 400 or closed",
            ),
            Rule("A12", "`Forwarded` and its kin from an unknown peer are ignored"),
            Rule(
                "A13",
                "headers and parameters that name another method are ignored",
            ),
        ],
    },
    Section {
        title: "B. Bodies",
        rules: &[
            Rule("B1", "empty: 400 `malformed-json`"),
            Rule("B2", "a member twice: 400 `malformed-json`"),
            Rule("B3", "an unknown member: 400 `invalid-request`"),
            Rule(
                "B4",
                "a wrong type, null for what is required, numbers no integer is: 400",
            ),
            Rule(
                "B5",
                "16 KiB and a byte: 413, the rest unread; 10 GiB announced: 413 at once",
            ),
            Rule("B6", "no media type, another, another charset: 415"),
            Rule("B7", "`Content-Encoding`: 415, nothing is unpacked"),
            Rule("B8", "`Accept` of what is not answered: 406"),
            Rule("B9", "an array for an object: 400"),
            Rule(
                "B10",
                "times no calendar has, or without a zone: 400; the client's time only advises",
            ),
        ],
    },
    Section {
        title: "C. Identifiers",
        rules: &[
            Rule(
                "C1",
                "a citizen service number in a text: 400, its value nowhere; no text that has none is refused",
            ),
            Rule(
                "C2",
                "an unknown or ended epoch, another key: 400 `unknown-key-epoch`",
            ),
            Rule("C3", "text about a child in a signal: 400"),
            Rule(
                "C4",
                "too many children within an hour: 429, by the caller's own history alone",
            ),
            Rule("C5", "SQL, format strings, templates: an ordinary 400"),
        ],
    },
    Section {
        title: "D. Authentication",
        rules: &[
            Rule("D1", "no credentials: 401 `unauthorized`"),
            Rule("D2", "`alg: none` in any spelling: 401"),
            Rule("D3", "an algorithm that the key was not registered with: 401"),
            Rule(
                "D4",
                "header fields that bring a key or change the reading: 401, nothing is fetched",
            ),
            Rule("D5", "a claim that is missing: 401"),
            Rule("D6", "issuer other than subject, or several: 401"),
            Rule(
                "D7",
                "an assertion that lives too long, from the future, or expired: 401",
            ),
            Rule(
                "D8",
                "an assertion used before, also at another instance or before a restart: 401 `token-replayed`",
            ),
            Rule(
                "D9",
                "a certificate-bound token with another certificate, or none: 401",
            ),
            Rule(
                "D10",
                "an expired or unknown client certificate: refused by TLS or 401, logged",
            ),
            Rule("D11", "a disabled client or organisation: 401 at once"),
            Rule("D12", "an unknown client is answered as a wrong key"),
            Rule("D13", "a flood of bad assertions: 429, others unaffected"),
        ],
    },
    Section {
        title: "E. Authorisation, tenancy, oracles",
        rules: &[
            Rule("E1", "another role's scope: 403 `insufficient-scope`"),
            Rule("E2", "a colleague without the role: 403"),
            Rule("E3", "another organisation named in a body: 400"),
            Rule("E4", "submitting a known and an unknown child: the same answer"),
            Rule("E5", "conditional requests about what is another's: 404"),
            Rule("E6", "limits no page has: 400; no count tells of others"),
            Rule("E7", "no distinguisher in 20,000 answers"),
            Rule(
                "E8",
                "signalling and ending over and over: a hold, 429, an alarm, and the family sees it",
            ),
            Rule(
                "E9",
                "the other organisation's name before it may be known: absent",
            ),
            Rule(
                "E10",
                "a supervisor at a partner's door, a partner at a supervisor's: 403 or 404, and in the log; a cookie is none: 401",
            ),
        ],
    },
    Section {
        title: "F. Idempotency and concurrency",
        rules: &[
            Rule(
                "F1",
                "a POST that changes something without `Idempotency-Key`: 400",
            ),
            Rule(
                "F2",
                "the same again: the first answer to the byte, `Idempotent-Replayed: true`; another body: refused",
            ),
            Rule("F3", "the same while the first runs: 409 with `Retry-After`"),
            Rule("F4", "another organisation's same key: another key"),
            Rule(
                "F5",
                "after the time a key is kept: a new request, and still one active signal",
            ),
            Rule("F6", "a hundred at once: one effect, no 5xx"),
            Rule("F7", "submitting, ending and expiring at once: one history"),
            Rule(
                "F8",
                "agreeing, withdrawing and reading at once: nothing is read after; no lost update",
            ),
        ],
    },
    Section {
        title: "G. The family's portal",
        rules: &[
            Rule(
                "G1",
                "a code or key that is wrong, late, spent, revoked or none: one and the same page",
            ),
            Rule(
                "G2",
                "guesses are slowed by address, together and by bucket; nobody's letter is locked by them",
            ),
            Rule(
                "G3",
                "opening, prefetching or sending a link without the code changes nothing",
            ),
            Rule(
                "G4",
                "a planted cookie, or one of a session that is over, shows what a stranger sees",
            ),
            Rule("G5", "no page is framed, and none runs what is stored"),
            Rule(
                "G6",
                "pressed twice, in two tabs, by two at once: done once, and the page says how it stands",
            ),
            Rule("G7", "who was away long withdraws in three steps"),
            Rule(
                "G8",
                "on the day of a birthday, a leap day too, and when authority is lost: nothing to see or do, 403",
            ),
            Rule(
                "G9",
                "no address tells of a match, an organisation or a request: 404",
            ),
            Rule(
                "G10",
                "languages and forms without end or sense: Dutch, or 400, 413, 415",
            ),
            Rule(
                "G11",
                "no guardian learns who another is, what they decided or when",
            ),
            Rule(
                "G12",
                "while telling the family is postponed nothing of it shows on any page, in any count or download",
            ),
            Rule("G13", "a code is exchanged once"),
            Rule(
                "G14",
                "a log-in is of this browser, this broker and this person, once, or none",
            ),
        ],
    },
    Section {
        title: "H. Webhooks",
        rules: &[
            Rule("H1", "addresses that are refused: 400 `webhook-url-forbidden`"),
            Rule("H2", "names that lead inside, now or later: no connection"),
            Rule("H3", "redirects are failures"),
            Rule("H4", "answers without end, without sense or too slow are cut"),
            Rule("H5", "TLS that does not hold: failure, never in the clear"),
            Rule(
                "H6",
                "while a secret changes every delivery verifies; after it none with the old one",
            ),
            Rule("H7", "an endpoint that is gone or disabled gets nothing more"),
            Rule("H8", "replaying what is another's or is gone: 404"),
        ],
    },
    Section {
        title: "Promises behind the interface",
        rules: &[
            Rule(
                "N1",
                "each party of a match gets its notice; on a webhook it comes, or the endpoint is seen to be disabled",
            ),
            Rule(
                "N2",
                "a notice stands in the inbox until it was acknowledged, and never again",
            ),
            Rule(
                "N3",
                "each attempt of a delivery has the same id and body, a fresh time, a valid signature",
            ),
            Rule("N4", "nothing is delivered to who may no longer have it"),
            Rule("N5", "one dead receiver delays no other"),
            Rule(
                "O1",
                "each request ends in time; no queue without an end; 503 with `Retry-After` before that",
            ),
            Rule(
                "P1",
                "before its own signal nobody can tell whether a child is known",
            ),
            Rule(
                "P2",
                "no identifier, token, code or content in logs, errors, mail and webhooks",
            ),
            Rule("P3", "no answer holds what belongs to another organisation"),
            Rule("S1", "what was acknowledged is never lost"),
            Rule("S2", "what was tried again with its key took effect once"),
            Rule("S3", "what was refused had no effect"),
            Rule("S4", "one organisation has one active signal about a child"),
        ],
    },
];
