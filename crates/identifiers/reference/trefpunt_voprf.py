#!/usr/bin/env python3
"""Level B with the Python standard library alone: ristretto255 (RFC 9496), VOPRF (RFC 9497), and the change of a key.

A second implementation, written from the two RFCs and docs/PSEUDONYMS.md and not from the Rust code, so that an error
in one shows in the other. It is for comparing: its arithmetic is slow and does not take constant time.

    python3 trefpunt_voprf.py --check ../vectors.json            compare with the shared vectors
    python3 trefpunt_voprf.py --delta OLDKEYHEX NEWKEYHEX N...   a vector of a change from one key to another
"""

import base64
import hashlib
import json
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
MAX_BATCH = 100
CONTEXT_OPRF = b"OPRFV1-\x00-ristretto255-SHA512"
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"


class Refused(Exception):
    """Carries the stable name of the rule that failed, never a value."""


# --- the field and the group: RFC 9496 section 4 ---------------------------------------------------------------------


def negative(x: int) -> bool:
    return x % P % 2 == 1


def absolute(x: int) -> int:
    return -x % P if negative(x) else x % P


SQRT_M1 = absolute(pow(2, (P - 1) // 4, P))


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """SQRT_RATIO_M1 of section 4.2: whether u/v is a square, and the nonnegative root of it or of sqrt(-1) times it."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
# Of the two roots RFC 9496 section 4.1 fixes the one that is not negated by `absolute`: it is odd.
SQRT_AD_MINUS_ONE = -sqrt_ratio(-D - 1, 1)[1] % P

IDENTITY = (0, 1)


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The complete addition of the twisted Edwards curve with a = -1, in affine coordinates."""
    (x1, y1), (x2, y2) = a, b
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + y1 * x2) * pow(1 + cross, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P)
    return x % P, y % P


def times(k: int, a: tuple[int, int]) -> tuple[int, int]:
    result = IDENTITY
    for bit in bin(k % ORDER)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, a)
    return result


def encode(point: tuple[int, int]) -> bytes:
    """Section 4.3.2, with z = 1."""
    x0, y0 = point
    t0 = x0 * y0 % P
    u1 = (1 + y0) * (1 - y0) % P
    inverse_root = sqrt_ratio(1, u1 * t0 * t0)[1]
    den1, den2 = inverse_root * u1 % P, inverse_root * t0 % P
    z_inverse = den1 * den2 * t0 % P
    if negative(t0 * z_inverse):
        x, y, den = y0 * SQRT_M1, x0 * SQRT_M1, den1 * INVSQRT_A_MINUS_D
    else:
        x, y, den = x0, y0, den2
    if negative(x * z_inverse):
        y = -y
    return absolute(den * (1 - y)).to_bytes(32, "little")


def decode(data: bytes) -> tuple[int, int]:
    """Section 4.3.1, and the identity is refused as RFC 9497 asks."""
    s = int.from_bytes(data, "little")
    if s >= P or negative(s):
        raise Refused("non-canonical-element")
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse_root = sqrt_ratio(1, v * u2 * u2)
    den_x = inverse_root * u2 % P
    x = absolute(2 * s * den_x)
    y = u1 * inverse_root * den_x * v % P
    if not square or negative(x * y) or y == 0:
        raise Refused("non-canonical-element")
    if s == 0:
        raise Refused("identity-element")
    return x, y


def one_way_map(data: bytes) -> tuple[int, int]:
    """Section 4.3.4, from 64 uniform bytes."""

    def half(part: bytes) -> tuple[int, int]:
        t = int.from_bytes(part, "little") % 2**255 % P
        r = SQRT_M1 * t * t % P
        u = (r + 1) * (1 - D * D) % P
        v = (-1 - r * D) * (r + D) % P
        square, s = sqrt_ratio(u, v)
        s, c = (s, -1) if square else (-absolute(s * t) % P, r)
        n = (c * (r - 1) * (D - 1) ** 2 - v) % P
        w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
        return w0 * pow(w1, -1, P) % P, w2 * pow(w3, -1, P) % P

    return add(half(data[:32]), half(data[32:]))


# The generator: the curve's base point, y = 4/5.
BASE_Y = 4 * pow(5, -1, P) % P
BASE = (sqrt_ratio(BASE_Y**2 - 1, D * BASE_Y**2 + 1)[1], BASE_Y)


# --- hashing: RFC 9380 section 5.3.1 for 64 bytes, RFC 9497 section 4.1 ------------------------------------------------


def expand(message: bytes, tag: bytes) -> bytes:
    suffix = tag + bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\0" + suffix).digest()
    return hashlib.sha512(first + b"\1" + suffix).digest()


def hash_to_group(data: bytes, context: bytes = CONTEXT) -> tuple[int, int]:
    return one_way_map(expand(data, b"HashToGroup-" + context))


def hash_to_scalar(data: bytes) -> int:
    return int.from_bytes(expand(data, b"HashToScalar-" + CONTEXT), "little") % ORDER


def prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


