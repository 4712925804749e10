#!/usr/bin/env python3
"""What an export of an audit log proves, in one file to be read from top to bottom: that these are the entries that the log
signed, in this order, none changed, none left out; that the log continues the export before; and that the details shown
are those that the entries committed to. docs/AUDIT-LOG.md says the same in words (its sections stand at each function).

    proof.py BUNDLE --policy FILE

Nothing here knows what entries mean. Whether the acts in them kept to the rules is asked by verify_audit_log.py, which
begins with this file. Needs the package `cryptography`.
"""
import base64
import hashlib
import hmac
import json
import re
import sys
import tarfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

class Found(Exception):
    """What ends the run: exit code and finding."""


def fail(code, what, index=None):
    raise Found(code, what if index is None else f"{what}: entry {index}")


def b64(text, length=None):
    """Padded base64 in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text and length in (None, len(data)) else None


def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(leaf):
    return sha(b"\0" + leaf)


def node(left, right):
    return sha(b"\1" + left + right)


def fold(roots):
    """The root of a frontier."""
    root = roots[-1][1] if roots else sha(b"")
    for _, left in reversed(roots[:-1]):
        root = node(left, root)
    return root


def push(roots, leaf):
    """Appends a leaf to a frontier, kept as pairs of size and root."""
    size = 1
    while roots and roots[-1][0] == size:
        size, leaf = size * 2, node(roots.pop()[1], leaf)
    roots.append((size, leaf))


def path_root(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2; None when the path does not fit."""
    last = size - 1
    if index > last:
        return None
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            leaf = node(sibling, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, sibling)
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else None


