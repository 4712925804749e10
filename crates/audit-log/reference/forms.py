"""The forms of the archive, of leaves and of CSV in docs/AUDIT-LOG.md. Used by verify_audit_log.py."""
import csv
import datetime
import io
import json
import re

from proof import b64, fail

FILES = ("MANIFEST.json policy checkpoint checkpoint.prev consistency frontier entries.jsonl carry.jsonl openings.jsonl "
         "erasures.jsonl events.csv columns.csv reports.json reports.csv reports.txt README.txt").split()
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
TAG, WORD = r"[a-z]_[0-9a-f]{32}", r"[a-z][a-z0-9_]*"
STATE = rf'(?:null|"(?:{WORD}(?:\({WORD}\))?)")'
LEAF = re.compile(rf'{{"v":1,"id":"[0-9a-f]{{32}}","t":"{MOMENT}\.\d{{6}}Z","e":"{WORD}\.{WORD}",'
                  rf'"org":(?:null|"org_[A-Za-z0-9_-]{{21}}[AQgw]"),"sub":"{TAG}","rel":\[(?:"{TAG}"(?:,"{TAG}")*)?\],'
                  rf'"from":{STATE},"to":{STATE},"due":(?:null|"{MOMENT}(?:\.\d{{6}})?Z"),'
                  rf'"until":(?:null|"{MOMENT}(?:\.\d{{6}})?Z"),"c":(?:null|"[A-Za-z0-9+/]{{43}}=")}}')


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


def unpack(data):
    """The files of the one shape of archive; section 6."""
    files, at = {}, 0
    for name in FILES:
        block = data[at:at + 512]
        if len(block) < 512:
            fail(2, "archive-short")
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
        if bytes(head) != block:
            fail(2, "archive-header")
        if len(data) < at + 512 + filled:
            fail(2, "archive-short")
        if any(data[at + 512 + size:at + 512 + filled]):
            fail(2, "archive-padding")
        files[name] = data[at + 512:at + 512 + size]
        at += 512 + filled
    if data[at:] != bytes(1024):
        fail(2, "archive-short" if len(data) < at + 1024 else "archive-end")
    return files
