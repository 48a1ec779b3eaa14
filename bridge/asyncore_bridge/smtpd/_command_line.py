"""The old command line: ``python -m asyncore_bridge -m smtpd [options] [localhost:port [remotehost:port]]``."""

from __future__ import annotations

import getopt
import importlib
import os
import sys
from typing import Any, NoReturn

from asyncore_bridge import asyncore, smtpd

USAGE = """An SMTP server (RFC 5321) for debugging and proxying.

Usage: {program} [options] [localhost:localport [remotehost:remoteport]]

Options:

    -n, --nosetuid         do not become the user "nobody" after binding the port
    -c, --class CLASSNAME  the server class: PureProxy (the default), DebuggingServer, or module.Class
    -s, --size LIMIT       the longest message in bytes, by the SIZE extension (33554432 by default)
    -u, --smtputf8         support the SMTPUTF8 extension (RFC 6531)
    -d, --debug            print what happens to stderr
    -V, --version          print the version and leave
    -h, --help             print this and leave

Version: {version}

localhost:localport is localhost:8025 by default, remotehost:remoteport is localhost:25.
"""


class Options:
    """What the command line asks for."""

    setuid = True
    classname = "PureProxy"
    size_limit: int | None = None
    enable_SMTPUTF8 = False
    localhost: str
    localport: int
    remotehost: str
    remoteport: int


def usage(code: int, msg: object = "") -> NoReturn:
    """Print how to use this, and *msg*, to stderr; leave with the exit status *code*."""
    print(USAGE.format(program=smtpd.program, version=smtpd.__version__), file=sys.stderr)
    if msg:
        print(msg, file=sys.stderr)
    sys.exit(code)


def parseargs() -> Options:
    """Return the options in ``sys.argv``; leave with a message if they are wrong."""
    try:
        found, args = getopt.getopt(
            sys.argv[1:],
            "nVhc:s:du",
            ["class=", "nosetuid", "version", "help", "size=", "debug", "smtputf8"],
        )
    except getopt.error as exc:
        usage(1, exc)
    options = Options()
    for name, value in found:
        _take(options, name, value)
    if len(args) > 2:
        usage(1, f"Invalid arguments: {smtpd.COMMASPACE.join(args)}")
    specs = [*args, *("localhost:8025", "localhost:25")[len(args) :]]
    options.localhost, options.localport = _split(specs[0], "local")
    options.remotehost, options.remoteport = _split(specs[1], "remote")
    return options


def _take(options: Options, name: str, value: str) -> None:
    if name in ("-h", "--help"):
        usage(0)
    elif name in ("-V", "--version"):
        print(smtpd.__version__)
        sys.exit(0)
    elif name in ("-n", "--nosetuid"):
        options.setuid = False
    elif name in ("-c", "--class"):
        options.classname = value
    elif name in ("-d", "--debug"):
        smtpd.DEBUGSTREAM = sys.stderr
    elif name in ("-u", "--smtputf8"):
        options.enable_SMTPUTF8 = True
    elif name in ("-s", "--size"):
        try:
            options.size_limit = int(value)
        except ValueError:
            sys.exit(f"Invalid size: {value}")


def _split(spec: str, which: str) -> tuple[str, int]:
    host, colon, port = spec.partition(":")
    if not colon:
        usage(1, f"Bad {which} spec: {spec}")
    try:
        return host, int(port)
    except ValueError:
        usage(1, f"Bad {which} port: {spec}")


def main() -> None:
    """Serve until interrupted."""
    options = parseargs()
    module, _, name = options.classname.rpartition(".")
    try:
        server_class: Any = getattr(importlib.import_module(module) if module else smtpd, name)
    except (ImportError, AttributeError):
        sys.exit(f"there is no server class {options.classname!r}")
    server_class(
        (options.localhost, options.localport),
        (options.remotehost, options.remoteport),
        options.size_limit,
        enable_SMTPUTF8=options.enable_SMTPUTF8,
    )
    if options.setuid:
        _become_nobody()
    try:
        asyncore.loop()
    except KeyboardInterrupt:
        pass


def _become_nobody() -> None:
    try:
        import pwd  # noqa: PLC0415  (Unix only)
    except ImportError:
        sys.exit('Cannot import module "pwd"; try running with -n option.')
    try:
        os.setuid(pwd.getpwnam("nobody")[2])
    except PermissionError:
        sys.exit('Cannot setuid "nobody"; try running with -n option.')
