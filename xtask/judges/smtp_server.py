"""A mail relay that is not ours (aiosmtpd), for one test.

    smtp_server.py starttls|tls|plain FOLDER [CERTIFICATE KEY] [USER PASSWORD]

It listens on a free port of 127.0.0.1 and keeps each message as FOLDER/0001.eml, 0002.eml, …, byte for
byte as it came. Standard output has a line of JSON for each thing that happens: first {"port": …}, then
{"file", "from", "to", "encrypted", "user"} for each message. With USER and PASSWORD nothing is taken
without AUTH (LOGIN or PLAIN); with `starttls` nothing is taken, nor AUTH offered, before STARTTLS.
It ends when its standard input does, so that it cannot outlive the test, and after five minutes anyway.
"""

import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

LIFETIME = 300


def say(**fact):
    print(json.dumps(fact), flush=True)


class Keep:
    def __init__(self, folder, implicit_tls):
        self.folder = folder
        self.implicit_tls = implicit_tls
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        file = self.folder / f"{self.count:04}.eml"
        file.write_bytes(envelope.original_content)
        say(
            file=str(file),
            **{"from": envelope.mail_from},
            to=envelope.rcpt_tos,
            encrypted=self.implicit_tls or session.ssl is not None,
            user=session.auth_data,
        )
        return f"250 kept as {file.name}"


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        given = isinstance(data, LoginPassword) and (data.login, data.password)
        if given == (user.encode(), password.encode()):
            return AuthResult(success=True, auth_data=user)
        return AuthResult(success=False, handled=False)

    return check


async def serve(mode, folder, context, login):
    keep = Keep(folder, implicit_tls=mode == "tls")
    options = {
        "hostname": "relay.test",
        "tls_context": context if mode == "starttls" else None,
        "require_starttls": mode == "starttls",
        # aiosmtpd does not see TLS that was there from the first byte.
        "auth_require_tls": mode == "starttls",
    }
    if login:
        options |= {"authenticator": authenticator(*login), "auth_required": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keep, **options), "127.0.0.1", 0, ssl=context if mode == "tls" else None
    )
    say(port=server.sockets[0].getsockname()[1])
    # A read in a thread of the executor would hold the exit up.
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await asyncio.wait_for(reader.read(), LIFETIME)


def main(mode, folder, *rest):
    if mode not in ("starttls", "tls", "plain"):
        sys.exit(__doc__)
    context = None
    if mode != "plain":
        certificate, key, *rest = rest
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    asyncio.run(serve(mode, pathlib.Path(folder), context, rest))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