# --- the steps: RFC 9497 sections 2.2 and 3.3.2 ----------------------------------------------------------------------


def scalar(data: bytes) -> int:
    value = int.from_bytes(data, "little")
    if value >= ORDER:
        raise Refused("non-canonical-scalar")
    return value


def secret(data: bytes) -> int:
    """A key or a quotient of keys: a scalar other than zero."""
    value = scalar(data)
    if value == 0:
        raise Refused("zero-scalar")
    return value


def batch(count: int) -> None:
    if count == 0:
        raise Refused("empty-batch")
    if count > MAX_BATCH:
        raise Refused("too-many-elements")


def blind(tokens: list[bytes], blinds: list[int], context: bytes = CONTEXT) -> list[bytes]:
    batch(len(tokens))
    return [encode(times(r, hash_to_group(token, context))) for token, r in zip(tokens, blinds)]


def evaluate(key: int, blinded: list[bytes]) -> list[bytes]:
    batch(len(blinded))
    return [encode(times(key, decode(element))) for element in blinded]


def composites(public: bytes, blinded: list[bytes], evaluated: list[bytes]) -> tuple[tuple[int, int], tuple[int, int]]:
    seed = hashlib.sha512(prefixed(public) + prefixed(b"Seed-" + CONTEXT)).digest()
    m, z = IDENTITY, IDENTITY
    for index, (question, answer) in enumerate(zip(blinded, evaluated)):
        weight = hash_to_scalar(
            prefixed(seed) + index.to_bytes(2, "big") + prefixed(question) + prefixed(answer) + b"Composite"
        )
        m, z = add(m, times(weight, decode(question))), add(z, times(weight, decode(answer)))
    return m, z


def challenge(public: bytes, *points: tuple[int, int]) -> int:
    return hash_to_scalar(prefixed(public) + b"".join(prefixed(encode(point)) for point in points) + b"Challenge")


def prove(key: int, nonce: int, blinded: list[bytes], evaluated: list[bytes]) -> bytes:
    public = encode(times(key, BASE))
    m, z = composites(public, blinded, evaluated)
    c = challenge(public, m, z, times(nonce, BASE), times(nonce, m))
    return c.to_bytes(32, "little") + ((nonce - c * key) % ORDER).to_bytes(32, "little")


def verify(public: bytes, blinded: list[bytes], evaluated: list[bytes], proof: bytes) -> None:
    c, s = scalar(proof[:32]), scalar(proof[32:])
    if len(blinded) != len(evaluated):
        raise Refused("count-mismatch")
    m, z = composites(public, blinded, evaluated)
    t2 = add(times(s, BASE), times(c, decode(public)))
    t3 = add(times(s, m), times(c, z))
    if challenge(public, m, z, t2, t3) != c:
        raise Refused("invalid-proof")


def unblind(blinds: list[int], evaluated: list[bytes]) -> list[bytes]:
    """The tokens N. Only after `verify`."""
    return [encode(times(pow(r, -1, ORDER), decode(element))) for r, element in zip(blinds, evaluated)]


def finalize(data: bytes, unblinded: bytes) -> bytes:
    """What RFC 9497 ends with and we leave out; for its vectors."""
    return hashlib.sha512(prefixed(data) + prefixed(unblinded) + b"Finalize").digest()


# --- the change of a key: docs/PSEUDONYMS.md ---------------------------------------------------------------------------


def delta_between(old: int, new: int) -> int:
    return new * pow(old, -1, ORDER) % ORDER


def links(delta: int, old_public: bytes, new_public: bytes) -> bool:
    return encode(times(delta, decode(old_public))) == new_public


# --- comparing ---------------------------------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str, length: int = 32) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Refused("invalid-encoding") from None
    if len(data) != length or b64(data) != text:
        raise Refused("invalid-encoding")
    return data


def refuses(error: str, act) -> None:
    try:
        act()
    except Refused as refused:
        assert str(refused) == error, (str(refused), error)
    else:
        raise AssertionError(f"{error} was not noticed")


def little(text: str) -> int:
    return int.from_bytes(bytes.fromhex(text), "little")


def check_rfc(vectors: dict) -> int:
    for mode, context in (("oprf", CONTEXT_OPRF), ("voprf", CONTEXT)):
        for vector in vectors["rfc9497"][mode]:
            many = {name: [bytes.fromhex(part) for part in str(vector[name]).split(",")] for name in vector}
            info = many["KeyInfo"][0]
            derived = expand(many["Seed"][0] + prefixed(info) + b"\0", b"DeriveKeyPair" + context)
            key = int.from_bytes(derived, "little") % ORDER
            assert key == little(vector["skSm"]), vector
            blinds = [little(part) for part in vector["Blind"].split(",")]
            blinded = blind(many["Input"], blinds, context)
            assert blinded == many["BlindedElement"], vector
            evaluated = evaluate(key, blinded)
            assert evaluated == many["EvaluationElement"], vector
            unblinded = unblind(blinds, evaluated)
            assert [finalize(i, n) for i, n in zip(many["Input"], unblinded)] == many["Output"], vector
            if mode == "voprf":
                proof = prove(key, little(vector["ProofRandomScalar"]), blinded, evaluated)
                assert proof == many["Proof"][0], vector
                verify(many["pkSm"][0], blinded, evaluated, proof)
    return sum(len(mode) for mode in vectors["rfc9497"].values())


