"""The class of a legacy server over asyncio transports.  Usage: served.py MODULE [OPTION ...]"""

import asyncio
import importlib
import sys
from pathlib import Path

import asyncore_bridge

asyncore_bridge.install()
sys.path.insert(0, str(Path(__file__).parent))


async def main():
    make = importlib.import_module(sys.argv[1]).choose()
    async with asyncore_bridge.serve(make, "127.0.0.1", 0, backlog=4096) as server:
        print(server.port, flush=True)
        await server.serve_forever()


asyncio.run(main())
