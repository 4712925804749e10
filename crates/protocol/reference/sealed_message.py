#!/usr/bin/env python3
"""Seals and opens messages and attachments a second time, derives gate shares and fingerprints, and checks consent
records and their status, from the published text (docs/SEALED-MESSAGES.md) alone.

Needs Python 3.9 and PyPI `cryptography`. HPKE (RFC 9180) is spelled out for the one suite and mode in use.

  sealed_message.py            checks ../vectors/*.json and prints "ok"
  sealed_message.py --write    makes those files anew
  sealed_message.py seal       prints messages, attachments and consents made just now, with keys of chance, as JSON
  sealed_message.py open       reads such JSON, made by anybody, and opens and checks all of it
"""
import base64, datetime, hashlib, hmac, json, os, pathlib, re, sys

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
CHUNK, TAG, PART_CHUNKS = 64 * 1024, 16, 15
PART = PART_CHUNKS * (CHUNK + TAG)
MAX_CONTENT = 25 * 1024 * 1024


class Refused(Exception):
    """What was read is not what it should be; carries the stable name of why."""


def refuse_unless(good, code):
    if not good:
        raise Refused(code)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("another spelling of base64url")
    return data


def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, length):
    out, block, at = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([at]), hashlib.sha256).digest()
        out, at = out + block, at + 1
    return out[:length]


def canonical(value):
    # Enough of RFC 8785 for objects of strings and lists of strings, with names in ASCII and no control characters.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_canonical(text, members, code):
    """An object with just these members, or just those of another such set, in its one spelling."""
    try:
        value = json.loads(text)
    except ValueError:
        raise Refused(code)
    refuse_unless(isinstance(value, dict) and set(value) in members and canonical(value) == text, code)
    return value


# --- HPKE, Auth mode, RFC 9180 sections 4, 4.1, 5.1, 5.3 ---

KEM = b"KEM" + (0x0020).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(i.to_bytes(2, "big") for i in (0x0020, 0x0001, 0x0003))


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def derive_key_pair(ikm):
    prk = labeled_extract(KEM, b"", b"dkp_prk", ikm)
    return labeled_expand(KEM, prk, b"sk", b"", 32)


def public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def dh(secret, key):
    return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(key))


def agreed(dhs, enc, recipient, sender, info):
    """What both sides expand: DeriveKeySchedule of Auth mode, as a function of label and length."""
    prk = labeled_extract(KEM, b"", b"eae_prk", dhs)
    shared = labeled_expand(KEM, prk, b"shared_secret", enc + recipient + sender, 32)
    schedule = b"\x02" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    return lambda label, length: labeled_expand(SUITE, secret, label, schedule, length)


def exported(agreement, context, length):
    return labeled_expand(SUITE, agreement(b"exp", 32), b"sec", context, length)


# --- the key of a message or attachment ---


def field(data):
    return len(data).to_bytes(2, "big") + data


def organisation(text):
    assert text.startswith("org_")
    return unb64(text[4:])


def gate_share(gate_key, consent_hash, match, message):
    """At the keyholder."""
    info = b"trefpunt/v1/gate" + field(unb64(match)) + field(unb64(message))
    return expand(extract(unb64(consent_hash), gate_key), info, 32)


def envelope(v, kind):
    return canonical({
        "version": "trefpunt/v1/e2e", "match": v["match"], "message": v["message"], "sender": v["sender"],
        "recipient": v["recipient"], "consent": v["consentHash"], "gate": "keyholder" if v["gateShare"] else "none",
        "kind": kind,
    })


def content_key(v, dhs, enc, recipient, sender):
    label = b"trefpunt/v1/e2e"
    info = label + field(unb64(v["match"])) + field(organisation(v["sender"])) + field(organisation(v["recipient"]))
    ss = exported(agreed(dhs, enc, recipient, sender, info), label, 32)
    g = unb64(v["gateShare"]) if v["gateShare"] else b""
    info = b"trefpunt/v1/content\0" + field(unb64(v["match"])) + field(unb64(v["message"]))
    return expand(extract(unb64(v["consentHash"]), ss + g), info, 32)


def nonce(at, last):
    return at.to_bytes(11, "big") + bytes([last])


