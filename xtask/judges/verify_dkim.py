"""Verifies the signatures of a mail with a library that is not ours (dkimpy), as a receiver would.

    verify_dkim.py FILE < RECORDS

Standard input is a JSON object of what the DNS says: {"selector._domainkey.example.com": "v=DKIM1; …"}. Standard output
has a JSON list with an object for each signature, the topmost first: {"algorithm", "domain", "selector", "headers": the
names that it covers, in lower case, "valid"}.
"""

import json
import sys

import dkim


def verify(raw, records):
    def txt(name, timeout=5):
        return records.get(name.decode().rstrip("."), "").encode() or None

    count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.rfc822_parse(raw)[0])
    for index in range(count):
        signature = dkim.DKIM(raw)
        valid = signature.verify(idx=index, dnsfunc=txt)
        fields = {name.decode(): value.decode() for name, value in signature.signature_fields.items()}
        yield {
            "algorithm": fields["a"],
            "domain": fields["d"],
            "selector": fields["s"],
            "headers": [name.strip().lower() for name in fields["h"].split(":")],
            "valid": valid,
        }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        print(json.dumps(list(verify(file.read(), json.load(sys.stdin)))))
