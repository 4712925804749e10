"""Lifecycles: the rules of section 7, what section 6 carries along, and the rows of section 8 of docs/AUDIT-LOG.md. Used by
verify_audit_log.py."""
import datetime

SKEW, WEEK, YEAR = datetime.timedelta(seconds=5), 7 * 24 * 3600, 365 * 24 * 3600

# What a leaf does to a case: the letter of its tag and the step.
CASES = {
    "objection.made": ("b", "begin"), "objection.advised": ("b", "go on"), "objection.decided": ("b", "end"),
    "objection.withdrawn": ("b", "end"), "access.requested": ("q", "begin"), "erasure.requested": ("q", "begin"),
    "rights_request.extended": ("q", "go on"), "rights_request.withdrawn": ("q", "end"), "access.given": ("q", "give"),
    "access.refused": ("q", "end"), "erasure.decided": ("q", "end"), "access.viewed": ("q", "look at given"),
    "soft_match.found": ("p", "begin or go on"), "soft_match.confirmed": ("p", "go on"), "soft_match.denied": ("p", "go on"),
    "soft_match.viewed": ("p", "look"), "family_match.ended": ("f", "end"), "family_match.viewed": ("f", "look"),
}


def of_case(entry):
    """Letter and step of a leaf about a case, or None."""
    if entry["e"] == "family_match.found":
        return ("f", "go on" if entry["from"] else "begin")
    return CASES.get(entry["e"])


def related(letter, entry):
    return [tag for tag in entry["rel"] if tag[0] == letter]


def ends(entry):
    return entry["e"].startswith("signal.") and (entry["to"] or "").split("(")[0] in ("expired", "ended", "archived", "destroyed")


def of_signal(entry):
    """The signal of which a leaf tells what became of it; section 6."""
    event, sub = entry["e"], entry["sub"]
    if event == "letter.issued" or event.startswith("signal.") and entry["to"] is not None or event.startswith("disclosure.") and event != "disclosure.reminded":
        return sub if sub[0] == "s" else None
    if event.startswith("consent.") and not related("m", entry):
        return (related("s", entry) or [None])[0]
    return None


def carried(leaves):
    """What the next export carries along for `open` and `last`; section 6."""
    if not leaves:
        return set()
    second = lambda entry: int(entry["at"].timestamp())
    now, submitted, ended, told, cases, courses = second(leaves[-1][2]), {}, {}, {}, {}, {}
    for index, why, entry in leaves:
        event, sub = entry["e"], entry["sub"]
        if why != "open":
            continue
        if event == "signal.submitted":
            submitted[sub] = index
        elif of_signal(entry):
            told.setdefault(of_signal(entry), set()).add(index)
        if ends(entry):
            ended.setdefault(sub, second(entry))
        letter, step = of_case(entry) or (None, None)
        if letter == sub[0] and not step.startswith("look"):
            at = second(entry)
            if sub not in courses or courses[sub][1] < at:
                if not step.startswith("begin"):
                    continue
                courses[sub] = [[], 0]
            given = max(at, second(dict(at=entry["until_at"]))) if entry["until_at"] else at
            courses[sub][0].append(index)
            courses[sub][1] = {"end": at + WEEK, "give": given + WEEK}.get(step, at + YEAR)
        noun = event.split(".")[0]
        if noun not in ("match", "consent") and event not in ("notice.delivered", "content.begun", "content.sent", "content.acknowledged", "content.destroyed", "follow_up.escalated"):
            continue
        about = [sub] if noun in ("match", "follow_up") else related("m", entry)[:1]
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
    whole = lambda signal: {submitted[signal]} | told.get(signal, set())
    for signal in submitted:
        if signal not in ended or ended[signal] + WEEK >= now:
            found |= whole(signal)
    for taken, until in courses.values():
        found |= set(taken) if until >= now else set()
    for case in cases.values():
        if case["closed"] and not case["stand"] and case["at"] + WEEK < now:
            continue
        found |= set(case["leaves"])
        for signal, joined in case["signals"]:
            if signal in submitted and not (signal in ended and ended[signal] + WEEK < joined):
                found |= whole(signal)
    return {(index, "open") for index in found} | ({(leaves[-1][0], "last")} if leaves[-1][0] not in found else set())


