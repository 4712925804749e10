"""Reads every paper of a directory back, as a screen reader, a printer and a telephone would."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata

import pikepdf
import zxingcpp
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = ["nl", "en", "tr", "ar", "pl", "uk"]
CODE, KEY = "7KQ4-XM2P-9TRC-HV6D", "M3XR-7TQ9-WC2H-KD8P"
ADDRESS = "https://toestemming.voorbeeldstad.example/portal"
A4 = (595.28, 841.89)
# What follows a day in "until" and before it in "from" is in the messages; these never change.
ALWAYS = ["0800-2000", "112"]


def messages(language):
    """The messages of papers without variables and marks."""
    text = (ROOT / f"crates/texts/messages/{language}/paper.ftl").read_text("utf-8")
    return {key: value for key, value in re.findall(r"^(paper-[a-z-]+) = (.*)$", text, re.M) if "{" not in value}


def squeezed(text):
    """Letters and digits alone: how lines break, how Arabic letters join and where marks stand is not what is compared."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in text if letter.isalnum())


def logical(path):
    """What is read aloud, in the order of the structure, out of the document itself."""
    with pikepdf.open(path) as pdf:
        by_page = {page.objgen: words_of(page) for page in pdf.pages}
        spoken = []

        def walk(node, page, language):
            page = node.get("/Pg", page) if isinstance(node, pikepdf.Dictionary) else page
            if isinstance(node, int):
                spoken.append(("", by_page[page.objgen][node]))
            elif isinstance(node, pikepdf.Array):
                for child in node:
                    walk(child, page, language)
            elif node.get("/Type") == "/MCR":
                spoken.append(("", by_page[node.get("/Pg", page).objgen][int(node["/MCID"])]))
            elif "/S" in node:
                kind = str(node["/S"])
                spoken.append((kind, str(node.get("/Alt", ""))))
                if kind != "/Figure" and "/K" in node:
                    walk(node["/K"], page, language)

        root = pdf.Root.StructTreeRoot
        for child in root.K if isinstance(root.K, pikepdf.Array) else [root.K]:
            walk(child, None, None)
        return spoken


