"""How all our services are run."""
import asyncore


def serve():
    """Serve until everything has been closed."""
    try:
        asyncore.loop(timeout=1, use_poll=True)
    except KeyboardInterrupt:
        asyncore.close_all()
    print("closed")
