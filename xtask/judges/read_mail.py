"""Reads a mail with a parser that is not ours (Python's `email`) and prints what it found as JSON.

    read_mail.py FILE

{"headers": [[name, decoded value], …], "from", "to": [{"name", "address"}, …], "subject",
 "type": "multipart/alternative",
 "parts": [{"type": "text/plain", "charset", "encoding", "text"}, …]  (leaves, in their order),
 "defects": [what the parser found wrong, anywhere in the message], "longest_line": octets without CRLF,
 "bare_line_ends": number of CR or LF that stand alone}
"""

import json
import re
import sys
from email import policy
from email.parser import BytesParser


def addresses(message, header):
    values = message.get_all(header, [])
    return [{"name": a.display_name, "address": a.addr_spec} for value in values for a in value.addresses]


def leaf(part):
    text = part.get_content() if part.get_content_maintype() == "text" else None
    return {
        "type": part.get_content_type(),
        "charset": part.get_content_charset(),
        "encoding": str(part.get("Content-Transfer-Encoding", "7bit")),
        "text": text,
    }


def defects(message):
    for part in message.walk():
        yield from part.defects
        for header in part.values():
            yield from header.defects


def read(raw):
    message = BytesParser(policy=policy.default).parsebytes(raw)
    leaves = [leaf(part) for part in message.walk() if not part.is_multipart()]
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from": addresses(message, "From"),
        "to": addresses(message, "To"),
        "subject": str(message.get("Subject", "")),
        "type": message.get_content_type(),
        "parts": leaves,
        # After the bodies were decoded, which is when their defects show.
        "defects": [repr(defect) for defect in defects(message)],
        "longest_line": max(map(len, raw.split(b"\r\n"))),
        "bare_line_ends": len(re.findall(rb"\r(?!\n)|(?<!\r)\n", raw)),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        print(json.dumps(read(file.read()), ensure_ascii=False))
