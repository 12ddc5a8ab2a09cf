"""Signs webhooks by Standard Webhooks with a package that is not ours.

    sign_webhook.py standardwebhooks|svix '[{"secret", "id", "timestamp": seconds, "body"}, …]'

Prints a JSON list of the signatures, in order.
"""

import importlib
import json
import sys
from datetime import datetime, timezone


def sign(package, wanted):
    webhook = importlib.import_module(f"{package}.webhooks").Webhook(wanted["secret"])
    time = datetime.fromtimestamp(wanted["timestamp"], tz=timezone.utc)
    return webhook.sign(wanted["id"], time, wanted["body"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps([sign(sys.argv[1], wanted) for wanted in json.loads(sys.argv[2])]))
