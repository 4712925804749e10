#!/usr/bin/env python3
"""Seals and opens messages a second time, and checks a consent record, from the published text alone.

Needs Python 3.9 and PyPI `cryptography`. Run without arguments it checks ../vectors/*.json and prints "ok";
with --write it makes those files anew. HPKE (RFC 9180) is spelled out for the one suite and mode in use.
"""
import base64, hashlib, hmac, json, pathlib, sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
CHUNK, TAG = 64 * 1024, 16


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, length):
    out, block, at = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([at]), hashlib.sha256).digest()
        out, at = out + block, at + 1
    return out[:length]


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


def exported(dhs, enc, recipient, sender, info, context, length):
    prk = labeled_extract(KEM, b"", b"eae_prk", dhs)
    shared = labeled_expand(KEM, prk, b"shared_secret", enc + recipient + sender, 32)
    schedule = b"\x02" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    return labeled_expand(SUITE, labeled_expand(SUITE, secret, b"exp", schedule, 32), b"sec", context, length)


# --- the message ---


def field(data):
    return len(data).to_bytes(2, "big") + data


def organisation(text):
    assert text.startswith("org_")
    return unb64(text[4:])


def canonical(value):
    # Enough of RFC 8785 for objects of plain ASCII strings.
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def envelope(v):
    return canonical({
        "version": "trefpunt/v1/e2e", "match": v["match"], "message": v["message"], "sender": v["sender"],
        "recipient": v["recipient"], "consent": v["consentHash"], "gate": "keyholder" if v["gateShare"] else "none",
        "kind": "message",
    })


def content_key(v, dhs, enc, recipient, sender):
    label = b"trefpunt/v1/e2e"
    info = label + field(unb64(v["match"])) + field(organisation(v["sender"])) + field(organisation(v["recipient"]))
    ss = exported(dhs, enc, recipient, sender, info, label, 32)
    g = unb64(v["gateShare"]) if v["gateShare"] else b""
    info = b"trefpunt/v1/content\0" + field(unb64(v["match"])) + field(unb64(v["message"]))
    return expand(extract(unb64(v["consentHash"]), ss + g), info, 32)


def nonce(at, last):
    return at.to_bytes(11, "big") + bytes([last])


def seal(v, content):
    sk_s, pk_r = unb64(v["senderSecret"]), public(unb64(v["recipientSecret"]))
    sk_e = derive_key_pair(unb64(v["ephemeralIkm"]))
    enc = public(sk_e)
    key = ChaCha20Poly1305(content_key(v, dh(sk_e, pk_r) + dh(sk_s, pk_r), enc, pk_r, public(sk_s)))
    chunks = [content[i:i + CHUNK] for i in range(0, len(content), CHUNK)] or [b""]
    aad = envelope(v).encode()
    body = b"".join(key.encrypt(nonce(i, i == len(chunks) - 1), c, aad) for i, c in enumerate(chunks))
    return enc, body


def open_(v, enc, body):
    sk_r, pk_s = unb64(v["recipientSecret"]), public(unb64(v["senderSecret"]))
    key = ChaCha20Poly1305(content_key(v, dh(sk_r, enc) + dh(sk_r, pk_s), enc, public(sk_r), pk_s))
    chunks = [body[i:i + CHUNK + TAG] for i in range(0, len(body), CHUNK + TAG)]
    aad = envelope(v).encode()
    return b"".join(key.decrypt(nonce(i, i == len(chunks) - 1), c, aad) for i, c in enumerate(chunks))


def message_vectors():
    route = {
        "match": b64(bytes([1] * 16)), "message": b64(bytes([2] * 16)), "sender": "org_" + b64(bytes([3] * 16)),
        "recipient": "org_" + b64(bytes([4] * 16)), "consentHash": b64(bytes([5] * 32)),
        "senderSecret": b64(bytes([0x11] * 32)), "recipientSecret": b64(bytes([0x22] * 32)),
        "ephemeralIkm": b64(bytes([0x33] * 32)), "gateShare": None,
    }
    text = "Zullen we morgen bellen?"
    vectors = []
    for case in [
        {"name": "no keyholder", "content": text},
        {"name": "with a keyholder's share", "gateShare": b64(bytes([6] * 32)), "content": text},
        {"name": "three chunks of x", "contentLength": 2 * CHUNK + 5},
    ]:
        v = {**route, **case}
        content = v["content"].encode() if "content" in v else b"x" * v["contentLength"]
        enc, body = seal(v, content)
        v["enc"], v["envelope"] = b64(enc), envelope(v)
        if "content" in v:
            v["ciphertext"] = b64(body)
        else:
            v["ciphertextSha256"] = b64(hashlib.sha256(body).digest())
        assert open_(v, enc, body) == content
        vectors.append({"name": v.pop("name"), **v})
    return {"about": "Sealed messages; binary values in unpadded base64url. Made by reference/sealed_message.py.",
            "vectors": vectors}


# --- the consent record ---


def signed_record(key, members):
    raw = key.public_key().public_bytes_raw()
    document = canonical({
        "version": "trefpunt/v1/consent", "network": "demo", "textVersion": "2026-11", "language": "nl",
        "issuer": "org_" + b64(bytes([0x68] * 16)), "requestedAt": "2026-11-21T09:00:00Z",
        "givenAt": "2026-11-22T10:30:00.5Z", "validUntil": "2027-11-22T10:30:00.5Z", **members,
    })
    return {
        "document": document, "hash": b64(hashlib.sha256(document.encode()).digest()),
        "signature": b64(key.sign(document.encode())), "keyId": b64(hashlib.sha256(raw).digest()[:16]),
    }


def record_vector():
    seed = bytes([3] * 32)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    parties = sorted("org_" + b64(bytes([b] * 16)) for b in (0xFF, 0x68))
    return {
        "about": "Signed consent records: for exchange in a match, and for a signal. Made by reference/sealed_message.py.",
        "seed": b64(seed), "publicKey": b64(key.public_key().public_bytes_raw()),
        "record": signed_record(key, {
            "match": b64(bytes([1] * 16)), "parties": parties, "purpose": "exchange", "method": "portal",
            "assurance": "letter",
        }),
        "signalRecord": signed_record(key, {
            "signal": b64(bytes([2] * 16)), "parties": ["org_" + b64(bytes([0x68] * 16))], "purpose": "signal",
            "method": "oral", "assurance": "attested",
        }),
    }


def main():
    files = {"sealed-message.json": message_vectors(), "consent-record.json": record_vector()}
    for name, value in files.items():
        path = VECTORS / name
        if "--write" in sys.argv:
            path.write_text(json.dumps(value, indent=2) + "\n")
        elif json.loads(path.read_text()) != value:
            sys.exit(f"{name} differs")
    print("ok")


if __name__ == "__main__":
    main()
