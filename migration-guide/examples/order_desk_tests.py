"""Tests of old classes, from blocking code: pytest finds both fixtures by itself.

pip install pytest
python -m pytest order_desk_tests.py
"""

import socket

import asyncore_bridge

asyncore_bridge.install()

from legacy.chat import ChatServer, Room  # noqa: E402  (after install(), since they import asyncore)
from legacy.orders import OrderDesk  # noqa: E402


def test_a_conversation_in_memory(conversation):
    client = conversation(OrderDesk)
    client.hears(b"200 order desk\r\n")
    client.says(b"price tea\r\nprice pie\r\n")
    client.hears(b"210 tea costs 3\r\n404 we have none\r\n")
    client.says(b"quit\r\n", pieces=1)
    client.hears(b"221 bye\r\n")
    client.is_hung_up_on()


def test_a_server_in_a_thread(legacy_server):
    address = legacy_server(ChatServer, "127.0.0.1", 0, Room())
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"ann\r\nanybody?\r\n/quit\r\n")
        heard = client.makefile("rb").read()
    assert heard == b"your name?\r\nann is here\r\nann: anybody?\r\nbye\r\n"
