#!/usr/bin/env python3
"""The token `t` of an identifier, with the Python standard library alone.

A second implementation, written from the specification and not from the Rust code, so that an error in one shows
in the other. It makes tokens and key-check values; it does not blind, evaluate or store anything.

    python3 trefpunt_token.py KEYFILE NET_EPOCH bsn < identifier     print one token
    python3 trefpunt_token.py --check ../vectors.json                compare with the shared vectors
"""

import base64
import hashlib
import hmac
import json
import struct
import sys

KINDS = {"bsn": 0x01, "guardian-bsn": 0x20}


class Refused(Exception):
    """Carries the stable name of the rule that failed, never the value."""


def bsn(raw: str) -> bytes:
    """Nine ASCII digits of a BSN written with spaces, dots and dashes, or without its leading zero."""
    digits = "".join(c for c in raw if c not in " .-")
    if any(c not in "0123456789" for c in digits):
        raise Refused("unexpected-character")
    if not digits:
        raise Refused("empty")
    if len(digits) not in (8, 9):
        raise Refused("wrong-length")
    digits = digits.zfill(9)
    if digits == "000000000":
        raise Refused("all-zero")
    if sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11:
        raise Refused("fails-eleven-test")
    return digits.encode("ascii")


def canonical(kind: str, raw: str) -> bytes:
    """The bytes that are hashed for an identifier of this kind."""
    if kind not in KINDS:
        raise Refused("unknown-kind")
    return bsn(raw)


def ident(net_epoch: int, kind: str, value: bytes) -> bytes:
    """What the MAC is taken over."""
    return b"trefpunt/v1/ident\0" + struct.pack(">HBH", net_epoch, KINDS[kind], len(value)) + value


def token(secret: bytes, net_epoch: int, kind: str, raw: str) -> bytes:
    """`t`, 32 bytes."""
    return hmac.new(secret, ident(net_epoch, kind, canonical(kind, raw)), hashlib.sha256).digest()


def key_check(secret: bytes, net_epoch: int) -> bytes:
    """What an epoch publishes so that a client can tell a wrong secret, 16 bytes."""
    message = b"trefpunt/v1/key-check\0" + struct.pack(">H", net_epoch)
    return hmac.new(secret, message, hashlib.sha256).digest()[:16]


def base64url(data: bytes) -> str:
    """Unpadded base64url, as values travel in JSON."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def read_key_file(path: str) -> bytes:
    """32 bytes as 43 characters of unpadded base64url, then at most one line feed."""
    with open(path, encoding="ascii", newline="") as file:
        text = file.read().removesuffix("\n")
    secret = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    if len(secret) != 32 or base64url(secret) != text:
        raise SystemExit("not a key file")
    return secret


def check(path: str) -> int:
    """Compares every vector this program can make; returns how many it compared."""
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    compared = 0
    for vector in vectors["keyCheck"]:
        secret = bytes.fromhex(vector["networkSecretHex"])
        assert base64url(key_check(secret, vector["netEpoch"])) == vector["keyCheck"], vector
        compared += 1
    for vector in vectors["token"]:
        if vector["kind"] not in KINDS:
            continue
        secret, epoch, kind = bytes.fromhex(vector["networkSecretHex"]), vector["netEpoch"], vector["kind"]
        value = canonical(kind, vector["raw"])
        assert value.hex() == vector["valueHex"], vector
        assert ident(epoch, kind, value).hex() == vector["identHex"], vector
        assert base64url(token(secret, epoch, kind, vector["raw"])) == vector["token"], vector
        compared += 1
    for vector in vectors["refused"]:
        if vector["kind"] in ("service-key",):
            continue
        try:
            canonical(vector["kind"], vector["raw"])
        except Refused as refused:
            assert str(refused) == vector["error"], vector
        else:
            raise AssertionError(vector)
        compared += 1
    return compared


def main(arguments: list[str]) -> None:
    if len(arguments) == 2 and arguments[0] == "--check":
        print(f"{check(arguments[1])} vectors agree")
    elif len(arguments) == 3:
        key_file, net_epoch, kind = arguments
        try:
            print(base64url(token(read_key_file(key_file), int(net_epoch), kind, sys.stdin.readline().rstrip("\n"))))
        except Refused as refused:
            raise SystemExit(f"refused: {refused}") from None
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
