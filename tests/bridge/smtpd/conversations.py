"""What is said to the servers: conversations about one thing each, and random ones."""

import random

MAIL = "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"
HELLO = "EHLO me\r\n" + MAIL
BYE = "\r\n.\r\nNOOP\r\nQUIT\r\n"
GREEK = "\u03b1\u03b2\u03b3".encode().decode("latin-1")

ABOUT = {
    "pipelining": ("Keeps", {}, HELLO + "Subject: 1\r\n\r\none\r\n.\r\n" + MAIL + "two" + BYE),
    "dots": ("Keeps", {}, HELLO + "..\r\n...\r\n.. \r\na.\r\n.b\r\n\r\n" + BYE),
    "no message at all": ("Keeps", {}, HELLO + ".\r\n\r\n.\r\nQUIT\r\n"),
    "too long a command": ("Keeps", {}, "HELO me\r\n" + "NOOP " + "x" * 600 + "\r\n" + "y" * 512 + "\r\n" + MAIL),
    "longer commands by extension": (
        "Keeps",
        {"enable_SMTPUTF8": True},
        f"EHLO me\r\nMAIL FROM:<{'a' * 510}@x> SIZE=5\r\nMAIL FROM:<{'a' * 560}@x>\r\nRCPT TO:<{'a' * 510}@x>\r\n",
    ),
    "too much data: the channel stays in DATA": ("Keeps", {"data_size_limit": 20}, HELLO + "z" * 30 + BYE + MAIL),
    "just as much as allowed": ("Keeps", {"data_size_limit": 20}, HELLO + "z" * 20 + BYE),
    "SIZE": ("Keeps", {"data_size_limit": 99}, "EHLO me\r\n" + "MAIL FROM:<a@x> SIZE=100\r\n" * 2 + MAIL),
    "no limit": ("Keeps", {"data_size_limit": 0}, HELLO + "z" * 70_000 + BYE),
    "no limit either": ("Keeps", {"data_size_limit": None}, HELLO + "z" * 700 + BYE),
    "RSET": ("Keeps", {}, "EHLO me\r\n" + MAIL[:-6] + "RSET\r\nDATA\r\nRSET x\r\nRSET\r\n" + MAIL + "x" + BYE),
    "text": ("Keeps", {"decode_data": True}, HELLO + f"Subject: {GREEK}\r\n\r\n{GREEK}" + BYE),
    "bytes that are no text": ("Keeps", {}, HELLO + "\xff\xfe\x00\r\n" + BYE),
    "text that is none": ("Keeps", {"decode_data": True}, HELLO + "\xff\xfe\r\n" + BYE),
    "commands that are no text": ("Keeps", {}, "HELO \xff\r\nHELO me\r\n"),
    "SMTPUTF8": (
        "Keeps",
        {"enable_SMTPUTF8": True},
        f"EHLO me\r\nMAIL FROM:<{GREEK}@x> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<{GREEK}@y>\r\nDATA\r\n{GREEK}" + BYE,
    ),
    "answers in Greek": (
        "AnswersInGreek",
        {"enable_SMTPUTF8": True},
        "EHLO me\r\nMAIL FROM:<a@x> SMTPUTF8\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\n" + MAIL + "x" + BYE,
    ),
    "two modes at once": ("Keeps", {"enable_SMTPUTF8": True, "decode_data": True}, HELLO),
    "refused": ("Refuses", {}, HELLO + "x" + BYE),
    "an empty answer": ("AnswersNothing", {}, HELLO + "x" + BYE),
    "an answer in lines": ("AnswersManyLines", {}, HELLO + "x" + BYE),
    "an answer in bytes": ("AnswersBytes", {}, HELLO + "x" + BYE),
    "process_message raises": ("Raises", {}, HELLO + "x" + BYE),
    "an old signature": ("OldSignature", {}, HELLO + "x" + BYE),
    "an old signature, text": ("OldSignature", {"decode_data": True}, HELLO + "x" + BYE),
    "not implemented": ("NotImplemented_", {}, HELLO + "x" + BYE),
    "printed": ("Debugging", {}, HELLO + f"Subject: {GREEK}\r\n\r\n.. {GREEK}\r\n\r\nbye" + BYE),
    "printed text": ("Debugging", {"decode_data": True}, HELLO + "Subject: x\r\n\r\n.. hi\r\n\r\nbye" + BYE),
    "printed options": (
        "Debugging",
        {"enable_SMTPUTF8": True},
        "EHLO me\r\nMAIL FROM:<a@x> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<b@y>\r\nDATA\r\nno headers" + BYE,
    ),
    "private names": (
        "PrivateNames",
        {},
        HELLO + "x\r\n.\r\nXSTATE\r\n" + MAIL[:-6] + "XSTATE\r\nXRESET\r\nXSTATE\r\n",
    ),
    "close_when_done in a command": ("PrivateNames", {}, HELLO.replace("me", "slow") + "x" + BYE),
    "overridden verbs and helpers": (
        "StrictServer",
        {},
        "HELO me\r\nHELP\r\nMAIL FROM:{a@x}\r\nRCPT TO:<spam@y>\r\nRCPT TO:{b@y}\r\nDATA\r\nx\r\n.\r\nQUIT now\r\n",
    ),
    "channels made by hand": ("Accepts", {}, HELLO + "z" * 41 + BYE),
    "handle_accept": ("OldAccept", {}, HELLO + "x" + BYE),
    "a greeting added": ("GreetingServer", {}, HELLO + "x\r\n.\r\n" + MAIL + "x" + BYE),
    "lines ended in other ways": (
        "Keeps",
        {},
        "HELO me\nNOOP\n\r\nHELO me\rNOOP\r\n\r\n" + MAIL + "a\rb\nc\r\n.\n" + BYE,
    ),
    "the wrong order": (
        "Keeps",
        {},
        "DATA\r\nRCPT TO:<b@y>\r\n" + MAIL + "EHLO me\r\nDATA\r\n" + MAIL * 2 + "HELO me" + BYE,
    ),
}
"""Server, options, and everything that the client says."""