def seal(v, kind, content, ephemeral):
    """The encapsulated key, the envelope and the sealed content, for senderSecret to recipientKey."""
    sk_s, pk_r, enc = unb64(v["senderSecret"]), unb64(v["recipientKey"]), public(ephemeral)
    key = ChaCha20Poly1305(content_key(v, dh(ephemeral, pk_r) + dh(sk_s, pk_r), enc, pk_r, public(sk_s)))
    chunks = [content[i:i + CHUNK] for i in range(0, len(content), CHUNK)] or [b""]
    text = envelope(v, kind)
    body = b"".join(key.encrypt(nonce(i, i == len(chunks) - 1), c, text.encode()) for i, c in enumerate(chunks))
    return enc, text, body


ENVELOPE = [{"version", "match", "message", "sender", "recipient", "consent", "gate", "kind"}]


def check_envelope(v, kind, text):
    """That it is the one which is expected: v says match, message, sender, recipient, consentHash and gateShare."""
    read = read_canonical(text, ENVELOPE, "envelope")
    good = read["version"] == "trefpunt/v1/e2e" and read["kind"] in ("message", "attachment")
    refuse_unless(good and read["gate"] in ("none", "keyholder"), "envelope")
    named = [read[name] for name in ("match", "message", "sender", "recipient", "consent")]
    refuse_unless(named == [v[name] for name in ("match", "message", "sender", "recipient", "consentHash")], "route")
    refuse_unless(read["kind"] == kind, "kind")
    refuse_unless(not (read["gate"] == "none" and v["gateShare"]), "empty-share")
    refuse_unless(not (read["gate"] == "keyholder" and not v["gateShare"]), "share-missing")


def open_(v, kind, enc, text, body):
    """All of the content, or Refused; for recipientSecret, by senderKey."""
    check_envelope(v, kind, text)
    sk_r, pk_s = unb64(v["recipientSecret"]), unb64(v["senderKey"])
    chunks = [body[i:i + CHUNK + TAG] for i in range(0, len(body), CHUNK + TAG)]
    refuse_unless(chunks and len(chunks[-1]) >= TAG + (len(chunks) > 1), "broken")
    try:
        key = ChaCha20Poly1305(content_key(v, dh(sk_r, enc) + dh(sk_r, pk_s), enc, public(sk_r), pk_s))
        return b"".join(key.decrypt(nonce(i, i == len(chunks) - 1), c, text.encode()) for i, c in enumerate(chunks))
    except (InvalidTag, ValueError):
        raise Refused("broken")


# --- the attachment ---

HALF = r"[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}"


def is_name(name):
    turns = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    control = lambda c: ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F
    return 1 <= len(name) <= 200 and name not in (".", "..") and not any(c in "/\\" + turns or control(c) for c in name)


def header_bytes(header):
    assert is_name(header["name"]) and re.fullmatch(HALF + "/" + HALF, header["mediaType"])
    return field(canonical(header).encode())


def parts_of(body):
    return [body[i:i + PART] for i in range(0, len(body), PART)]


def seal_attachment(v, header, file, ephemeral):
    content = header_bytes(header) + file
    assert len(content) <= MAX_CONTENT
    enc, text, body = seal(v, "attachment", content, ephemeral)
    return enc, text, parts_of(body)


