"""How all our services are run."""
import asyncio


def serve(serving):
    """Serve until everything has been closed."""
    asyncio.run(serving)