def to_unicode(font):
    """The table of a font that says which letters a glyph stands for."""
    table = {}
    stream = font["/ToUnicode"].read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", stream, re.S):
        for glyph, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[int(glyph, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", stream, re.S):
        for first, last, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(letters).decode("utf-16-be")
            for at in range(int(first, 16), int(last, 16) + 1):
                table[at] = start[:-1] + chr(ord(start[-1]) + at - int(first, 16))
    return table


def words_of(page):
    """The text of each marked piece of a page. Nothing may be drawn outside of one."""
    fonts = {name: to_unicode(font["/DescendantFonts"] and font) for name, font in page.Resources.get("/Font", {}).items()}
    pieces, open_pieces, font = {}, [], None
    for operands, operator in pikepdf.parse_content_stream(page):
        operator = str(operator)
        if operator == "BDC":
            properties = operands[1] if isinstance(operands[1], pikepdf.Dictionary) else {}
            mcid = properties.get("/MCID") if properties else None
            actual = properties.get("/ActualText") if properties else None
            within = any(outer is not None for _, _, outer in open_pieces)
            open_pieces.append(("mcid" if mcid is not None else str(operands[0]), mcid, actual))
            if mcid is not None:
                pieces[int(mcid)] = str(actual) if actual is not None else ""
            elif actual is not None and not within:
                add(pieces, open_pieces, str(actual))
        elif operator == "BMC":
            open_pieces.append((str(operands[0]), None, None))
        elif operator == "EMC":
            open_pieces.pop()
        elif operator == "Tf":
            font = fonts[str(operands[0])]
        elif operator in ("Tj", "TJ"):
            assert open_pieces, "text that belongs to nothing"
            # It is read as it says there, whatever is drawn.
            if any(actual is not None for _, _, actual in open_pieces):
                continue
            strings = operands[0] if operator == "TJ" else [operands[0]]
            for string in strings:
                if isinstance(string, pikepdf.String):
                    raw = bytes(string)
                    for at in range(0, len(raw), 2):
                        add(pieces, open_pieces, font[int.from_bytes(raw[at : at + 2], "big")])
        elif operator in ("f", "F", "f*", "S", "s", "B", "b"):
            assert open_pieces, "something is drawn that belongs to nothing"
    return pieces


def add(pieces, open_pieces, text):
    for _, mcid, _ in reversed(open_pieces):
        if mcid is not None:
            pieces[int(mcid)] += text
            return


def square(path):
    with tempfile.TemporaryDirectory() as directory:
        picture = pathlib.Path(directory) / "page"
        subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", path, picture], check=True, stderr=subprocess.DEVNULL)
        with Image.open(next(pathlib.Path(directory).glob("page*.png"))) as page:
            assert all(page.convert("L").getpixel((x, y)) > 250 for x in (5, page.width - 6) for y in range(0, page.height, 7)), "the margin is not white"
            return [found.text for found in zxingcpp.read_barcodes(page)]


def check(path):
    name, reader, language = path.stem.split(".")
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == language, "language"
        assert bool(pdf.Root.MarkInfo.Marked), "not tagged"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle), "the title is not shown"
        assert str(pdf.Root.ViewerPreferences.get("/Direction", "/L2R")) == ("/R2L" if language == "ar" else "/L2R"), "direction"
        metadata = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata, "does not say that it is PDF/UA-1"
        assert "/Outlines" in pdf.Root, "no headings beside the pages"
        assert len(pdf.pages) == 1 or name == "file" and len(pdf.pages) > 1, f"{len(pdf.pages)} pages"
        for page in pdf.pages:
            assert [round(float(side), 1) for side in page.mediabox[2:]] == [round(side, 1) for side in A4], "not A4"
            for font in page.Resources.Font.values():
                descendant = font.DescendantFonts[0]
                assert "/FontFile2" in descendant.FontDescriptor or "/FontFile3" in descendant.FontDescriptor, "a face is not in it"
                assert "+" in str(descendant.FontDescriptor.FontName), "a whole face is in it"

    spoken = logical(path)
    kinds = [kind for kind, _ in spoken if kind]
    text = squeezed("".join(words for kind, words in spoken if not kind))
    assert kinds.count("/H1") == 1 and "/H2" in kinds or name == "key", f"headings: {kinds}"
    known = messages(language)
    suffix = "-young" if reader == "young" else ""
    wanted = [*ALWAYS]
    if name.startswith("letter"):
        about = name.removeprefix("letter-")
        wanted += [CODE, ADDRESS, "Basisschool Zonnewijzer", "gemeente Voorbeeldstad", "h5Yz0cVbTtqN1rXk2mPvQA", "2027", "31"]
        wanted += [known[f"paper-letter-{about}{suffix}"], known[f"paper-letter-secret{suffix}"], known[f"paper-letter-nothing-{about}{suffix}"]]
        wanted += [messages(other)["paper-letter-in-this-language"] for other in LANGUAGES if other != language]
        assert squeezed("Центр") not in text, "another organisation is named"
        figures = [alternative for kind, alternative in spoken if kind == "/Figure"]
        assert len(figures) == 1 and ADDRESS in figures[0].replace("\u2068", "").replace("\u2069", ""), "the square says nothing"
        assert square(path) == [ADDRESS], "the square holds something else than the address"
    elif name == "file":
        wanted += ["Basisschool Zonnewijzer", "Центр здоров'я дітей", "مركز الشباب", "Kinderopvangorganisatie" * 8]
        assert kinds.count("/H2") == 4 and kinds.count("/H3") == 4 and kinds.count("/L") == 8, f"structure: {kinds}"
    elif name == "key":
        wanted += [KEY, ADDRESS, known[f"paper-receipt-key-how{suffix}"]]
    else:
        wanted += ["Basisschool Zonnewijzer", "Центр здоров'я дітей", "2026-11-23", known[f"paper-receipt-about{suffix}"]]
        assert squeezed(KEY) not in text and squeezed(CODE) not in text, "a secret is on a receipt"
    if suffix and language == "nl":
        assert " u " not in " ".join(words for kind, words in spoken if not kind), "a young person is spoken to as a stranger"
    for piece in wanted:
        assert squeezed(piece) in text, f"not in it: {piece}"

    printed = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    for secret in [CODE] if name.startswith("letter") else [KEY] if name == "key" else []:
        assert secret in printed.replace("\u202a", "").replace("\u202c", ""), "the code cannot be copied"


def main(directory):
    passed = failed = 0
    for path in sorted(pathlib.Path(directory).glob("*.pdf")):
        try:
            check(path)
            passed += 1
        except (AssertionError, KeyError, pikepdf.PdfError) as why:
            print(f"{path.name}: {why!r}")
            failed += 1
    assert passed + failed >= 102, "papers are missing"
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
