"""Postfix, for one test: a real MTA as the relay, with STARTTLS and AUTH PLAIN, in a folder of its own.

    postfix_server.py ROOT FOLDER CERTIFICATE KEY USER PASSWORD

ROOT is where Debian's package is unpacked. It listens on a free port of 127.0.0.1, takes mail for example.com from whom has
logged in, and delivers it. Standard output has a line of JSON for each thing that happens: first {"port": …}, then {"file"}
for each mail that was delivered. It ends when its standard input does, and after five minutes anyway. Postfix's master runs as
root only: anybody else needs a sudo that does not ask.
"""

import base64
import json
import os
import pathlib
import pwd
import select
import shutil
import socket
import subprocess
import sys
import threading
import time

LIFETIME = 300
OWNER, GROUP, NOBODY = "mail", "daemon", "nobody"
QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace".split()
SERVICES = """\
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""
SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = {root}/usr/lib/postfix/sbin
command_directory = {root}/usr/sbin
shlib_directory = {root}/usr/lib/postfix
meta_directory = {root}/etc/postfix
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
export_environment = MAIL_CONFIG LD_LIBRARY_PATH
mail_owner = {owner}
setgid_group = {group}
default_privs = {nobody}
myhostname = relay.test
mydestination =
local_recipient_maps =
alias_maps =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{login}
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""


def say(**fact):
    print(json.dumps(fact), flush=True)


def listener():
    server = socket.create_server(("127.0.0.1", 0))
    return server, server.getsockname()[1]


def check_logins(server, user, password):
    """Answers Postfix as Dovecot would (its authentication protocol, version 1.2)."""
    wanted = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    while True:
        connection, _ = server.accept()
        threading.Thread(target=answer, args=(connection, wanted, user), daemon=True).start()


def answer(connection, wanted, user):
    hello = "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t" + "0" * 32 + "\nDONE\n"
    connection.sendall(hello.encode())
    for line in connection.makefile():
        verb, *fields = line.rstrip("\n").split("\t")
        if verb == "AUTH":
            right = f"resp={wanted}" in fields
            reply = f"OK\t{fields[0]}\tuser={user}\n" if right else f"FAIL\t{fields[0]}\tuser={user}\n"
            connection.sendall(reply.encode())


def lay_out(folder, root, certificate, key, port, login):
    nobody = pwd.getpwnam(NOBODY)
    folder.chmod(0o755)
    for name in ["conf", "data", "mail", "spool", "spool/pid", "spool/public", "spool/maildrop"]:
        (folder / name).mkdir()
    for name in QUEUES:
        (folder / "spool" / name).mkdir(mode=0o700)
        shutil.chown(folder / "spool" / name, OWNER)
    for name, mode in [("public", 0o710), ("maildrop", 0o730)]:
        shutil.chown(folder / "spool" / name, OWNER, GROUP)
        (folder / "spool" / name).chmod(mode)
    shutil.chown(folder / "data", OWNER)
    shutil.chown(folder / "mail", NOBODY)
    facts = dict(folder=folder, root=root, certificate=certificate, key=key, login=login, uid=nobody.pw_uid, gid=nobody.pw_gid)
    settings = SETTINGS.format(owner=OWNER, group=GROUP, nobody=NOBODY, **facts)
    (folder / "conf" / "main.cf").write_text(settings)
    (folder / "conf" / "master.cf").write_text(SERVICES.format(port=port))


def greets(port):
    """Whether Postfix is there: a port that nobody listens on may be answered by the very socket that asks."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            return probe.recv(4) == b"220 "
    except OSError:
        return False


def watch(folder, until, process):
    known = set()
    while time.monotonic() < until and process.poll() is None:
        for file in sorted((folder / "mail").glob("**/new/*")):
            if file not in known:
                known.add(file)
                file.chmod(0o644)
                say(file=str(file))
        if select.select([sys.stdin], [], [], 0.05)[0] and not sys.stdin.read(1):
            return


def main(root, folder, certificate, key, user, password):
    folder = pathlib.Path(folder) / "postfix"
    folder.mkdir()
    folder.parent.chmod(0o755)
    logins, login = listener()
    threading.Thread(target=check_logins, args=(logins, user, password), daemon=True).start()
    free, port = listener()
    free.close()
    lay_out(folder, root, certificate, key, port, login)
    environment = {
        "MAIL_CONFIG": str(folder / "conf"),
        "LD_LIBRARY_PATH": f"{root}/usr/lib/postfix",
        "PATH": os.environ["PATH"],
    }
    master = f"{root}/usr/lib/postfix/sbin/master"
    process = subprocess.Popen([master, "-c", str(folder / "conf"), "-d"], env=environment, stdin=subprocess.DEVNULL)
    until = time.monotonic() + LIFETIME
    try:
        while not greets(port):
            if process.poll() is not None:
                sys.exit(f"Postfix ended: {process.returncode}")
            time.sleep(0.05)
        say(port=port)
        watch(folder, until, process)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        os.execvp("sudo", ["sudo", "-n", sys.executable, *sys.argv])
    main(*sys.argv[1:])
