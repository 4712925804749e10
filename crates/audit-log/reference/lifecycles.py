"""Lifecycles: the rules of section 7, what section 6 carries along, and the rows of section 8 of docs/AUDIT-LOG.md. Used by
verify_audit_log.py."""
import datetime

SKEW, WEEK = datetime.timedelta(seconds=5), 7 * 24 * 3600


def related(letter, entry):
    return [tag for tag in entry["rel"] if tag[0] == letter]


def ends(entry):
    return entry["e"].startswith("signal.") and (entry["to"] or "").split("(")[0] in ("expired", "ended", "archived", "destroyed")


def carried(leaves):
    """What the next export carries along for `open` and `last`; section 6."""
    if not leaves:
        return set()
    second = lambda entry: int(entry["at"].timestamp())
    now, submitted, ended, cases = second(leaves[-1][2]), {}, {}, {}
    for index, why, entry in leaves:
        event, sub = entry["e"], entry["sub"]
        if why != "open":
            continue
        if event == "signal.submitted":
            submitted[sub] = index
        elif ends(entry):
            ended.setdefault(sub, (index, second(entry)))
        noun = event.split(".")[0]
        if noun not in ("match", "consent") and event not in ("notice.delivered", "content.sent", "content.destroyed"):
            continue
        about = [sub] if noun == "match" else related("m", entry)[:1]
        if event == "match.viewed" or not about:
            continue
        case = cases.setdefault(about[0], dict(closed=False, stand=set(), at=0, leaves=[], signals=[])) if event == "match.opened" else cases.get(about[0])
        over = case and case["closed"] and not case["stand"] and case["at"] + WEEK < second(entry)
        if case is None or (over and event != "match.opened"):
            continue
        case["at"], case["closed"] = second(entry), case["closed"] or event == "match.closed"
        case["leaves"].append(index)
        case["signals"] += [(tag, second(entry)) for tag in related("s", entry)]
        if event == "consent.requested":
            case["stand"].add(sub)
        elif event in ("consent.refused", "consent.withdrawn", "consent.expired", "consent.superseded_by_age", "consent.replaced"):
            case["stand"].discard(sub)
    found = set()
    for signal, index in submitted.items():
        if signal not in ended or ended[signal][1] + WEEK >= now:
            found |= {index} | ({ended[signal][0]} if signal in ended else set())
    for case in cases.values():
        if case["closed"] and not case["stand"] and case["at"] + WEEK < now:
            continue
        found |= set(case["leaves"])
        for signal, joined in case["signals"]:
            if signal in submitted and not (signal in ended and ended[signal][1] + WEEK < joined):
                found |= {submitted[signal]} | ({ended[signal][0]} if signal in ended else set())
    return {(index, "open") for index in found} | ({(leaves[-1][0], "last")} if leaves[-1][0] not in found else set())