class Replay:
    """The rules of section 7 and the rows of section 8."""

    def __init__(self, first, export):
        self.first, self.export, self.broken, self.latest, self.after, self.ids = first, export, [], None, None, {}
        self.signals, self.matches, self.members, self.notices, self.contents = {}, {}, [], [], []
        self.consents, self.messages, self.steps, self.telling, self.archive = {}, {}, {}, {}, {}
        self.running, self.late, self.closed_matches = {}, [], set()
        self.cases, self.named, self.upheld, self.letters, self.superseded, self.courses = {}, [], [], {}, [], {}

    def breaks(self, rule, index):
        if index >= self.first or rule in ("notice-missing", "consent-without-successor", "objection-without-end"):
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
        living = lambda match: known(match) and (match not in self.closed_matches or self.breaks("match-order", index))
        if event == "signal.submitted":
            need("s"), acting()
            if sub in self.signals:
                return self.breaks("signal-twice", index)
            self.signals[sub] = (index, org, entry)
        elif event.startswith("signal."):
            need("s")
            if state(entry["to"]):
                self.steps.setdefault(sub, []).append((index, state(entry["from"]), state(entry["to"]), int(entry["at"].timestamp())))
        elif event.startswith("disclosure."):
            need("s"), acting()
            if event == "disclosure.postponed":
                entry["until_at"] or [][0]
            if event.split(".")[1] in ("postponement_proposed", "postponed", "postponement_rejected", "recorded"):
                self.telling.setdefault(sub, []).append((index, org, entry))
        elif event in ("archive.noticed", "archive.opened"):
            need("s"), acting()
            self.archive.setdefault(sub, []).append((index, org, event == "archive.opened"))
        elif event == "match.opened":
            need("m")
            if sub in self.matches:
                self.breaks("match-twice", index)
            self.matches[sub] = index
            self.closed_matches.discard(sub)
            self.deadline(sub, index, entry, "joined")
            self.courses[sub] = dict(due=entry["due_at"], escalated=False, ever=False)
            self.members.append((sub, related("s", entry), None, index))
        elif event == "match.joined":
            need("m"), acting()
            signal = related("s", entry)[0]
            if living(sub):
                self.deadline(sub, index, entry, "joined")
                self.courses[sub].update(due=entry["due_at"], escalated=False)
                self.members.append((sub, [signal], org, index))
        elif event.startswith("match.") and event != "match.viewed":
            need("m")
            if living(sub):
                if event == "match.closed" or (event, entry["to"]) == ("match.contact_confirmed", "contact_confirmed"):
                    self.deadline(sub, index, entry, "closed" if event == "match.closed" else "confirmed")
                if event == "match.closed":
                    self.closed_matches.add(sub)
        elif event.startswith("follow_up."):
            need("m")
            if known(sub):
                self.follow_up(index, entry, self.courses[sub])
        elif event == "notice.delivered":
            need("n"), acting()
            if not related("m", entry):
                (related("s", entry) or related("h", entry))[0]
            elif known(related("m", entry)[0]):
                self.notices.append((related("m", entry)[0], org, index))
        elif event.startswith("consent."):
            need("c")
            if related("m", entry):
                if known(related("m", entry)[0]):
                    self.consent(index, entry, event[8:], related("m", entry)[0])
            elif related("s", entry)[0] and (self.first == 0 or sub in self.consents or event == "consent.requested"):
                self.consent(index, entry, event[8:], "signal")
        elif event in ("content.begun", "content.sent", "content.read"):
            need("d"), acting()
            consent, match = related("c", entry)[0], related("m", entry)[0]
            if not known(match):
                return
            self.contents.append((match, org, index, int(entry["at"].timestamp())))
            step = "complete" if event == "content.sent" and entry["from"] == "begun" else event[8:]
            self.passing(index, sub, consent, step)
            rule = self.closed(consent, match, entry["at"])
            if rule:
                self.breaks(rule, index)
        elif event in ("content.acknowledged", "content.destroyed"):
            need("d"), event == "content.destroyed" or acting()
            self.passing(index, sub, related("c", entry)[0], event[8:])
        elif event in ("letter.read", "file.read") and sub[0] == "c":
            if self.first == 0 and sub not in self.consents:
                self.breaks("letter-order", index)
        elif event in ("letter.issued", "letter.read", "file.read"):
            need("s")
            self.named.append((sub, index))
            self.letters.setdefault(sub, []).append((index, event != "letter.issued"))
        elif event == "subject.merged":
            self.named += [(signal, index) for signal in related("s", entry)]
        elif of_case(entry):
            need(of_case(entry)[0])
            if event == "objection.made":
                related("s", entry)[0]
            self.named += [(signal, index) for signal in related("s", entry)]
            self.case(index, entry, of_case(entry)[1])

    def follow_up(self, index, entry, course):
        event = entry["e"].split(".")[1]
        if event == "escalated":
            early = course["due"] and entry["at"].timestamp() // 1 + 5 < course["due"].timestamp() // 60 * 60
            if course["escalated"] or early:
                self.breaks("follow-up-order", index)
            course.update(escalated=True, ever=True)
        elif event in ("marked", "viewed") and not course["ever"]:
            self.breaks("follow-up-order", index)

    def case(self, index, entry, step):
        stage, signal = self.cases.get(entry["sub"], (None, None))
        allowed = {"begin": {None: "open"}, "begin or go on": {None: "open", "open": "open"}, "go on": {"open": "open"},
                   "give": {"open": "given"}, "end": {"open": "over"}, "look at given": {"given": "given"},
                   "look": {"open": "open", "given": "given", "over": "over"}}[step]
        if stage not in allowed:
            return self.breaks("case-order", index) if stage or self.first == 0 else None
        signal = signal or (related("s", entry) or [None])[0]
        self.cases[entry["sub"]] = (allowed[stage], signal)
        if entry["to"] == "upheld" and signal:
            self.upheld.append((signal, index))

    def judge_cases(self):
        for signal, index in self.named:
            if signal not in self.signals or self.signals[signal][0] >= index:
                wrong = self.first == 0 or signal in self.signals
            else:
                wrong = self.stands(signal, index)[0] == "destroyed"
            if wrong:
                self.breaks("case-signal-unknown", index)
        for signal, index in self.upheld:
            later = [to for place, _, to, _ in self.steps.get(signal, []) if place > index]
            if index < self.export and "destroyed" not in later:
                self.breaks("objection-without-end", index)
        for signal, letters in self.letters.items():
            for index, read in letters:
                if not read or not (self.first == 0 or signal in self.signals):
                    break
                self.breaks("letter-order", index)
        for index, match, successor in self.superseded:
            if index < self.export and self.consents.get(successor, {}).get("match") != match:
                self.breaks("consent-without-successor", index)

    def deadline(self, match, index, entry, what):
        place, due = self.running.pop(match, (None, None))
        if due and int(due.timestamp()) <= int(entry["at"].timestamp()):
            self.late.append((place, due, match, what + " " + short(entry["at"])))
        if what == "joined" and entry["due_at"]:
            self.running[match] = (index, entry["due_at"])

    def consent(self, index, entry, step, match):
        sub, known = entry["sub"], self.consents.get(entry["sub"])
        if step == "superseded_by_age":
            self.superseded.append((index, match, related("c", entry)[0]))
        if step == "given" and not entry["until_at"]:
            raise IndexError
        if known is None:
            if step != "requested":
                return self.breaks("consent-order", index)
            self.consents[sub] = dict(match=match, state="asked", issuer=entry["org"], asked=entry["at"], used=None, given=None, sure=None)
            return
        if step == "requested":
            return self.breaks("consent-twice", index)
        allowed = {"given": ["asked"], "refused": ["asked"], "replaced": ["given"], "withdrawn": ["asked", "given"],
                   "expired": ["asked", "given"], "superseded_by_age": ["asked", "given"]}.get(step)
        if known["match"] != match or (allowed and known["state"] not in allowed):
            return self.breaks("consent-order", index)
        if not allowed:
            if step == "opened" or step == "signed" and not entry["org"]:
                known["used"] = known["used"] or entry["at"]
            return
        known["state"] = {"given": "given", "withdrawn": "withdrawn", "replaced": "replaced"}.get(step, "ended")
        known["until"], known["next"] = entry["until_at"] or known.get("until"), (related("c", entry) or [None])[0]
        if step == "given":
            known["given"], known["sure"] = (index, entry["at"]), entry["to"]

    def passing(self, index, message, consent, step):
        """What a leaf does to a message or an attachment."""
        sealed_under, standing = self.messages.get(message, (consent, None))
        after = {("begun", None): "arriving", ("complete", "arriving"): "there", ("sent", None): "there", ("read", "there"): "there",
                 ("acknowledged", "there"): "gone", ("destroyed", "arriving"): "gone", ("destroyed", "there"): "gone"}.get((step, standing))
        if sealed_under != consent or after is None:
            return self.breaks("content-order", index)
        self.messages[message] = (consent, after)

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

    def stands(self, signal, index):
        """Where a signal stands before this leaf, and since when."""
        before = [(to, at) for place, _, to, at in self.steps.get(signal, []) if place < index]
        first = state(self.signals[signal][2]["to"]) == "sleeping"
        return before[-1] if before else ("sleeping" if first else "active", float("-inf"))

    def judge_signals(self):
        steps = {"active": ("sleeping", "paused"), "paused": ("active",), "ended": ("active", "paused"), "expired": ("active", "paused"),
                 "archived": ("ended", "expired"), "destroyed": ("sleeping", "active", "paused", "ended", "expired", "archived")}
        for signal, taken in self.steps.items():
            if signal not in self.signals:
                continue
            now = "sleeping" if state(self.signals[signal][2]["to"]) == "sleeping" else "active"
            for index, before, after, _ in taken:
                if before != now or now not in steps.get(after, ()) or index < self.signals[signal][0]:
                    self.breaks("signal-order", index)
                now = after
        for signal, told in self.archive.items():
            to = None
            for index, org, opened in told:
                known = signal in self.signals
                if opened:
                    right = to == org if to else not known
                else:
                    right = to is None and (not known or self.signals[signal][0] > index or self.stands(signal, index)[0] == "archived")
                    to = to or org
                if not right:
                    self.breaks("archive-order", index)
        for leaves in self.telling.values():
            proposed = recorded = False
            for index, org, entry in leaves:
                what = entry["e"].split(".")[1]
                if recorded or org != leaves[0][1] or (what in ("postponed", "postponement_rejected") and not proposed):
                    self.breaks("disclosure-order", index)
                proposed, recorded = what == "postponement_proposed", recorded or what == "recorded"

    def finish(self):
        self.judge_signals()
        self.judge_cases()
        parties = []
        for match, signals, joined, index in self.members:
            found = [(*self.signals.get(signal, (index, None))[:2], signal) for signal in signals]
            right = [(org, signal) for place, org, signal in found if place < index and joined in (None, org)]
            if len(right) < len(signals):
                self.breaks("match-signal-unknown", index)
            if any(self.stands(signal, index)[0] != "active" for _, signal in right):
                self.breaks("match-signal-inactive", index)
            if joined is None and len({org for org, _ in right}) < 2:
                self.breaks("match-without-two", index)
            parties += [(match, org, index, signal) for org, signal in right]
        later = lambda seen, match, org, index: any(s[:2] == (match, org) and s[2] > index for s in seen)
        for match, org, index, _ in parties:
            if not later(self.notices, match, org, index) and index < self.export:
                self.breaks("notice-missing", index)
        entered = lambda match, org, index: max((p[2:] for p in parties if p[:2] == (match, org) and p[2] < index), default=None)
        for match, org, index in self.notices:
            if not entered(match, org, index):
                self.breaks("notice-stranger", index)
        for match, org, index, at in self.contents:
            party = entered(match, org, index)
            if not party:
                self.breaks("content-stranger", index)
            elif self.stands(party[1], index)[0] != "active" and at > self.stands(party[1], index)[1] + 5:
                self.breaks("content-signal-inactive", index)
        return sorted(set(self.broken))

    def undisclosed(self):
        """Deadlines to tell a family that passed, and what was postponed: leaf, time, signal, organisation, value, kind."""
        for signal, (place, org, entry) in self.signals.items():
            due = entry["due_at"] and int(entry["due_at"].timestamp()) // 60 * 60
            ends = [at for _, _, to, at in self.steps.get(signal, []) if to in ("ended", "expired", "archived", "destroyed")][:1]
            over = min(ends + ([int(entry["until_at"].timestamp()) // 60 * 60] if entry["until_at"] else []), default=float("inf"))
            running, rows = (place, due) if due else None, []
            for index, _, leaf in self.telling.get(signal, []):
                at, what = int(leaf["at"].timestamp()), leaf["e"].split(".")[1]
                if what == "postponed":
                    rows.append((index, at, 1, "until " + short(leaf["until_at"])))
                elif what != "recorded":
                    continue
                if running and running[1] <= at:
                    rows.append((*running, 0, f"{what} {short(leaf['at'])}"))
                until = what == "postponed" and int(leaf["until_at"].timestamp())
                running = (index, max(due or until, until)) if until else None
            rows += [(*running, 0, "none")] if running else []
            yield from ((*row[:3], row[3], signal, org) for row in rows if row[2] or row[1] < over)

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
            over = any(to in ("ended", "expired", "archived", "destroyed") for _, _, to, _ in self.steps.get(signal, []))
            if until and until + 24 * 60 < seconds(self.latest) // 60 and not over:
                rows[names[3]].append(cells)
        after = seconds(self.after) if self.after else float("-inf")
        order = lambda row: (row[0], row[1], row[2], row[3])
        rows[names[2]] = [[index, short(datetime.datetime.fromtimestamp(at, datetime.timezone.utc)), signal, org, value]
                          for index, at, postponed, value, signal, org in sorted(self.undisclosed(), key=order)
                          if (index >= self.first if postponed else after < at <= seconds(self.latest))]
        for tag, consent in sorted(self.consents.items(), key=lambda item: item[1]["given"] or (-1,)):
            by_letter = consent["sure"] not in ("given(assisted)", "given(oidc)") and (consent["sure"] != "given(attested)" or consent["used"])
            if by_letter and consent["given"] and consent["given"][0] >= self.first:
                index, at = consent["given"]
                minutes = (seconds(consent["used"] or at) - seconds(consent["asked"])) // 60
                rows[names[4]].append([index, short(at), tag, consent["issuer"] or "", str(minutes)])
        return rows


def state(text):
    """A state without its reason; None for what is none."""
    word = (text or "").split("(")[0]
    return word if word in ("sleeping", "active", "paused", "ended", "expired", "archived", "destroyed") else None


def short(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
