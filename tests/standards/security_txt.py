"""security.txt of a service, as it answers, against RFC 9116."""

import sys
import urllib.request

from sectxt import Parser

answer = urllib.request.urlopen(sys.argv[1] + "/.well-known/security.txt")
assert answer.headers["content-type"] == "text/plain; charset=utf-8", answer.headers["content-type"]
# The demonstration is without TLS, in front of which an operator puts it; all else holds here as well.
https = sys.argv[1].replace("http://", "https://", 1)
parser = Parser(answer.read().replace(sys.argv[1].encode(), https.encode()), https + "/.well-known/security.txt")
for fault in parser.errors:
    print(f"security.txt: {fault}")
sys.exit(not parser.is_valid())
