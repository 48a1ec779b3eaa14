r"""Testing legacy classes: a conversation in memory that reads like a transcript, and servers in a thread.

    from asyncore_bridge.testing import Conversation

    with Conversation(Session) as client:
        client.hears(b"220 ready\\r\\n")
        client.says(b"QUIT\\r\\n")
        client.hears(b"221 bye\\r\\n")
        client.is_hung_up_on()

pytest finds the fixtures ``conversation`` and ``legacy_server`` by itself (``asyncore_bridge.testing.plugin``).
"""

from ._conversation import Conversation
from ._memory import MemoryTransport, memory_pair

__all__ = ["Conversation", "MemoryTransport", "memory_pair"]
