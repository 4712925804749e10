#!/usr/bin/env python3
"""A second verifier of audit log exports, written from docs/AUDIT-LOG.md alone. For bundles that fit in memory. What can
be proved of an export without knowing what entries mean stands in proof.py; the lifecycles in lifecycles.py.

    verify_audit_log.py BUNDLE --policy FILE [--prev FILE] [--receipts DIR]

Prints the findings; the exit code is that of section 7. reports.txt is not made anew (its sentences are not in the
document); reports.csv is, and the counts of reports.json. Needs the package `cryptography`.
"""
import base64
import json
import os
import re
import sys

from forms import read_leaf, row, unpack
from lifecycles import Replay, carried
from proof import (Found, b64, beginning, checkpoint, continues, fail, fold, heads, holds, leaf_hash, lines, opens, path_root,
                   push, read_openings, read_policy, sha, signed)

FIXED = {"README.txt": "da3dc04b213369ae1992eba7184a624e4d083d3a7098872da65afe76c45f572e",
         "columns.csv": "7eb84498d29d6ab992a07248a74dd6955efff5ae1794125b473a0216a2f5cccf"}


def read_carry(text):
    found = []
    for line in lines(text, "carry-form"):
        match = re.fullmatch(rb'{"index":(0|[1-9]\d*),"why":"(open|erased|last)","proof":(\[[^\]]*\]),"leaf":({.*})}', line)
        proof = match and json.loads(match[3])
        entry = match and read_leaf(match[4])
        if not entry or json.dumps(proof, separators=(",", ":")).encode() != match[3] or None in [b64(p, 32) for p in proof]:
            fail(2, "carry-form")
        if found and found[-1][0] >= int(match[1]):
            fail(2, "carry-form")
        found.append((int(match[1]), match[2].decode(), entry, match[4], [b64(p) for p in proof]))
    return found


def covers(scope, entry):
    return (scope["events"] == "all" or entry["e"] in scope["events"]) and (
        scope["organisations"] == "all" or entry["org"] in scope["organisations"])


def check_openings(text, entries, carry, scope, export, erased):
    gone, openings = {}, read_openings(text)
    for index, entry in [(line[0], line[2]) for line in carry] + entries:
        if entry["c"]:
            gone.update({place: index for place, id in erased if id == entry["id"] and place > index})
    for index, entry in entries:
        opening, was_erased = openings.pop(index, None), index in gone.values()
        inside = entry["c"] and (index == export or covers(scope, entry))
        if opening is None:
            if inside and not was_erased:
                fail(1, "opening-missing", index)
            continue
        if not opens(opening, entry):
            fail(1, "opening-wrong", index)
        if not inside:
            fail(1, "opening-outside", index)
        if index == export:
            stated = json.loads(opening["data"])
            order = lambda names: names if names == "all" else sorted(set(names))
            if any(order(stated.get(name, [])) != scope[name] for name in ("events", "organisations")):
                fail(1, "scope-differs", index)
        if was_erased:
            fail(5, "erased-opening-present", index)
    if openings:
        fail(1, "opening-outside", min(openings))
    return [place for place, _ in erased if place not in gone]


