"""Whether the Dutch that families read is plain (B1), by two measures that textstat computes.

Flesch-Douma, the Flesch reading ease for Dutch (206.84 - 0.93 words a sentence - 77 syllables a word), is at least 60: easy,
what a pupil of 13 or 14 reads. LIX (words a sentence, and the share of words of more than six letters, in percent) is at most 35:
easy too. Both are shares, and mean little in a line of a few words: in one of 14, a single word such as "toestemming" is seven
points of LIX, and a heading that cannot do without two of them would fail whatever it says. So each message of 15 words or
more is measured by itself; the shorter ones of an area together, one after the other; and the whole text of each page,
short and long.

What stands in a variable is not measured: a name is "de school", a day is "12 maart". A message with a choice in it is measured
in each of its forms.
"""

import itertools
import re
import sys
from pathlib import Path

import textstat
from fluent.syntax import FluentParser, ast

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "crates" / "texts" / "messages" / "nl"
TEMPLATES = ROOT / "crates" / "web" / "templates"

MIN_FLESCH_DOUMA = 60
MAX_LIX = 35
MIN_WORDS = 15

# What a variable is in a measured text: the rest are names.
SAMPLES = {
    "answer_by": "tot 12 maart",
    "count": "3",
    "date": "12 maart",
    "day": "12",
    "days": "3",
    "example": "ABCD",
    "from": "12 maart",
    "hour": "9",
    "lasts": "1 jaar",
    "minute": "5",
    "month": "maart",
    "number": "3",
    "on": "12 maart",
    "times": "3",
    "to": "12 maart",
    "until": "tot 12 maart",
    "version": "1",
    "weeks": "3",
    "when": "12 maart",
    "year": "2027",
    "years": "3",
}


def forms(pattern):
    """All texts that a pattern can become."""
    pieces = []
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            pieces.append([element.value])
        else:
            pieces.append(expressed(element.expression))
    return ["".join(chosen) for chosen in itertools.product(*pieces)]


def expressed(expression):
    if isinstance(expression, ast.SelectExpression):
        return [form for variant in expression.variants for form in forms(variant.value)]
    if isinstance(expression, ast.VariableReference):
        return [SAMPLES.get(expression.id.name, "de school")]
    if isinstance(expression, ast.StringLiteral):
        # Marks of direction, which Dutch does not need.
        return [expression.value if expression.value.isprintable() else ""]
    if isinstance(expression, ast.Placeable):
        return expressed(expression.expression)
    sys.exit(f"a message may use variables and plurals only: {expression}")


def read(path):
    """The messages of a file: all their forms by key."""
    entries = FluentParser().parse(path.read_text(encoding="utf-8")).body
    return {entry.id.name: forms(entry.value) for entry in entries if isinstance(entry, ast.Message)}


def words(text):
    return len(text.split())


def sentence(text):
    """A text that stands by itself, such as a heading, is a sentence, also without a full stop."""
    return text if text.rstrip().endswith((".", "?", "!")) else f"{text.rstrip(':')}."


def faults(name, text):
    text = " ".join(text.split())
    flesch = textstat.flesch_reading_ease(text)
    lix = textstat.lix(text)
    told = f"{name}: Flesch-Douma {flesch:.0f}, LIX {lix:.0f}"
    if flesch < MIN_FLESCH_DOUMA or lix > MAX_LIX:
        return [f"{told}\n    {text[:300]}"]
    return []


def page_keys(path, seen=()):
    """The keys that a template and what it includes use, in order, each once."""
    keys = []
    for found in re.finditer(r'"([a-z]+-[a-z0-9-]+)"|include "([^"]+)"', path.read_text(encoding="utf-8")):
        if found[1]:
            keys.append(found[1])
        elif found[2] not in seen:
            keys += page_keys(TEMPLATES / found[2], (*seen, found[2]))
    return list(dict.fromkeys(keys))


def main():
    textstat.set_lang("nl_NL")
    passed, failed = 0, []

    def judge(name, text):
        nonlocal passed
        found = faults(name, text)
        failed.extend(found)
        passed += not found

    messages = {}
    for path in sorted(MESSAGES.glob("*.ftl")):
        area = read(path)
        messages |= area
        short = []
        for key, texts in area.items():
            for text in texts:
                if words(text) >= MIN_WORDS:
                    judge(key, text)
                else:
                    short.append(text)
        if words(" ".join(short)) >= MIN_WORDS:
            judge(f"short messages of {path.stem}", " ".join(map(sentence, short)))
    if len(messages) < 100:
        sys.exit("the messages were not found")

    for path in sorted((TEMPLATES / "portal").glob("*.html")):
        text = " ".join(sentence(messages[key][-1]) for key in page_keys(path) if key in messages)
        if words(text) >= MIN_WORDS:
            judge(f"page {path.name}", text)

    print("\n".join(failed))
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
