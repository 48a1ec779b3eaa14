"""The examples that need nothing but the bridge."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import trustme

EXAMPLES = Path(__file__).resolve().parents[2] / "migration-guide" / "examples"
DESK = "200 order desk / 210 tea costs 3 / 221 bye"


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets and pipes")
def test_every_transport(example, tmp_path):
    certificate = trustme.CA()
    server = certificate.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    for blob in server.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    certificate.cert_pem.write_to_path(chain, append=True)
    server.private_key_pem.write_to_path(key)
    assert example("every_transport.py", chain, key).ends().splitlines() == [
        f"tcp: {DESK}",
        f"tls: {DESK}",
        f"unix: {DESK}",
        f"pair: {DESK}",
        "pipe: 200 order desk",
        "pipe: 210 cake costs 5",
    ]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_orderly_shutdown(example):
    program = example("orderly_shutdown.py", 0)
    port = int(program.line("orders: "))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client, client.makefile("rb") as lines:
        assert lines.readline() == b"200 order desk\r\n"
        client.sendall(b"price tea\r\n")
        assert lines.readline() == b"210 tea costs 3\r\n"
        program.process.terminate()
        assert lines.read() == b"421 closing down\r\n"
    assert program.ends() == "ended: 1 told, 0 left\n"


def test_the_tests_of_old_classes(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "examples")  # away from this project's own conftest.py
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    done = subprocess.run(
        [*command, "order_desk_tests.py"],
        cwd=tmp_path / "examples",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_seeing_inside(example):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        status_port = probe.getsockname()[1]
    program = example("seeing_inside.py", 0, status_port)
    port = int(program.line("orders: "))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client, client.makefile("rb") as lines:
        assert lines.readline() == b"200 order desk\r\n"
        client.sendall(b"block\r\n")
        assert lines.readline() == b"200 done\r\n"
        assert "Desk" in program.line("WARNING <")  # took so long
        client.sendall(b"price tea\r\nwait\r\n")
        assert lines.readline() == b"210 tea costs 3\r\n"
        # the answer to "price" goes out before "wait" is looked at, in the same turn of the loop
        with urllib.request.urlopen(f"http://127.0.0.1:{status_port}/metrics", timeout=20) as answer:
            said = answer.read().decode()
    assert 'asyncore_bridge_live{class="__main__.Desk"} 1' in said
    assert 'asyncore_bridge_bytes_in_total{class="__main__.Desk"} 24' in said
    assert "# task Desk: Desk.wait" in said
    assert "# channel <__main__.Desk connected 127.0.0.1:" in said
