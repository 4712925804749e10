#!/usr/bin/env python3
"""The tag of a token, with the Python standard library alone: BLAKE3 for inputs of one block, and the tag over it.

A second implementation, written from the BLAKE3 paper and docs/PSEUDONYMS.md. Everything that is hashed here is at most
64 bytes, one block, so the tree of BLAKE3 is not needed.

    python3 trefpunt_tag.py --check ../vectors.json    compare with the shared vectors
"""

import json
import struct
import sys

from trefpunt_token import KINDS
from trefpunt_voprf import unb64

# The initial state of SHA-256: the first 32 bits of the fractional parts of the square roots of the first 8 primes.
IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, ROOT, KEYED_HASH, DERIVE_CONTEXT, DERIVE_MATERIAL = 1, 2, 8, 16, 32, 64
COLUMNS_AND_DIAGONALS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)


def rotated(word: int, bits: int) -> int:
    return (word >> bits | word << 32 - bits) & 0xFFFFFFFF


def one_block(key: tuple[int, ...], flags: int, data: bytes) -> bytes:
    """The first 32 bytes of the output for an input of one block."""
    assert len(data) <= 64, "this implementation has no tree"
    words = struct.unpack("<16I", data.ljust(64, b"\0"))
    v = [*key, *IV[:4], 0, 0, len(data), flags | CHUNK_START | CHUNK_END | ROOT]
    for _ in range(7):
        for index, (a, b, c, d) in enumerate(COLUMNS_AND_DIAGONALS):
            for word, right_d, right_b in ((words[2 * index], 16, 12), (words[2 * index + 1], 8, 7)):
                v[a] = (v[a] + v[b] + word) & 0xFFFFFFFF
                v[d] = rotated(v[d] ^ v[a], right_d)
                v[c] = (v[c] + v[d]) & 0xFFFFFFFF
                v[b] = rotated(v[b] ^ v[c], right_b)
        words = tuple(words[at] for at in PERMUTATION)
    return struct.pack("<8I", *(v[at] ^ v[at + 8] for at in range(8)))


def keyed(key: bytes, data: bytes) -> bytes:
    return one_block(struct.unpack("<8I", key), KEYED_HASH, data)


def derive_key(context: str, material: bytes) -> bytes:
    context_key = one_block(IV, DERIVE_CONTEXT, context.encode("ascii"))
    return one_block(struct.unpack("<8I", context_key), DERIVE_MATERIAL, material)


def tag_key(master: bytes, tag_epoch: int) -> bytes:
    return derive_key("trefpunt 2026 match-tag key v1", master + struct.pack(">H", tag_epoch))


def tag(key: bytes, suite: int, kind: str, tag_epoch: int, token: bytes) -> bytes:
    return keyed(key, b"trefpunt/v1/tag\0" + struct.pack(">BBH", suite, KINDS[kind], tag_epoch) + token)


def check(path: str) -> int:
    # From test_vectors.json of the BLAKE3 project: inputs of 0, 1 and 64 bytes.
    elvish, context = b"whats the Elvish word for friend", "BLAKE3 2019-12-27 16:29:52 test vectors context"
    assert keyed(elvish, b"").hex() == "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26"
    assert keyed(elvish, b"\0").hex() == "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b"
    assert derive_key(context, b"").hex() == "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"
    assert derive_key(context, b"\0").hex() == "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    for vector in vectors["tag"]:
        epoch = vector["tagEpoch"]
        key = tag_key(bytes.fromhex(vector["masterKeyHex"]), epoch)
        assert key.hex() == vector["tagKeyHex"], vector
        made = tag(key, vector["suite"], vector["kind"], epoch, unb64(vector["token"]))
        assert made.hex() == vector["tagHex"], vector
    return len(vectors["tag"])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--check":
        raise SystemExit(__doc__)
    print(f"{check(sys.argv[2])} vectors agree")
