"""Serve a directory with pyftpdlib, on the bridge's asyncore and asynchat.  Usage: ftp_server.py DIRECTORY"""

import logging
import sys

import asyncore_bridge
from asyncore_bridge import asynchat, asyncore

asyncore_bridge.install()
# pyftpdlib carries its own copies of the two modules for Pythons that lost them
sys.modules["pyftpdlib._asyncore"] = asyncore
sys.modules["pyftpdlib._asynchat"] = asynchat

from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.handlers import FTPHandler  # noqa: E402
from pyftpdlib.servers import FTPServer  # noqa: E402

assert issubclass(FTPHandler, asynchat.async_chat)

logging.disable(logging.INFO)
authorizer = DummyAuthorizer()
authorizer.add_anonymous(sys.argv[1])
FTPHandler.authorizer = authorizer
server = FTPServer(("127.0.0.1", 0), FTPHandler)
print("FTP on port", server.address[1], flush=True)
server.serve_forever()
