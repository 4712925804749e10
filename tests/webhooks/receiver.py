"""A vendor's receiver in Python: the PyPI packages standardwebhooks and cloudevents take what a service has delivered.

Usage: receiver.py DELIVERIES
"""

import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError


def refused(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        deliveries = json.load(file)
    assert len(deliveries) == 2, len(deliveries)
    for delivery in deliveries:
        headers, body = delivery["headers"], delivery["body"]
        for secret in delivery["secrets"]:
            assert Webhook(secret).verify(body, headers)["specversion"] == "1.0"
            assert refused(secret, body.replace("test", "best"), headers)
            assert refused(secret, body, {**headers, "webhook-id": "msg_other"})
        for secret in delivery["refuses"]:
            assert refused(secret, body, headers)
        event = from_http_event(HTTPMessage(headers=headers, body=body.encode()), JSONFormat())
        assert event.get_type() == "nl.trefpunt.webhook.test", event.get_type()
        assert event.get_id() == headers["webhook-id"]
        assert event.get_data() is None
        assert event.get_extension("dataref").startswith("http")
    print(f"{len(deliveries)} deliveries verified", file=sys.stderr)


main()
