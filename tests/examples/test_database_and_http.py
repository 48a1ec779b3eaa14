"""A legacy command handler that asks aiosqlite and an aiohttp server, and pushes the answers in order."""

import asyncio
import socket
import sqlite3

import pytest

web = pytest.importorskip("aiohttp.web", reason="aiohttp is not installed")
pytest.importorskip("aiosqlite", reason="aiosqlite is not installed")


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "prices.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table prices (article text, price real)")
        connection.executemany("insert into prices values (?, ?)", [("tea", 3), ("cake", 5)])
    connection.close()
    return path


async def ask(port, questions):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(questions)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer.decode("latin-1").splitlines()


@pytest.mark.parametrize("pieces", [1, 1000])
async def test_answers_come_in_order(example, database, pieces):
    asked = []

    async def rate(request):
        currency = request.query["currency"]
        asked.append(currency)
        if currency == "XXX":
            raise web.HTTPNotFound(text="no such currency")
        await asyncio.sleep(0.05 if currency == "GBP" else 0)  # the slow one is asked first
        return web.Response(text={"GBP": "0.85", "EUR": "1"}[currency])

    app = web.Application()
    app.add_routes([web.get("/rate", rate)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/rate"
        program = example("database_and_http.py", database, url, 0)
        port = int(await asyncio.get_running_loop().run_in_executor(None, program.line, "orders: "))
        questions = b"price tea GBP\r\nprice cake\r\nprice pie\r\nprice tea XXX\r\nhello\r\nquit\r\n"
        assert await ask(port, questions) == [
            "200 order desk",
            "210 tea costs 2.55 GBP",
            "210 cake costs 5.00 EUR",
            "404 we have none",
            "550 ValueError",
            "500 what?",
            "221 bye",
        ]
        assert asked == ["GBP", "EUR", "XXX"]
    finally:
        await runner.cleanup()


def test_a_client_that_leaves_cancels_its_question(example, database):
    """Its connection breaks while the HTTP service keeps it waiting: the service sees the request end."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        url = f"http://127.0.0.1:{service.getsockname()[1]}/"
        port = int(example("database_and_http.py", database, url, 0).line("orders: "))
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(b"price tea\r\n")
            service.settimeout(20)
            request, _ = service.accept()
            request.settimeout(20)
            assert request.recv(4096).startswith(b"GET /?currency=EUR")
            # nothing is read while the question is open, so only the reset is noticed, by the answer
            client.shutdown(socket.SHUT_RDWR)
        request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1")
        assert request.recv(4096) == b""
        request.close()
