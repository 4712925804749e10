#!/usr/bin/env python3
"""Checks a consent receipt without anything of Trefpunt: its form by the schema, and its proof (W3C Data Integrity, cryptosuite
eddsa-jcs-2022) by the key that it names.

    consent_receipt.py RECEIPT [PUBLIC_KEY]   checks one; PUBLIC_KEY (base64url, as GET /v1/consent-keys has it) is the portal's
    consent_receipt.py --test RECEIPT         checks it, and that no part of it can be changed

That a key is the portal's, a receipt cannot say of itself: without PUBLIC_KEY only that it was signed with the key in it is known.
"""

import base64
import copy
import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/consent-receipt/schema.json").read_text("utf-8"))
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Wrong(Exception):
    """Why a receipt cannot be relied on."""


def base58(text):
    if not text.startswith("z"):
        raise Wrong("no multibase value in base58")
    number = 0
    for letter in text[1:]:
        number = number * 58 + ALPHABET.index(letter)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def canonical(value):
    """RFC 8785 for what receipts hold: texts, lists and members with names in ASCII, and no number."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def public_key(method):
    name, _, fragment = method.removeprefix("did:key:").partition("#")
    decoded = base58(name)
    if name != fragment or decoded[:2] != b"\xed\x01" or len(decoded) != 34:
        raise Wrong("the proof names no Ed25519 key")
    return decoded[2:]


def check(receipt, expected=None):
    for error in Draft202012Validator(SCHEMA).iter_errors(receipt):
        raise Wrong(f"{error.json_path}: {error.message}")
    document = copy.deepcopy(receipt)
    proof = document.pop("proof")
    signature = base58(proof.pop("proofValue"))
    if proof["@context"] != document["@context"]:
        raise Wrong("the proof reads the words otherwise than the document")
    key = public_key(proof["verificationMethod"])
    if expected is not None and key != expected:
        raise Wrong("it is signed with another key")
    if document["dct:publisher"]["@id"] != proof["verificationMethod"]:
        raise Wrong("it is published by another key than it is signed with")
    signed = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(document)).digest()
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        raise Wrong("the signature does not hold") from None


def leaves(value, path=()):
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not members:
        yield path
    for name, member in members:
        yield from leaves(member, (*path, name))


def changed(receipt, path):
    copied = copy.deepcopy(receipt)
    inner = copied
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = inner[path[-1]] + "x" if isinstance(inner[path[-1]], str) else "x"
    return copied


def test(receipt):
    check(receipt)
    tried = 0
    for path in leaves(receipt):
        try:
            check(changed(receipt, path))
        except (Wrong, ValueError):
            tried += 1
        else:
            raise Wrong(f"{path} can be changed")
    print(f"the receipt holds, and none of its {tried} values can be changed")


def main(arguments):
    try:
        if arguments[0] == "--test":
            test(json.loads(pathlib.Path(arguments[1]).read_text("utf-8")))
            return
        expected = base64.urlsafe_b64decode(arguments[1] + "=") if len(arguments) > 1 else None
        check(json.loads(pathlib.Path(arguments[0]).read_text("utf-8")), expected)
        print("the receipt holds")
    except Wrong as why:
        sys.exit(f"consent_receipt.py: {why}")


if __name__ == "__main__":
    main(sys.argv[1:])
