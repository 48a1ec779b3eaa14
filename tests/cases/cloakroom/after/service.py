"""How all our services are run."""
import asyncio


def serve(serving):
    """Serve until everything has been closed."""
    try:
        asyncio.run(serving)
    except KeyboardInterrupt:
        pass
    print("closed")
