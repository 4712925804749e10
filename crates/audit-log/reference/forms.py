"""The forms of docs/AUDIT-LOG.md: archive, tree, notes, policy, leaves. Used by verify_audit_log.py."""
import base64
import csv
import datetime
import hashlib
import io
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FILES = ("MANIFEST.json policy checkpoint checkpoint.prev consistency frontier entries.jsonl carry.jsonl openings.jsonl "
         "erasures.jsonl events.csv columns.csv reports.json reports.csv reports.txt README.txt").split()
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
TAG, WORD = r"[a-z]_[0-9a-f]{32}", r"[a-z][a-z0-9_]*"
STATE = rf'(?:null|"(?:{WORD}(?:\({WORD}\))?)")'
LEAF = re.compile(rf'{{"v":1,"id":"[0-9a-f]{{32}}","t":"{MOMENT}\.\d{{6}}Z","e":"{WORD}\.{WORD}",'
                  rf'"org":(?:null|"org_[A-Za-z0-9_-]{{21}}[AQgw]"),"sub":"{TAG}","rel":\[(?:"{TAG}"(?:,"{TAG}")*)?\],'
                  rf'"from":{STATE},"to":{STATE},"due":(?:null|"{MOMENT}(?:\.\d{{6}})?Z"),'
                  rf'"until":(?:null|"{MOMENT}(?:\.\d{{6}})?Z"),"c":(?:null|"[A-Za-z0-9+/]{{43}}=")}}')


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


def unpack(data):
    """The files of the one shape of archive; section 6."""
    files, at = {}, 0
    for name in FILES:
        block = data[at:at + 512]
        try:
            size = int(block[124:135], 8)
        except ValueError:
            fail(2, "archive-header")
        head = bytearray(512)
        for place, text in ((0, name.encode()), (100, b"0000644\x000000000\x000000000\0%011o\x0000000000000\0" % size),
                            (148, b"        0"), (257, b"ustar\x0000"), (329, b"0000000\x000000000\0")):
            head[place:place + len(text)] = text
        head[148:156] = b"%06o\0 " % sum(head)
        filled = size + -size % 512
        if bytes(head) != block or len(data) < at + 512 + filled or any(data[at + 512 + size:at + 512 + filled]):
            fail(2, "archive-header")
        files[name] = data[at + 512:at + 512 + size]
        at += 512 + filled
    if data[at:] != bytes(1024):
        fail(2, "archive-end")
    return files


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


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def read_leaf(leaf):
    """None unless these bytes are a leaf in its one form; section 2."""
    text = leaf.decode("ascii", "replace")
    if len(leaf) > 4096 or not LEAF.fullmatch(text):
        return None
    entry = json.loads(text)
    moments = [entry["due"], entry["until"]]
    if len(entry["rel"]) > 40 or any(moment and moment.endswith(".000000Z") for moment in moments):
        return None
    if any(len(entry[name] or "") > 64 for name in ("e", "from", "to")) or (entry["c"] and b64(entry["c"], 32) is None):
        return None
    try:
        entry["at"], entry["due_at"], entry["until_at"] = (moment and time(moment) for moment in (entry["t"], *moments))
    except ValueError:
        return None
    return entry


def row(cells):
    out = io.StringIO()
    cells = ["'" + cell if cell[:1] in tuple("=+-@\t\r") else cell for cell in cells]
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def hash_list(text, check):
    hashes = [b64(line.decode(errors="replace"), 32) for line in lines(text, check)]
    return fail(2, check) if None in hashes else hashes