def check_steps(vectors: dict) -> int:
    for vector in vectors["voprf"]:
        key, nonce = little(vector["secretKeyHex"]), little(vector["proofNonceHex"])
        blinds = [little(text) for text in vector["blindsHex"]]
        assert b64(encode(times(key, BASE))) == vector["publicKey"], vector
        blinded = blind([unb64(text) for text in vector["tokens"]], blinds)
        assert [b64(element) for element in blinded] == vector["blinded"], vector
        evaluated = evaluate(key, blinded)
        assert [b64(element) for element in evaluated] == vector["evaluated"], vector
        proof = prove(key, nonce, blinded, evaluated)
        assert b64(proof) == vector["proof"], vector
        verify(unb64(vector["publicKey"]), blinded, evaluated, proof)
        assert [b64(n) for n in unblind(blinds, evaluated)] == vector["unblinded"], vector
    return len(vectors["voprf"])


def check_refused(vectors: dict) -> int:
    refused, base = vectors["voprfRefused"], vectors["voprf"][-1]
    for vector in refused["element"]:
        refuses(vector["error"], lambda: decode(unb64(vector["text"])))
    for vector in refused["secretKey"]:
        refuses(vector["error"], lambda: secret(bytes.fromhex(vector["hex"])))
    for vector in refused["batchSize"]:
        refuses(vector["error"], lambda: blind([bytes(32)] * vector["size"], [1] * vector["size"]))
        refuses(vector["error"], lambda: evaluate(1, [encode(BASE)] * vector["size"]))
    for vector in refused["answer"]:
        answer = base | vector

        def finish() -> None:
            public, proof = unb64(answer["publicKey"]), unb64(answer["proof"], 64)
            evaluated = [unb64(text) for text in answer["evaluated"]]
            for element in evaluated:
                decode(element)
            verify(public, [unb64(text) for text in base["blinded"]], evaluated, proof)

        refuses(vector["error"], finish)
    return sum(len(section) for section in refused.values())


def check_delta(vectors: dict) -> int:
    for vector in vectors["delta"]:
        old, new, delta = (little(vector[name]) for name in ("fromSecretKeyHex", "toSecretKeyHex", "deltaHex"))
        old_public, new_public = unb64(vector["fromPublicKey"]), unb64(vector["toPublicKey"])
        assert delta == delta_between(old, new), vector
        assert little(vector["inverseHex"]) == delta_between(new, old), vector
        assert links(delta, old_public, new_public), vector
        assert links(little(vector["inverseHex"]), new_public, old_public), vector
        moved = [b64(encode(times(delta, decode(unb64(text))))) for text in vector["tokens"]]
        assert moved == vector["moved"], vector
        back = [b64(encode(times(delta_between(new, old), decode(unb64(text))))) for text in moved]
        assert back == vector["tokens"], vector
    refused = vectors["deltaRefused"]
    for vector in refused["delta"]:
        refuses(vector["error"], lambda: secret(bytes.fromhex(vector["hex"])))
    for vector in refused["token"]:
        refuses(vector["error"], lambda: decode(unb64(vector["text"])))
    for vector in refused["links"]:
        publics = unb64(vector["fromPublicKey"]), unb64(vector["toPublicKey"])
        assert not links(secret(bytes.fromhex(vector["deltaHex"])), *publics), vector
    return len(vectors["delta"]) + sum(len(section) for section in refused.values())


def delta_vector(old_hex: str, new_hex: str, tokens: list[str]) -> dict:
    old, new = secret(bytes.fromhex(old_hex)), secret(bytes.fromhex(new_hex))
    delta = delta_between(old, new)
    return {
        "fromSecretKeyHex": old_hex,
        "fromPublicKey": b64(encode(times(old, BASE))),
        "toSecretKeyHex": new_hex,
        "toPublicKey": b64(encode(times(new, BASE))),
        "deltaHex": delta.to_bytes(32, "little").hex(),
        "inverseHex": delta_between(new, old).to_bytes(32, "little").hex(),
        "tokens": tokens,
        "moved": [b64(encode(times(delta, decode(unb64(token))))) for token in tokens],
    }


def main(arguments: list[str]) -> None:
    if len(arguments) == 2 and arguments[0] == "--check":
        with open(arguments[1], encoding="utf-8") as file:
            vectors = json.load(file)
        compared = sum(check(vectors) for check in (check_rfc, check_steps, check_refused, check_delta))
        print(f"{compared} vectors agree")
    elif len(arguments) > 3 and arguments[0] == "--delta":
        print(json.dumps(delta_vector(arguments[1], arguments[2], arguments[3:]), indent=1))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
