#!/usr/bin/env python3
"""The token `t` of an identifier, with the Python standard library alone.

A second implementation, written from the specification and not from the Rust code, so that an error in one shows
in the other. It makes tokens and key-check values; it does not blind, evaluate or store anything.

    python3 trefpunt_token.py KEYFILE NET_EPOCH KIND < identifier    print one token
    python3 trefpunt_token.py --check ../vectors.json                compare with the shared vectors
"""

import base64
import hashlib
import hmac
import json
import struct
import sys
import unicodedata
from datetime import date

KINDS = {"bsn": 0x01, "service-key": 0x10, "guardian-bsn": 0x20}

LETTERS = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th",
    "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ł": "l", "Ł": "l",
    "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "ŋ": "n", "Ŋ": "n", "ı": "i",
}
APOSTROPHES = "'`\u2018\u2019\u201b\u2032\u02b9\u02bc"
HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SEXES = {"m": "m", "v": "v", "f": "v", "o": "o", "x": "o"}


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


def surname(raw: str) -> str:
    """A surname without its prefix, as a-z and single spaces."""
    if len(raw) > 200:
        raise Refused("wrong-length")
    name = ""
    for letter in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", raw)):
        if unicodedata.category(letter).startswith("M") or letter in APOSTROPHES:
            continue
        if "A" <= letter <= "Z" or "a" <= letter <= "z":
            name += letter.lower()
        elif letter in LETTERS:
            name += LETTERS[letter]
        elif letter == " " or letter in HYPHENS:
            name += " "
        else:
            raise Refused("unexpected-letter")
    name = " ".join(name.split())
    if not name:
        raise Refused("empty")
    if len(name) > 200:
        raise Refused("wrong-length")
    return name


def birth_date(raw: str) -> str:
    """A date that exists, as YYYYMMDD."""
    digits = raw.replace("-", "") if len(raw) == 10 and raw[4] == raw[7] == "-" else raw
    if len(digits) != 8 or any(c not in "0123456789" for c in digits):
        raise Refused("not-a-date")
    try:
        year = date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year
    except ValueError:
        raise Refused("not-a-date") from None
    if not 1900 <= year <= 2199:
        raise Refused("not-a-date")
    return digits


def service_key(raw: str) -> bytes:
    """`surname|birth date|sex`, canonical and joined by 0x1F."""
    fields = raw.split("|")
    if len(fields) != 3:
        raise Refused("wrong-fields")
    name, born = surname(fields[0]), birth_date(fields[1])
    if len(fields[2]) != 1 or fields[2].lower() not in SEXES:
        raise Refused("unknown-sex")
    return "\x1f".join((name, born, SEXES[fields[2].lower()])).encode("ascii")


def canonical(kind: str, raw: str) -> bytes:
    """The bytes that are hashed for an identifier of this kind."""
    if kind not in KINDS:
        raise Refused("unknown-kind")
    return service_key(raw) if kind == "service-key" else bsn(raw)


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
        secret, epoch, kind = bytes.fromhex(vector["networkSecretHex"]), vector["netEpoch"], vector["kind"]
        value = canonical(kind, vector["raw"])
        assert value.hex() == vector["valueHex"], vector
        assert ident(epoch, kind, value).hex() == vector["identHex"], vector
        assert base64url(token(secret, epoch, kind, vector["raw"])) == vector["token"], vector
        compared += 1
    for vector in vectors["refused"]:
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