COMMANDS = [
    *("HELO me", "EHLO me", "EHLO", "HELO", "helo x y", "EHLO \xff", "EHLO slow"),
    *("MAIL FROM:<a@x>", "MAIL FROM:a@x", "mail from: <a@x>", "MAIL from:<>", "MAIL", "MAIL FROM:", "MAIL TO:<x>"),
    *(
        "MAIL FROM:<a@x> SIZE=100",
        "MAIL FROM:<a@x> SIZE=99999999",
        "MAIL FROM:<a@x> size=abc",
        "MAIL FROM:<a@x> SIZE=",
    ),
    *("MAIL FROM:<a@x> SIZE", "MAIL FROM:<a@x> BODY=8BITMIME SMTPUTF8", "MAIL FROM:<a@x> BODY=7BIT"),
    *("MAIL FROM:<a@x> BODY=BAD", "MAIL FROM:<a@x> SMTPUTF8=1", "MAIL FROM:<a@x> SMTPUTF8", "MAIL FROM:<a@x> X=Y"),
    *("MAIL FROM:<a@x> @@", "MAIL FROM:<a@x", 'MAIL FROM:<"a b"@x>', "MAIL FROM:<a@[127.0.0.1]>"),
    *("MAIL FROM:<@r1,@r2:a@x>", 'MAIL FROM:"q\\"x"@y', "MAIL FROM:<\xe9@x>", f"MAIL FROM:<{GREEK}@x> SMTPUTF8"),
    *("RCPT TO:<b@y>", "RCPT TO:b@y", "RCPT to: c@y", "RCPT", "RCPT TO:", "RCPT TO:<b@y> X=Y", "RCPT TO:<b@y> @"),
    *("RCPT TO:<spam@y>", "RCPT TO:{b@y}", "RCPT TO:<b", f"RCPT TO:<{GREEK}@x>", "RCPT TO:<>"),
    *("DATA", "DATA x", "data", "RSET", "RSET x", "NOOP", "NOOP x", "QUIT", "QUIT x", "EXPN", "EXPN list"),
    *("VRFY", "VRFY a@x", "VRFY  <a@x>", "VRFY @", f"VRFY {GREEK}@x", "HELP", "HELP MAIL", "HELP rcpt", "HELP BAD"),
    *("FOO", "FOO bar", "", "  ", "X" * 511, "X" * 513, f"MAIL FROM:<{'a' * 530}@x>", "NOOP " + "x" * 600),
    *("AUTH", "AUTH PLAIN x", "XSTATE", "XRESET", "\xff\xfe", "__init__", "QUIT\rNOOP", "NOOP\nNOOP"),
]
LINES = [
    "Subject: x",
    "",
    "hello",
    "..",
    "..dot",
    "...",
    ".x",
    GREEK,
    "\xff raw",
    "y" * 50,
    "\x00\x01",
    "a\rb\nc",
    " b ",
]
SERVERS = sorted({server for server, _, _ in ABOUT.values()} | {"SMTPServer"})