def open_attachment(v, enc, text, sealed_bytes, parts):
    """Header and file, or Refused. The service said how many bytes there are, and each part but the last is full."""
    check_envelope(v, "attachment", text)
    most = MAX_CONTENT + TAG * (MAX_CONTENT // CHUNK)
    last = sealed_bytes % (CHUNK + TAG)
    refuse_unless(0 < sealed_bytes <= most and (last == 0 or last > TAG), "size")
    for number, part in enumerate(parts):
        refuse_unless(len(part) == min(PART, sealed_bytes - number * PART), "broken")
    if sum(map(len, parts)) < sealed_bytes:
        raise Refused("unfinished")
    content = open_(v, "attachment", enc, text, b"".join(parts))
    refuse_unless(len(content) >= 2, "header")
    end = 2 + int.from_bytes(content[:2], "big")
    refuse_unless(end <= len(content) and end <= 2048, "header")
    try:
        header = read_canonical(content[2:end].decode(), [{"mediaType", "name"}], "header")
    except UnicodeDecodeError:
        raise Refused("header")
    good = all(isinstance(value, str) for value in header.values())
    refuse_unless(good and is_name(header["name"]) and re.fullmatch(HALF + "/" + HALF, header["mediaType"]), "header")
    return header, content[end:]


# --- sealing keys: the proof that one has the secret, and the fingerprint ---


def proof_of_possession(organisation_id, secret, proof_key, ephemeral):
    """Towards the service, whose key proof_key is."""
    info, enc = b"trefpunt/v1/sealing-key-proof" + field(organisation(organisation_id)), public(ephemeral)
    agreement = agreed(dh(ephemeral, proof_key) + dh(secret, proof_key), enc, proof_key, public(secret), info)
    return enc + ChaCha20Poly1305(agreement(b"key", 32)).encrypt(agreement(b"base_nonce", 12), b"", b"")


def fingerprint(organisation_id, key):
    digest = hashlib.sha256(b"trefpunt/v1/sealing-key\0" + organisation(organisation_id) + key).digest()
    return " ".join(f"{int.from_bytes(digest[i:i + 5], 'big') % 100000:05}" for i in range(0, 30, 5))


# --- the consent record and its status ---

TERMS = {"version", "network", "parties", "purpose", "textVersion", "language", "method", "assurance", "issuer",
         "requestedAt", "givenAt", "validUntil"}
RECORD = [TERMS | {"match"}, TERMS | {"signal"}]
STATUS = [{"version", "asOf", "consent", "network", "state"}]


def key_id(raw):
    return b64(hashlib.sha256(raw).digest()[:16])


def signed(key, document):
    raw = key.public_key().public_bytes_raw()
    return {"document": document, "signature": b64(key.sign(document.encode())), "keyId": key_id(raw)}


def signed_record(key, members):
    made = signed(key, canonical({"version": "trefpunt/v1/consent", **members}))
    return {**made, "hash": b64(hashlib.sha256(made["document"].encode()).digest())}


def signed_status(key, as_of, consent, network, state):
    return signed(key, canonical({
        "version": "trefpunt/v1/consent-status", "asOf": as_of, "consent": consent, "network": network, "state": state,
    }))


def verify(signed_document, keys, members, code):
    """The members of a document that one of the portal's raw public keys signed."""
    raw = {key_id(key): key for key in keys}.get(signed_document["keyId"])
    refuse_unless(raw, code + "-untrusted")
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(unb64(signed_document["signature"]), signed_document["document"].encode())
    except InvalidSignature:
        raise Refused(code + "-untrusted")
    return read_canonical(signed_document["document"], members, code + "-untrusted")


def instant(text):
    # fromisoformat takes microseconds at most before Python 3.11; the vectors have no more.
    whole, _, fraction = text[:-1].partition(".")
    refuse_unless(text.endswith("Z"), "time")
    return datetime.datetime.fromisoformat(whole + "+00:00") + datetime.timedelta(seconds=float("0." + (fraction or "0")))


def check_consent(record, status, keys, network, match, pair, now):
    """That a record allows exchange between two organisations in a match, and stands, by the portal's word."""
    digest = b64(hashlib.sha256(record["document"].encode()).digest())
    refuse_unless(record["hash"] == digest, "record-hash")
    terms = verify(record, keys, RECORD, "record")
    refuse_unless(terms["version"] == "trefpunt/v1/consent" and terms["purpose"] == "exchange", "record-purpose")
    refuse_unless(terms["network"] == network, "record-network")
    refuse_unless(terms["match"] == match, "record-match")
    refuse_unless(pair[0] != pair[1] and set(pair) <= set(terms["parties"]), "record-party")
    refuse_unless(now < instant(terms["validUntil"]), "record-expired")
    said = verify(status, keys, STATUS, "status")
    refuse_unless(said["version"] == "trefpunt/v1/consent-status", "status-untrusted")
    refuse_unless(said["network"] == network, "status-network")
    refuse_unless(said["consent"] == digest, "status-consent")
    age = (now - instant(said["asOf"])).total_seconds()
    refuse_unless(age <= 60, "status-old")
    refuse_unless(age >= -30, "status-future")
    refuse_unless(said["state"] == "stands", "ended")


# --- the vectors ---


def bytes_of_seed(seed, length):
    """SHA-256(seed || u32 counter), one after the other."""
    blocks = range((length + 31) // 32)
    return b"".join(hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in blocks)[:length]


def with_keys(v):
    return {**v, "senderKey": b64(public(unb64(v["senderSecret"]))), "recipientKey": b64(public(unb64(v["recipientSecret"])))}


def message_vectors():
    gate_key = bytes([0x77] * 32)
    match, message, consent = b64(bytes([1] * 16)), b64(bytes([2] * 16)), b64(bytes([5] * 32))
    share = b64(gate_share(gate_key, consent, match, message))
    base = with_keys({
        "match": match, "message": message, "sender": "org_" + b64(bytes([3] * 16)),
        "recipient": "org_" + b64(bytes([4] * 16)), "consentHash": consent, "senderSecret": b64(bytes([0x11] * 32)),
        "recipientSecret": b64(bytes([0x22] * 32)), "ephemeralIkm": b64(bytes([0x33] * 32)), "gateShare": None,
    })
    ephemeral = derive_key_pair(unb64(base["ephemeralIkm"]))
    text = "Zullen we morgen bellen?"

    messages = []
    for case in [
        {"name": "no keyholder", "content": text},
        {"name": "with a keyholder's share", "gateShare": share, "content": text},
        {"name": "no content", "gateShare": share, "content": ""},
        {"name": "three chunks of x", "contentLength": 2 * CHUNK + 5},
    ]:
        v = {**base, **case}
        content = v["content"].encode() if "content" in v else b"x" * v["contentLength"]
        enc, v["envelope"], body = seal(v, "message", content, ephemeral)
        v["enc"] = b64(enc)
        if "content" in v:
            v["ciphertext"] = b64(body)
        else:
            v["ciphertextSha256"] = b64(hashlib.sha256(body).digest())
        assert open_(v, "message", enc, v["envelope"], body) == content
        messages.append({"name": v.pop("name"), **v})

    header = {"mediaType": "application/pdf", "name": "verslag \"é\".pdf"}
    front = len(header_bytes(header))
    attachments = []
    for name, length in [
        ("an empty file", 0), ("exactly one part", PART_CHUNKS * CHUNK - front), ("three parts", 2 * PART_CHUNKS * CHUNK + 70000),
    ]:
        v = {**base, "gateShare": share, "header": header, "fileSeed": b64(bytes([0x55] * 32)), "fileBytes": length}
        file = bytes_of_seed(unb64(v["fileSeed"]), length)
        enc, v["envelope"], parts = seal_attachment(v, header, file, ephemeral)
        v["enc"], v["sealedBytes"] = b64(enc), sum(map(len, parts))
        v["partsSha256"] = [b64(hashlib.sha256(part).digest()) for part in parts]
        assert open_attachment(v, enc, v["envelope"], v["sealedBytes"], parts) == (header, file)
        attachments.append({"name": name, **v})

    return {
        "about": "Sealed messages and attachments; binary values in unpadded base64url. Made by reference/sealed_message.py.",
        "messages": messages,
        "attachments": attachments,
        "gateShares": gate_vectors(gate_key, [(consent, match, message), (consent, message, match)]),
        "fingerprints": [
            {"organisation": org, "key": key, "fingerprint": fingerprint(org, unb64(key))}
            for org, key in [(base["sender"], base["senderKey"]), (base["recipient"], base["recipientKey"]),
                             (base["recipient"], base["senderKey"])]
        ],
        "possessionProofs": [{
            "organisation": base["sender"], "secret": base["senderSecret"], "proofSecret": base["recipientSecret"],
            "proofKey": base["recipientKey"], "ephemeralIkm": base["ephemeralIkm"],
            "proof": b64(proof_of_possession(base["sender"], unb64(base["senderSecret"]), unb64(base["recipientKey"]), ephemeral)),
        }],
        "refusals": refusals(messages[1], gate_key),
        "attachmentRefusals": attachment_refusals(attachments[2]),
    }


def gate_vectors(gate_key, cases):
    return [
        {"gateKey": b64(gate_key), "consentHash": consent, "match": match, "message": message,
         "share": b64(gate_share(gate_key, consent, match, message))}
        for consent, match, message in cases
    ]


def refusals(good, gate_key):
    """What a recipient has in hand, whole, and why it opens nothing."""
    other_id, other_hash, other = b64(bytes([9] * 16)), b64(bytes([9] * 32)), bytes([0x44] * 32)
    body = unb64(good["ciphertext"])
    changed = lambda name, value: good["envelope"].replace(canonical({name: good_envelope[name]})[1:-1], canonical({name: value})[1:-1])
    good_envelope = json.loads(good["envelope"])
    cases = [
        ("another recipient's secret", "broken", {"recipientSecret": b64(other)}),
        ("another sender's key", "broken", {"senderKey": b64(public(other))}),
        ("the sender opens its own", "broken", {"recipientSecret": good["senderSecret"]}),
        ("the envelope has a space", "envelope", {"envelope": good["envelope"].replace(",", ", ", 1)}),
        ("the envelope has a member more", "envelope", {"envelope": good["envelope"].replace("{", '{"a":"b",')}),
        ("the envelope lacks its kind", "envelope", {"envelope": good["envelope"].replace('"kind":"message",', "")}),
        ("the envelope is of another version", "envelope", {"envelope": good["envelope"].replace("v1", "v2")}),
        ("the envelope names another consent", "route", {"envelope": changed("consent", other_hash)}),
        ("the envelope names another match", "route", {"envelope": changed("match", other_id)}),
        ("the envelope names another message", "route", {"envelope": changed("message", other_id)}),
        ("the envelope names another recipient", "route", {"envelope": changed("recipient", "org_" + other_id)}),
        ("another consent is expected", "route", {"consentHash": other_hash}),
        ("another consent is expected and written", "broken", {"consentHash": other_hash, "envelope": changed("consent", other_hash)}),
        ("another match is expected and written", "broken", {"match": other_id, "envelope": changed("match", other_id)}),
        ("the message is called an attachment", "kind", {"envelope": changed("kind", "attachment")}),
        ("a share for another match", "broken", {"gateShare": b64(gate_share(gate_key, good["consentHash"], other_id, good["message"]))}),
        ("a share for another message", "broken", {"gateShare": b64(gate_share(gate_key, good["consentHash"], good["match"], other_id))}),
        ("a share under another consent", "broken", {"gateShare": b64(gate_share(gate_key, other_hash, good["match"], good["message"]))}),
        ("a share of another keyholder", "broken", {"gateShare": b64(gate_share(other, good["consentHash"], good["match"], good["message"]))}),
        ("no share where there is a keyholder", "share-missing", {"gateShare": None}),
        ("sealed without the share of a known keyholder", "empty-share", {"envelope": changed("gate", "none")}),
        ("the gate is denied by both", "broken", {"gateShare": None, "envelope": changed("gate", "none")}),
        ("one bit of the content", "broken", {"ciphertext": b64(bytes([body[0] ^ 1]) + body[1:])}),
        ("one bit of the encapsulated key", "broken", {"enc": b64(bytes([unb64(good["enc"])[0] ^ 1]) + unb64(good["enc"])[1:])}),
        ("an encapsulated key of small order", "broken", {"enc": b64(bytes(32))}),
        ("a byte too few", "broken", {"ciphertext": b64(body[:-1])}),
        ("a byte too many", "broken", {"ciphertext": b64(body + b"\0")}),
        ("nothing", "broken", {"ciphertext": ""}),
    ]
    kept = ("match", "message", "sender", "recipient", "consentHash", "gateShare", "senderKey", "recipientSecret", "enc",
            "envelope", "ciphertext")
    made = []
    for name, code, change in cases:
        case = {"name": name, "refused": code, **{member: good[member] for member in kept}, **change}
        expect_refusal(code, lambda: open_(case, "message", unb64(case["enc"]), case["envelope"], unb64(case["ciphertext"])))
        made.append(case)
    return made


def attachment_refusals(good):
    """What becomes of the attachment "three parts", by the numbers of its parts, and why it is refused."""
    file = bytes_of_seed(unb64(good["fileSeed"]), good["fileBytes"])
    enc, text, parts = seal_attachment(good, good["header"], file, derive_key_pair(unb64(good["ephemeralIkm"])))
    whole = good["sealedBytes"]
    cases = [
        ("parts reordered", "broken", {"parts": [1, 0, 2]}),
        ("a part twice", "broken", {"parts": [0, 0, 2]}),
        ("truncated", "unfinished", {"parts": [0, 1]}),
        ("truncated, and said to be so long", "broken", {"parts": [0, 1], "sealedBytes": 2 * PART}),
        ("truncated within the last part", "broken", {"parts": [0, 1, 2], "cutBytes": 1}),
        ("truncated after a chunk, and said to be so long", "broken",
         {"parts": [0, 1, 2], "cutBytes": whole - 2 * PART - (CHUNK + TAG), "sealedBytes": 2 * PART + CHUNK + TAG}),
        ("the first part is missing", "broken", {"parts": [1, 2], "sealedBytes": whole - PART}),
        ("extended", "broken", {"parts": [0, 1, 2, 2], "sealedBytes": whole}),
        ("the first two chunks reordered", "broken", {"parts": [0, 1, 2], "chunksSwapped": True}),
        ("a number of bytes that sealing never gives", "size", {"parts": [0], "sealedBytes": PART + TAG}),
        ("more than 25 MiB", "size", {"parts": [0], "sealedBytes": MAX_CONTENT + TAG * (MAX_CONTENT // CHUNK) + 1}),
    ]
    made = []
    for name, code, change in cases:
        case = {"name": name, "refused": code, "sealedBytes": whole, "cutBytes": 0, "chunksSwapped": False, **change}
        given = [parts[number] for number in case["parts"]]
        if case["cutBytes"]:
            given[-1] = given[-1][:-case["cutBytes"]]
        if case["chunksSwapped"]:
            size = CHUNK + TAG
            given[0] = given[0][size:2 * size] + given[0][:size] + given[0][2 * size:]
        expect_refusal(code, lambda: open_attachment(good, enc, text, case["sealedBytes"], given))
        made.append(case)
    return made


def expect_refusal(code, act):
    try:
        act()
    except Refused as refused:
        assert refused.args == (code,), (refused.args, code)
    else:
        raise AssertionError("not refused: " + code)


def record_vector():
    seed = bytes([3] * 32)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    raw = key.public_key().public_bytes_raw()
    parties = sorted("org_" + b64(bytes([b] * 16)) for b in (0xFF, 0x68))
    always = {
        "network": "demo", "textVersion": "2026-11", "language": "nl", "issuer": "org_" + b64(bytes([0x68] * 16)),
        "requestedAt": "2026-11-21T09:00:00Z", "givenAt": "2026-11-22T10:30:00.5Z", "validUntil": "2027-11-22T10:30:00.5Z",
    }
    match, as_of = b64(bytes([1] * 16)), "2026-12-01T12:00:00Z"
    record = signed_record(key, {
        **always, "match": match, "parties": parties, "purpose": "exchange", "method": "portal", "assurance": "letter",
    })
    made = {
        "about": "Signed consent records, for exchange in a match and for a signal, and the status of the first."
                 " Made by reference/sealed_message.py.",
        "seed": b64(seed), "publicKey": b64(raw),
        "record": record,
        "signalRecord": signed_record(key, {
            **always, "signal": b64(bytes([2] * 16)), "parties": ["org_" + b64(bytes([0x68] * 16))], "purpose": "signal",
            "method": "oral", "assurance": "attested",
        }),
        "status": signed_status(key, as_of, record["hash"], "demo", "stands"),
        "endedStatus": signed_status(key, as_of, record["hash"], "demo", "ended"),
    }
    at = lambda seconds: instant(as_of) + datetime.timedelta(seconds=seconds)
    check = lambda **change: check_consent(**{
        "record": record, "status": made["status"], "keys": [raw], "network": "demo", "match": match, "pair": parties,
        "now": at(0), **change,
    })
    check()
    check(now=at(60))
    check(now=at(-30))
    for code, change in [
        ("record-hash", {"record": {**record, "hash": b64(bytes(32))}}),
        ("record-untrusted", {"keys": [bytes(32)]}),
        ("record-untrusted", {"record": {**record, "signature": b64(bytes(64))}}),
        ("record-purpose", {"record": made["signalRecord"]}),
        ("record-network", {"network": "live"}),
        ("record-match", {"match": b64(bytes([9] * 16))}),
        ("record-party", {"pair": [parties[0], "org_" + b64(bytes([1] * 16))]}),
        ("record-expired", {"now": instant(always["validUntil"])}),
        ("status-untrusted", {"status": {**made["status"], "signature": b64(bytes(64))}}),
        ("status-network", {"status": signed_status(key, as_of, record["hash"], "live", "stands")}),
        ("status-consent", {"status": signed_status(key, as_of, b64(bytes(32)), "demo", "stands")}),
        ("status-old", {"now": at(61)}),
        ("status-future", {"now": at(-31)}),
        ("ended", {"status": made["endedStatus"]}),
    ]:
        expect_refusal(code, lambda: check(**change))
    return made


def check_vectors():
    files = {"sealed-message.json": message_vectors(), "consent-record.json": record_vector()}
    for name, value in files.items():
        path = VECTORS / name
        if "--write" in sys.argv:
            path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
        elif json.loads(path.read_text()) != value:
            sys.exit(f"{name} differs")
    print("ok")


# --- sealed just now, by one implementation for the other ---


def case_of_chance(has_keyholder):
    chance = lambda length: b64(os.urandom(length))
    v = with_keys({
        "match": chance(16), "message": chance(16), "sender": "org_" + chance(16), "recipient": "org_" + chance(16),
        "consentHash": chance(32), "senderSecret": chance(32), "recipientSecret": chance(32),
        "gateKey": chance(32) if has_keyholder else None, "gateShare": None,
    })
    if has_keyholder:
        v["gateShare"] = b64(gate_share(unb64(v["gateKey"]), v["consentHash"], v["match"], v["message"]))
    v["senderFingerprint"] = fingerprint(v["sender"], unb64(v["senderKey"]))
    return v


def seal_now():
    made = {"messages": [], "attachments": [], "consents": []}
    for length in (0, 1, 24, 8192, CHUNK, CHUNK + 1):
        for has_keyholder in (False, True):
            v, content = case_of_chance(has_keyholder), os.urandom(length)
            enc, text, body = seal(v, "message", content, os.urandom(32))
            made["messages"].append({**v, "enc": b64(enc), "envelope": text, "ciphertext": b64(body), "content": b64(content)})
    header = {"mediaType": "text/plain", "name": "brief \"ë\" 🙂.txt"}
    front = len(header_bytes(header))
    for length in (0, 1, CHUNK - front, PART_CHUNKS * CHUNK - front, PART_CHUNKS * CHUNK, 2 * PART_CHUNKS * CHUNK + 1):
        v, file = case_of_chance(True), os.urandom(length)
        enc, text, parts = seal_attachment(v, header, file, os.urandom(32))
        made["attachments"].append({
            **v, "enc": b64(enc), "envelope": text, "sealedBytes": sum(map(len, parts)), "parts": list(map(b64, parts)),
            "header": header, "file": b64(file),
        })
    v, key = case_of_chance(True), Ed25519PrivateKey.generate()
    record = signed_record(key, {
        "network": "regio", "match": v["match"], "parties": sorted([v["sender"], v["recipient"]]), "purpose": "exchange",
        "textVersion": "2026-11", "language": "nl", "method": "portal", "assurance": "letter", "issuer": v["sender"],
        "requestedAt": "2026-11-21T09:00:00Z", "givenAt": "2026-11-22T10:30:00Z", "validUntil": "2027-11-22T10:30:00Z",
    })
    made["consents"].append({
        "network": "regio", "match": v["match"], "parties": [v["sender"], v["recipient"]],
        "publicKey": b64(key.public_key().public_bytes_raw()), "record": record,
        "status": signed_status(key, "2026-12-01T12:00:00Z", record["hash"], "regio", "stands"),
        "now": "2026-12-01T12:00:59Z",
    })
    return made


def open_all(made):
    for case in made["messages"] + made["attachments"]:
        if case["gateKey"]:
            share = gate_share(unb64(case["gateKey"]), case["consentHash"], case["match"], case["message"])
            assert b64(share) == case["gateShare"], "another share"
        assert fingerprint(case["sender"], unb64(case["senderKey"])) == case["senderFingerprint"], "another fingerprint"
    for case in made["messages"]:
        content = open_(case, "message", unb64(case["enc"]), case["envelope"], unb64(case["ciphertext"]))
        assert content == unb64(case["content"]), "another content"
    for case in made["attachments"]:
        parts = list(map(unb64, case["parts"]))
        header, file = open_attachment(case, unb64(case["enc"]), case["envelope"], case["sealedBytes"], parts)
        assert header == case["header"] and file == unb64(case["file"]), "another file"
    for case in made["consents"]:
        check_consent(case["record"], case["status"], [unb64(case["publicKey"])], case["network"], case["match"],
                      case["parties"], instant(case["now"]))
    counts = [len(made[what]) for what in ("messages", "attachments", "consents")]
    assert all(counts), "nothing to open"
    print("opened {} messages, {} attachments, {} consents".format(*counts))


def main():
    if "seal" in sys.argv[1:]:
        json.dump(seal_now(), sys.stdout)
    elif "open" in sys.argv[1:]:
        open_all(json.load(sys.stdin))
    else:
        check_vectors()


if __name__ == "__main__":
    main()