class Replay:
    """The rules of section 7 and the rows of section 8."""

    def __init__(self, first, export):
        self.first, self.export, self.broken, self.latest, self.after, self.ids = first, export, [], None, None, {}
        self.signals, self.matches, self.members, self.notices, self.contents = {}, {}, [], [], []
        self.consents, self.messages, self.ended, self.told, self.running, self.late = {}, {}, set(), None, {}, []

    def breaks(self, rule, index):
        if index >= self.first or rule == "notice-missing":
            self.broken.append((index, rule))

    def push(self, index, entry, whole=True):
        if self.ids.setdefault(entry["id"], index) != index:
            self.breaks("event-twice", index)
        if whole:
            if self.latest and entry["at"] < self.latest - SKEW:
                self.breaks("time-backwards", index)
            try:
                self.event(index, entry)
            except (IndexError, AttributeError):
                self.breaks("event-incomplete", index)
        self.latest = max(self.latest or entry["at"], entry["at"])
        self.after = entry["at"] if index == self.first - 1 else self.after

    def event(self, index, entry):
        event, sub, org = entry["e"], entry["sub"], entry["org"]
        need = lambda letter: sub[0] == letter or [][0]
        acting = lambda: org or [][0]
        known = lambda match: match in self.matches or self.breaks("match-unknown", index)
        if event == "signal.submitted":
            need("s"), acting()
            if sub in self.signals:
                return self.breaks("signal-twice", index)
            self.signals[sub] = (index, org, entry)
        elif ends(entry):
            self.ended.add(sub)
        elif event.startswith("disclosure."):
            self.told = (self.told or set()) | {sub, *related("s", entry)}
        elif event == "match.opened":
            need("m")
            if sub in self.matches:
                self.breaks("match-twice", index)
            self.matches[sub] = index
            self.deadline(sub, index, entry, "joined")
            self.members.append((sub, related("s", entry), None, index))
        elif event == "match.joined":
            need("m"), acting()
            signal = related("s", entry)[0]
            if known(sub):
                self.deadline(sub, index, entry, "joined")
                self.members.append((sub, [signal], org, index))
        elif event in ("match.contact_confirmed", "match.closed"):
            need("m")
            if known(sub) and (event == "match.closed" or entry["to"] == "contact_confirmed"):
                self.deadline(sub, index, entry, "closed" if event == "match.closed" else "confirmed")
        elif event == "notice.delivered":
            need("n"), acting()
            if known(related("m", entry)[0]):
                self.notices.append((related("m", entry)[0], org, index))
        elif event.startswith("consent."):
            need("c")
            if known(related("m", entry)[0]):
                self.consent(index, entry, event[8:], related("m", entry)[0])
        elif event in ("content.sent", "content.read"):
            need("d"), acting()
            consent, match = related("c", entry)[0], related("m", entry)[0]
            if not known(match):
                return
            self.contents.append((match, org, index))
            if event == "content.sent":
                if sub in self.messages:
                    self.breaks("content-order", index)
                self.messages[sub] = (consent, True)
            elif self.messages.get(sub) != (consent, True):
                self.breaks("content-order", index)
            rule = self.closed(consent, match, entry["at"])
            if rule:
                self.breaks(rule, index)
        elif event == "content.destroyed":
            need("d")
            if self.messages.get(sub) != (related("c", entry)[0], True):
                return self.breaks("content-order", index)
            self.messages[sub] = (self.messages[sub][0], False)

    def deadline(self, match, index, entry, what):
        place, due = self.running.pop(match, (None, None))
        if due and int(due.timestamp()) <= int(entry["at"].timestamp()):
            self.late.append((place, due, match, what + " " + short(entry["at"])))
        if what == "joined" and entry["due_at"]:
            self.running[match] = (index, entry["due_at"])

    def consent(self, index, entry, step, match):
        sub, known = entry["sub"], self.consents.get(entry["sub"])
        if step == "given" and not entry["until_at"]:
            raise IndexError
        if known is None:
            if step != "requested":
                return self.breaks("consent-order", index)
            self.consents[sub] = dict(match=match, state="asked", issuer=entry["org"], asked=entry["at"], used=None, given=None)
            return
        if step == "requested":
            return self.breaks("consent-twice", index)
        allowed = {"given": ["asked"], "refused": ["asked"], "replaced": ["given"], "withdrawn": ["asked", "given"],
                   "expired": ["asked", "given"], "superseded_by_age": ["asked", "given"]}.get(step)
        if known["match"] != match or (allowed and known["state"] not in allowed):
            return self.breaks("consent-order", index)
        if not allowed:
            known["used"] = known["used"] or entry["at"]
            return
        known["state"] = {"given": "given", "withdrawn": "withdrawn", "replaced": "replaced"}.get(step, "ended")
        known["until"], known["next"] = entry["until_at"] or known.get("until"), (related("c", entry) or [None])[0]
        if step == "given":
            known["given"] = (index, entry["at"])

    def closed(self, consent, match, at):
        """The rule that content breaks by passing under this consent now, or None."""
        for _ in range(65):
            known = self.consents.get(consent)
            if known is None or known["match"] != match:
                return "content-before-consent" if known is None else "content-other-match"
            if known["state"] == "given" and int(at.timestamp()) < int(known["until"].timestamp()) + 5:
                return None
            if known["state"] != "replaced":
                return {"asked": "content-before-consent", "withdrawn": "content-after-withdrawal"}.get(known["state"], "content-after-end")
            consent = known["next"]
        return "content-after-end"

    def finish(self):
        parties = []
        for match, signals, joined, index in self.members:
            found = [self.signals.get(signal, (index, None))[:2] for signal in signals]
            orgs = [org for place, org in found if place < index and joined in (None, org)]
            if len(orgs) < len(signals):
                self.breaks("match-signal-unknown", index)
            if joined is None and len(set(orgs)) < 2:
                self.breaks("match-without-two", index)
            parties += [(match, org, index) for org in orgs]
        later = lambda seen, match, org, index: any(s[:2] == (match, org) and s[2] > index for s in seen)
        for match, org, index in parties:
            if not later(self.notices, match, org, index) and index < self.export:
                self.breaks("notice-missing", index)
        for rule, seen in (("notice-stranger", self.notices), ("content-stranger", self.contents)):
            for match, org, index in seen:
                if not any(p[:2] == (match, org) and p[2] < index for p in parties):
                    self.breaks(rule, index)
        return sorted(set(self.broken))

    def reports(self, entries):
        """Rows by report, in the order of section 8."""
        names = ("exchanges-without-consent matches-without-contact signals-without-disclosure signals-past-retention "
                 "letter-consents views").split()
        rows = {name: [] for name in names}
        for index, entry in entries:
            if entry["e"] in ("match.viewed", "content.read"):
                match = entry["sub"] if entry["e"] == "match.viewed" else (related("m", entry) or [None])[0]
                if match and match[0] == "m":
                    rows["views"].append([index, entry["t"], match, entry["org"] or "", entry["e"]])
        rules = ("content-before-consent", "content-after-withdrawal", "content-after-end", "content-other-match")
        rows[names[0]] = [[index, "", "", "", rule] for index, rule in sorted(set(self.broken)) if rule in rules]
        self.late += [(place, due, match, "none") for match, (place, due) in self.running.items()]
        seconds = lambda at: int(at.timestamp())
        rows[names[1]] = [[place, short(due), match, "", after] for place, due, match, after in sorted(self.late)
                          if (self.after is None or seconds(due) > seconds(self.after)) and seconds(due) <= seconds(self.latest)]
        for signal, (index, org, entry) in sorted(self.signals.items(), key=lambda item: item[1][0]):
            until = entry["until_at"] and seconds(entry["until_at"]) // 60
            cells = [index, short(datetime.datetime.fromtimestamp(until * 60, datetime.timezone.utc)) if until else "", signal, org, ""]
            if index >= self.first and signal not in (self.told or set()):
                rows[names[2]].append(cells)
            if until and until + 24 * 60 < seconds(self.latest) // 60 and signal not in self.ended:
                rows[names[3]].append(cells)
        for tag, consent in sorted(self.consents.items(), key=lambda item: item[1]["given"] or (-1,)):
            if consent["given"] and consent["given"][0] >= self.first:
                index, at = consent["given"]
                minutes = (seconds(consent["used"] or at) - seconds(consent["asked"])) // 60
                rows[names[4]].append([index, short(at), tag, consent["issuer"] or "", str(minutes)])
        return rows


def short(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