def whole(text):
    """Everything in one packet."""
    return [text]


def by_line(text):
    """As clients send it that wait for each answer."""
    return text.splitlines(keepends=True)


def by_byte(text):
    """As the network may deliver it."""
    return list(text) if len(text) < 2000 else [text[i : i + 997] for i in range(0, len(text), 997)]


def about_everything():
    """Return every conversation of ABOUT, cut in three ways, the client leaving in four."""
    ends = ("stay", "close", "reset", "half")
    return [
        {
            "server": server,
            "options": options,
            "chunks": cut(text),
            "end": end,
            "about": f"{about} ({cut.__name__})",
        }
        for number, (about, (server, options, text)) in enumerate(ABOUT.items())
        for turn, cut in enumerate((whole, by_line, by_byte))
        for end in {"stay", ends[(number + turn) % 4]}
    ]


def at_random(seed, count):
    """Return *count* conversations: sensible ones with something else thrown in."""
    choice = random.Random(seed)
    return [_conversation(choice) for _ in range(count)]


def _conversation(choice):
    lines = [choice.choice(["HELO me", "EHLO me", "EHLO me", *COMMANDS[:5]])]
    for _ in range(choice.randint(1, 8)):
        if choice.random() < 0.5:
            lines.append(choice.choice(COMMANDS))
            continue
        lines.append(choice.choice(["MAIL FROM:<a@x>", "MAIL FROM:<a@x> BODY=8BITMIME", choice.choice(COMMANDS)]))
        lines += [choice.choice(["RCPT TO:<b@y>", choice.choice(COMMANDS)]) for _ in range(choice.randint(1, 2))]
        lines += ["DATA", *(choice.choice(LINES) for _ in range(choice.randint(0, 5)))]
        lines += ["."] * (choice.random() < 0.9)
    lines += ["QUIT"] * (choice.random() < 0.3)
    text = "".join(line + ("\r\n" if choice.random() < 0.98 else choice.choice("\r\n")) for line in lines)
    return {
        "server": choice.choice(SERVERS),
        "options": choice.choice([{}, {"decode_data": True}, {"enable_SMTPUTF8": True}])
        | choice.choice([{}, {"data_size_limit": choice.choice([0, 20, 100, 300])}]),
        "chunks": list(_cut(choice, text)),
        "end": choice.choice(["stay", "close", "reset", "half"]),
        "about": f"at random: {text!r}",
    }


def _cut(choice, text):
    sizes = choice.choice([[len(text)], [1], [1, 2, 3, 10, 50, 200]])
    while text:
        size = choice.choice(sizes)
        yield text[:size]
        text = text[size:]