def continues(old, old_root, new, new_root, path):
    """RFC 9162 section 2.1.4.2."""
    if old == new:
        return not path and old_root == new_root
    path = ([old_root] if old & (old - 1) == 0 else []) + path
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    one = two = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            one, two = node(sibling, one), node(sibling, two)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            two = node(two, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and one == old_root and two == new_root


def lines(text, check):
    if text and not text.endswith(b"\n"):
        fail(2, check)
    return text.split(b"\n")[:-1]


def vkey(text, kind):
    name, key_id, typed = text.split("+", 2)
    typed = b64(typed, 33)
    if not name or typed is None or typed[0] != kind or sha(name.encode() + b"\n" + typed)[:4].hex() != key_id:
        fail(2, "policy")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(typed[1:])


def read_policy(text):
    """Logs; members by name; the name of the quorum."""
    logs, members, quorum = [], {}, None
    for words in (line.split() for line in text.decode().splitlines()):
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            logs.append((*vkey(words[1], 1), words[1]))
        elif words[0] == "witness" and words[1] not in members:
            members[words[1]] = vkey(words[2], 4)
        elif words[0] == "group" and words[1] not in members and all(word in members for word in words[3:]):
            members[words[1]] = ({"any": 1, "all": len(words) - 3}.get(words[2]) or int(words[2]), words[3:])
        elif words[0] == "quorum" and quorum is None and (words[1] == "none" or words[1] in members):
            quorum = words[1]
        else:
            fail(2, "policy")
    if not logs or quorum is None:
        fail(2, "policy")
    return logs, members, quorum


def signed(key, signature, message):
    try:
        key.verify(signature, message)
        return True
    except InvalidSignature:
        return False


def checkpoint(note, policy, what, quorum=False):
    """Origin, size, root and the vkey that signed; section 5."""
    if len(note) > 128 * 1024 or any(byte < 32 and byte != 10 for byte in note) or b"\n\n" not in note:
        fail(2, what + "-form")
    text, _, rest = note.rpartition(b"\n\n")
    text, seen = text + b"\n", {}
    if not rest.endswith(b"\n"):
        fail(2, what + "-form")
    for line in rest.decode(errors="replace").split("\n")[:-1]:
        match = re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", line)
        keyed = match and b64(match[2])
        if not keyed or len(keyed) < 5 or (match[1], keyed[:4]) in seen or len(seen) == 16:
            fail(2, what + "-form")
        seen[match[1], keyed[:4]] = keyed[4:]
    body = re.fullmatch(r"([^\n]+)\n(0|[1-9]\d*)\n(\S{44})\n", text.decode(errors="replace"))
    if not body or b64(body[3], 32) is None or int(body[2]) >= 2**64:
        fail(2, what + "-form")
    origin, size, root = body[1], int(body[2]), b64(body[3])
    logs, members, wanted = policy
    used = [log for log in logs if log[0] == origin and (origin, log[1]) in seen]
    if not used or not all(signed(log[2], seen[origin, log[1]], text) for log in used):
        fail(3, what + "-untrusted")
    agreed = {}
    for name, member in members.items() if quorum else ():
        if isinstance(member[0], int):
            agreed[name] = sum(agreed[other] for other in member[1]) >= member[0]
            continue
        stamped = seen.get((member[0], member[1]))
        message = b"cosignature/v1\ntime %d\n" % int.from_bytes((stamped or b"")[:8], "big") + text
        agreed[name] = stamped is not None
        if stamped is not None and not (len(stamped) == 72 and signed(member[2], stamped[8:], message)):
            fail(3, what + "-untrusted")
    if quorum and wanted != "none" and not agreed[wanted]:
        fail(3, what + "-untrusted")
    return origin, size, root, used[0][3]


def hash_list(text, check):
    hashes = [b64(line.decode(errors="replace"), 32) for line in lines(text, check)]
    return fail(2, check) if None in hashes else hashes


def heads(files, policy):
    """Origin, size, root and signer of the checkpoint; size and root of the tree that this export continues."""
    origin, size, root, log = checkpoint(files["checkpoint"], policy, "checkpoint", quorum=True)
    if not files["checkpoint.prev"]:
        return origin, size, root, log, 0, sha(b"")
    before_origin, first, before_root, _ = checkpoint(files["checkpoint.prev"], policy, "previous")
    if before_origin != origin or first == 0:
        fail(2, "previous-form")
    if first > size:
        fail(4, "rollback")
    return origin, size, root, log, first, before_root


def beginning(files, first):
    """The tree before this export, as pairs of size and root, and the proof that the log continues it; section 3."""
    roots, proof = hash_list(files["frontier"], "frontier-form"), hash_list(files["consistency"], "consistency-form")
    sizes = [1 << bit for bit in reversed(range(64)) if first >> bit & 1]
    if len(roots) != len(sizes) or (first == 0 and proof):
        fail(2, "frontier-form" if len(roots) != len(sizes) else "consistency-form")
    return list(zip(sizes, roots)), proof


def read_openings(text):
    """Openings by the place of their entries; section 6."""
    openings = {}
    for line in lines(text, "opening-form"):
        try:
            opening = json.loads(line)
            same = json.dumps(opening, separators=(",", ":"), ensure_ascii=False).encode() == line
            good = same and list(opening) == ["index", "id", "salt", "data"] and b64(opening["salt"], 32)
            good = good and re.fullmatch("[0-9a-f]{32}", opening["id"])
            if not good or not isinstance(json.loads(opening["data"]), dict) or opening["index"] <= max(openings, default=-1):
                fail(2, "opening-form")
        except (ValueError, KeyError, TypeError):
            fail(2, "opening-form")
        openings[opening["index"]] = opening
    return openings


def opens(opening, entry):
    """Whether this is what the entry committed to; section 4."""
    made = hmac.new(b64(opening["salt"]), opening["data"].encode(), hashlib.sha256).digest()
    return opening["id"] == entry["id"] and (not entry["c"] or b64(entry["c"]) == made)


def holds(signed_for, there, begins_there, is_root):
    """Insists that these are the entries that were signed."""
    if there != signed_for:
        fail(1, "entries-missing" if there < signed_for else "entries-extra")
    if not is_root:
        fail(1, "root" if begins_there else "frontier-wrong")


def prove(files, policy):
    """What cannot be true otherwise; origin, size and how many entries and openings there are."""
    origin, size, root, _, first, before_root = heads(files, policy)
    tree, proof = beginning(files, first)
    begins_there = fold(tree) == before_root
    entries = {}
    for index, leaf in enumerate(lines(files["entries.jsonl"], "line-form"), first):
        entries[index] = leaf
        push(tree, leaf_hash(leaf))
    holds(size - first, len(entries), begins_there, fold(tree) == root)
    if not begins_there:
        fail(4, "fork")
    if first and not continues(first, before_root, size, root, proof):
        fail(1, "consistency-wrong")
    openings = read_openings(files["openings.jsonl"])
    for index, opening in openings.items():
        if index not in entries or not opens(opening, json.loads(entries[index])):
            fail(1, "opening-wrong", index)
    return origin, size, len(entries), len(openings)


def members_of(bundle):
    """The files of the archive by name. That it has no others, and in which order, verify_audit_log.py asks."""
    with tarfile.open(bundle) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def main(words):
    if len(words) != 3 or words[1] != "--policy":
        sys.exit(__doc__)
    try:
        origin, size, entries, openings = prove(members_of(words[0]), read_policy(open(words[2], "rb").read()))
    except Found as found:
        print("exit", *found.args)
        return found.args[0]
    print(f"proved: {origin}, {size} entries in all, {entries} of them here, {openings} details as committed to")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
