"""aiohttp and a legacy chat server on one loop: a page in a real browser posts into the room, and listens."""

import os
import shutil
import socket

import pytest

pytest.importorskip("aiohttp", reason="aiohttp is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Telnet:
    """A member of the room at a terminal."""

    def __init__(self, where, name):
        host, port = where.split()
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.lines = self.socket.makefile("r", encoding="utf-8", newline="\r\n")
        assert self.hears() == "your name?"
        self.says(name)
        assert self.hears() == f"{name} is here"

    def says(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def hears(self):
        return self.lines.readline().rstrip("\r\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium, or put Chrome on PATH")
def test_a_page_posts_into_the_room_and_shows_what_it_says(example, tmp_path):
    program = example("chat_and_web.py", "127.0.0.1", 0, 0)
    chat, url = program.line("chat: "), program.line("web: ")
    with Telnet(chat, "ann") as ann, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=BROWSER, headless=True, args=FLAGS
        )
        try:
            page = browser.new_page()
            problems = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(f"{url}?name=bob")
            said = page.locator("#said li")
            playwright.expect(said).to_have_text(["bob is here"])
            assert ann.hears() == "bob is here"

            ann.says("hello, browser <b>&amp;</b> \u2603")
            playwright.expect(said.last).to_have_text("ann: hello, browser <b>&amp;</b> \u2603")
            assert ann.hears() == "ann: hello, browser <b>&amp;</b> \u2603"

            page.get_by_label("What do you say?").fill("hello, telnet")
            page.get_by_role("button", name="Say").click()
            assert ann.hears() == "bob: hello, telnet"
            playwright.expect(said.last).to_have_text("bob: hello, telnet")

            with Telnet(chat, "carl") as carl:
                carl.says("/quit")
                assert carl.hears() == "bye"
            playwright.expect(said.last).to_have_text("carl is gone")
            assert not problems
            if os.environ.get("SCREENSHOT"):  # to be looked at
                page.screenshot(path=os.environ["SCREENSHOT"])
            page.close()
            assert [ann.hears() for _ in range(3)] == ["carl is here", "carl is gone", "bob is gone"]
        finally:
            browser.close()


def test_the_room_without_a_browser(example):
    """The chat half is a legacy server like any other."""
    program = example("chat_and_web.py", "127.0.0.1", 0, 0)
    with Telnet(program.line("chat: "), "ann") as ann:
        ann.says("anybody?")
        assert ann.hears() == "ann: anybody?"
        ann.says("/quit")
        assert ann.hears() == "bye"
        assert ann.hears() == ""
