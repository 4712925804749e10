"""security.txt of a service, as it answers, against RFC 9116."""

import sys
import urllib.request

from sectxt import Parser

answer = urllib.request.urlopen(sys.argv[1] + "/.well-known/security.txt")
assert answer.headers["content-type"] == "text/plain; charset=utf-8", answer.headers["content-type"]
parser = Parser(answer.read(), sys.argv[1])
for fault in parser.errors:
    print(f"security.txt: {fault}")
sys.exit(not parser.is_valid())