def verify(bundle, policy_path, prev=None, receipts=None):
    files, policy = unpack(open(bundle, "rb").read()), read_policy(open(policy_path, "rb").read())
    origin, size, root, log, first, before_root = heads(files, policy)
    earlier, earlier_files = None, None
    if prev:
        kept = open(prev, "rb").read()
        if kept[257:262] == b"ustar":
            earlier_files = unpack(kept)
            kept = earlier_files["checkpoint"]
        earlier = checkpoint(kept, policy, "earlier")
        if earlier[0] != origin or earlier[1] < first:
            fail(4, "earlier-other-log" if earlier[0] != origin else "gap")

    promised = {}
    for name in sorted(os.listdir(receipts)) if receipts else ():
        text = open(os.path.join(receipts, name)).read().removesuffix("\n")
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        levels, place = int.from_bytes(data[77:78], "big"), int.from_bytes(data[78:80], "big")
        body = data[80 + 32 * levels:]
        leaf = read_leaf(body)
        by = int.from_bytes(data[5:13], "big")
        if not leaf or data[0] != 1 or by > 253402207200 or levels > 16 or place >> levels \
                or base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
            fail(2, "receipt-form")
        path = [data[at:at + 32] for at in range(80, 80 + 32 * levels, 32)]
        promise = base64.b64encode(path_root(leaf_hash(body), place, 1 << levels, path)).decode()
        message = f"trefpunt/v1/receipt\n{origin}\n{promise}\n{by}\n".encode()
        if not any(log[:2] == (origin, data[1:5]) and signed(log[2], data[13:77], message) for log in policy[0]):
            fail(3, "receipt-untrusted")
        promised[leaf_hash(body)] = (name, by, leaf["at"])

    if files["policy"].decode(errors="replace") != f"# Whom verify-audit-log believes (format: C2SP tlog-policy).\nlog {log}\nquorum none\n":
        fail(1, "policy-differs")
    for name, digest in FIXED.items():
        if sha(files[name]).hex() != digest:
            fail(1, "readme-differs" if name == "README.txt" else "columns-differ")
    try:
        manifest = json.loads(files["MANIFEST.json"])
        scope, export_tag = manifest["scope"], manifest["export"]
        stated = [json.dumps(scope[name] if scope[name] == "all" else sorted(scope[name]), separators=(",", ":")) for name in ("events", "organisations")]
    except (ValueError, KeyError, TypeError):
        fail(2, "manifest-form")
    made = (f'{{\n  "format": "trefpunt-audit-bundle/2",\n  "origin": {json.dumps(origin, ensure_ascii=False)},\n  "first": {first},\n  "size": {size},\n'
            f'  "root": "{base64.b64encode(root).decode()}",\n  "export": "{export_tag}",\n'
            f'  "scope": {{"events":{stated[0]},"organisations":{stated[1]}}}\n}}\n')
    if made.encode() != files["MANIFEST.json"]:
        fail(1, "manifest-differs")

    frontier, proof = beginning(files, first)
    honest = fold(frontier) == before_root
    carry = read_carry(files["carry.jsonl"])
    for index, _, entry, leaf, path in carry:
        if path_root(leaf_hash(leaf), index, first, path) != before_root:
            fail(1, "carry-wrong", index)
        promised.pop(leaf_hash(leaf), None)
    if (carry[-1][0] if carry else -1) != first - 1:
        fail(1, "carry-incomplete", first - 1)

    entries, erased, table, erasures, roots_at = [], [], [], lines(files["erasures.jsonl"], "erasures-differ"), {first: before_root}
    for index, leaf in enumerate(lines(files["entries.jsonl"], "line-form"), first):
        entry = read_leaf(leaf) or fail(2, "leaf-form", index)
        push(frontier, leaf_hash(leaf))
        roots_at[index + 1] = fold(frontier)
        entries.append((index, entry))
        promised.pop(leaf_hash(leaf), None)
        table.append(row([str(index), *((entry[name] or "") if name != "rel" else " ".join(entry["rel"])
                                       for name in ("t", "e", "org", "sub", "rel", "from", "to", "due", "until", "c", "id"))]))
        if entry["e"] == "opening.erased" and entry["sub"][0] == "e":
            erased.append((index, entry["sub"][2:]))
            line = erasures.pop(0) if erasures else b""
            match = re.fullmatch(rb'{"index":%d,"id":"%s","proof":(\[.*\])}' % (index, entry["sub"][2:].encode()), line)
            path = [hash.decode(errors="replace") for hash in re.findall(rb'"([^"]*)"', match[1])] if match else [""]
            wrong = None in [b64(p, 32) for p in path] or json.dumps(path, separators=(",", ":")).encode() != match[1]
            erasures_differ = wrong or path_root(leaf_hash(leaf), index, size, [b64(p) for p in path]) != root
            erased[-1] += (erasures_differ,)
    holds(size - first, len(entries), honest, roots_at.get(size) == root)
    if earlier and (earlier[1] > size or roots_at[earlier[1]] != earlier[2]):
        fail(4, "rollback" if earlier[1] > size else "fork")
    if not honest:
        fail(4, "fork")
    if first and not continues(first, before_root, size, root, proof):
        fail(1, "consistency-wrong")
    if b"index,time,event,organisation,subject,related,from,to,due,until,commitment,id\r\n" + b"".join(table) != files["events.csv"]:
        fail(1, "csv-differs")
    if erasures or any(item[2] for item in erased):
        fail(1, "erasures-differ")
    export = next((index for index, entry in entries if entry["e"] == "audit.exported" and entry["sub"] == export_tag), None)
    if export is None:
        fail(1, "export-missing")
    erased = [item[:2] for item in erased]
    nothing = check_openings(files["openings.jsonl"], entries, carry, scope, export, erased)

    replay = Replay(first, export)
    for index, why, entry, _, _ in carry:
        replay.push(index, entry, why == "open")
    for index, entry in entries:
        replay.push(index, entry)
    broken = replay.finish()
    rows = replay.reports(entries)
    counts = {name: len(found) for name, found in rows.items()}
    order = ["views", *(name for name in rows if name != "views")]
    made = [row([name, *map(str, cells)]) for name in order for cells in rows[name]]
    stated = json.loads(files["reports.json"])
    if b"report,index,time,record,organisation,value\r\n" + b"".join(made) != files["reports.csv"] or \
            {report["name"]: report["count"] for report in stated["reports"]} != counts:
        fail(1, "reports-differ")
    if earlier_files and first:
        leaves = [line[:3] for line in read_carry(earlier_files["carry.jsonl"])]
        before = lines(earlier_files["entries.jsonl"], "earlier-export-wrong")
        if earlier[1] - len(before) > first:
            fail(2, "earlier-begins-later")
        for index, leaf in enumerate(before, earlier[1] - len(before)):
            promised.pop(leaf_hash(leaf), None)
            if index < first:
                leaves.append((index, "open", read_leaf(leaf) or fail(1, "earlier-export-wrong")))
        expected, here = carried(leaves), {line[:2] for line in carry if line[1] != "erased"}
        erased_ids = {id for _, id in erased}
        expected -= {(index, "last") for index, _, entry in leaves if entry["id"] in erased_ids}
        if expected != here:
            fail(1, "carry-incomplete", min(expected ^ here)[0])
    after, latest = replay.after, replay.latest
    due = [(name, by, at) for name, by, at in promised.values()
           if by < latest.timestamp() and not (after and by < after.timestamp())]
    if due:
        undecided = after and due[0][2].timestamp() // 1 <= after.timestamp() // 1 + 5
        fail(6, f"receipt-{'undecided' if undecided else 'missing'} ({due[0][0]})")
    if broken or nothing:
        index, rule = broken[0] if broken else (nothing[0], "erasure-unknown")
        fail(5, rule, index)
    return origin, size, counts


def main(words):
    options = {"--policy": None, "--prev": None, "--receipts": None}
    bundle, rest = [], iter(words)
    for word in rest:
        if word in options:
            options[word] = next(rest, None)
        else:
            bundle.append(word)
    if len(bundle) != 1 or not options["--policy"]:
        sys.exit(__doc__)
    try:
        origin, size, counts = verify(bundle[0], options["--policy"], options["--prev"], options["--receipts"])
    except Found as found:
        print("exit", *found.args)
        return found.args[0]
    except Exception as error:  # whatever cannot be read as the document says is malformed
        print("exit 2", type(error).__name__, error)
        return 2
    print("ok:", origin, size, "entries;", ", ".join(f"{name} {count}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
