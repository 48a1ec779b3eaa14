"""``python -m asyncore_bridge``: programs run as they are, and errors in one message."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import oracle

BRIDGE = Path(__file__).resolve().parents[2] / "bridge"

PROGRAM = """
import asynchat, asyncore, os, socket, sys
from helper import NAME

class Greeter(asynchat.async_chat):
    def __init__(self, sock):
        asynchat.async_chat.__init__(self, sock)
        self.set_terminator(None)
        self.push(b"hello from " + NAME)
        self.close_when_done()

class Server(asyncore.dispatcher):
    def __init__(self, port):
        asyncore.dispatcher.__init__(self)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.bind(("127.0.0.1", port))
        self.listen(1)

    def handle_accepted(self, sock, addr):
        self.close()
        Greeter(sock)

server = Server(int(sys.argv[1]))
print(__name__, sys.argv[1:], os.path.basename(sys.argv[0]), server.socket.getsockname()[1], flush=True)
asyncore.loop()
sys.exit(7)
"""


@pytest.fixture
def program(tmp_path):
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "helper.py").write_text("NAME = b'helper'\n")
    (folder / "program.py").write_text(PROGRAM)
    return folder / "program.py"


def environment():
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**clean, "PYTHONPATH": str(BRIDGE), "PYTHONDONTWRITEBYTECODE": "1"}


def start(*args, python=sys.executable, cwd=None):
    return subprocess.Popen(
        [python, "-m", "asyncore_bridge", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment(),
    )


def finish(process):
    with process:
        out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def greet(process):
    line = process.stdout.readline()
    assert line, process.stderr.read()
    with socket.create_connection(("127.0.0.1", int(line.split()[-1])), timeout=10) as client:
        assert client.makefile("rb").read() == b"hello from helper"
    return line


@pytest.mark.parametrize("minor", [(3, 9), (3, 10), (3, 11), (3, 12), (3, 13)], ids="{0[0]}.{0[1]}".format)
def test_a_program_runs_unmodified_on_every_python(program, minor):
    python = oracle.available().get(minor)
    if python is None:
        pytest.skip("no such Python here")
    process = start(program, 0, "--option", python=python.executable)
    assert greet(process).startswith("__main__ ['0', '--option'] program.py ")
    assert finish(process) == (7, "", "")


def test_a_module(program):
    process = start("-m", "program", 0, cwd=program.parent)
    assert greet(process).startswith("__main__ ['0'] program.py ")
    assert finish(process)[0] == 7


def test_a_directory(program):
    program.rename(program.with_name("__main__.py"))
    process = start(program.parent, 0)
    greet(process)
    assert finish(process)[0] == 7


def test_a_console_script(program, tmp_path, monkeypatch):
    scripts = tmp_path / "bin"
    scripts.mkdir()
    script = scripts / "greeter"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(program.parent)!r})\nimport program\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(scripts), prepend=os.pathsep)
    process = start("greeter", 0)
    assert greet(process).startswith("program ['0'] greeter ")
    finish(process)


COMMAND = """
def main():
    print(sys.argv[1:], flush=True)
    server = Server(int(sys.argv[1]))
    print(__name__, os.path.basename(sys.argv[0]), server.socket.getsockname()[1], flush=True)
    asyncore.loop()
    return 7
"""


def installed_command(folder):
    """Install a distribution with a command into an environment in *folder*, as pip does; return its Python."""
    classes = PROGRAM[: PROGRAM.index("server =")].replace("from helper import NAME", "NAME = b'helper'")
    files = {
        "greeting.py": classes + COMMAND,
        "greeter-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n",
        "greeter-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "greeter-1.0.dist-info/entry_points.txt": "[console_scripts]\ngreeter = greeting:main\n",
        "greeter-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(folder / "greeter-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    home = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-index", wheel.filename], check=True)
    return python


def test_an_installed_command_is_found_beside_its_python(tmp_path):
    """Its environment need not be activated."""
    process = start("greeter", 0, "--option", python=installed_command(tmp_path))
    assert process.stdout.readline() == "['0', '--option']\n"
    assert greet(process).startswith("greeting greeter ")
    assert finish(process) == (7, "", "")


@pytest.mark.skipif(os.name == "nt", reason="there are no such scripts")
def test_a_command_in_a_long_directory(program, tmp_path, monkeypatch):
    """The system does not take long paths after #!, so pip goes through the shell."""
    script = tmp_path / "greeter"
    script.write_text(
        f"#!/bin/sh\n'''exec' {sys.executable} \"$0\" \"$@\"\n' '''\n"
        f"import sys\nsys.path.insert(0, {str(program.parent)!r})\nimport program\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    process = start("greeter", 0)
    assert greet(process).startswith("program ['0'] greeter ")
    finish(process)


def test_a_command_that_is_a_launcher_is_run_by_its_entry_point(tmp_path, monkeypatch):
    """As on Windows, where commands are programs that start Python."""
    site = tmp_path / "site"
    about = site / "greeter-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[console_scripts]\ngreeter = greeting:main\n")
    (site / "greeting.py").write_text(
        "import sys\ndef main():\n    import asyncore\n    print(sys.argv[1:])\n    return 7\n"
    )
    launcher = tmp_path / "greeter"
    launcher.write_bytes(b"MZ, and so on")
    launcher.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    code = (
        f"import sys; sys.path.append({str(site)!r}); from asyncore_bridge.__main__ import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "greeter", "-x"], capture_output=True, text=True, env=environment()
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "['-x']\n", "")


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_the_old_command_line_of_smtpd():
    """``python -m smtpd -c DebuggingServer`` of the tutorials, on the newest Python."""
    newest = max(oracle.available().items())[1]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start(
        *("-m", "smtpd", "-n", "-d", "-c", "DebuggingServer", f"127.0.0.1:{port}"), python=newest.executable
    )
    said = process.stderr.readline()
    assert said.startswith("DebuggingServer started at "), said + process.stderr.read()
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("a@example.com", ["b@example.com"], "Subject: hello\n\nA letter.\n")
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert "b'A letter.'" in out
    assert "Traceback" not in err
    assert code == 0


def test_children_that_multiprocessing_spawns_have_the_modules(tmp_path):
    program = tmp_path / "spawns.py"
    program.write_text(
        "import multiprocessing, sys\n"
        "def child(queue):\n"
        "    import asynchat, asyncore\n"
        "    queue.put(asynchat.async_chat.__name__)\n"
        "if __name__ == '__main__':\n"
        "    import asyncore\n"
        "    context = multiprocessing.get_context('spawn')\n"
        "    queue = context.SimpleQueue()\n"
        "    process = context.Process(target=child, args=(queue,))\n"
        "    process.start()\n"
        "    process.join()\n"
        "    print(process.exitcode, queue.get() if not process.exitcode else '')\n"
    )
    newest = max(oracle.available().items())[1]
    assert finish(start(program, python=newest.executable))[:2] == (0, "0 async_chat\n")


def test_help_and_version():
    code, out, err = finish(start("--help"))
    assert (code, err) == (0, "")
    assert "usage: python -m asyncore_bridge PROGRAM.py" in out
    code, out, err = finish(start("-V"))
    assert (code, out.split()[0]) == (0, "asyncore-bridge")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "nothing to run"),
        (["no/such/file.py"], "there is no file or command 'no/such/file.py'"),
        (["no-such-command"], "there is no file or command 'no-such-command'"),
        (["-m"], "-m needs the name of a module"),
        (["-m", "no_such_module"], "there is no module named 'no_such_module'"),
        (["-m", "no_such.module"], "cannot import 'no_such.module'"),
        (["-x", "prog.py"], "unknown option -x"),
        (["-m", "json.encoder.no"], "cannot import 'json.encoder.no'"),
        (["-m", "xml"], "'xml' is a package without a __main__ module"),
        (["true"], "is not a Python script"),
        ([str(Path(__file__).parent)], "there is no __main__.py in the directory"),
    ],
)
def test_one_message_for_what_cannot_be_run(args, message):
    code, out, err = finish(start(*args))
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_port_in_use_is_one_message(program):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = finish(start(program, port))
    assert (code, out) == (1, "")
    assert f"cannot use ('127.0.0.1', {port}): Address already in use (program.py, line 16)" in err
    assert "Traceback" not in err


def test_other_errors_of_the_program_are_shown_as_python_shows_them(tmp_path):
    program = tmp_path / "broken.py"
    program.write_text("import asyncore\nraise LookupError('mine')\n")
    code, _, err = finish(start(program))
    assert code == 1
    first, frame, *_, last = err.strip().splitlines()
    assert (first, last) == ("Traceback (most recent call last):", "LookupError: mine")
    assert frame == f'  File "{program}", line 2, in <module>'


def run_source(tmp_path, source, *args, **options):
    program = tmp_path / "program.py"
    program.write_text(source)
    return finish(start(program.name, *args, cwd=tmp_path, **options))


def test_a_program_sees_of_itself_what_python_shows(tmp_path):
    """A relative path on the command line, an absolute one in the program: it finds itself after chdir()."""
    source = (
        "import asyncore, os, sys\n"
        "os.chdir('/')\n"
        "print(__file__, sys.argv[0], __name__, __package__, __spec__, __annotations__, __doc__)\n"
        "print(sys.modules['__main__'].__dict__ is globals(), type(__builtins__).__name__, end=' ')\n"
        "print(type(__loader__).__name__)\n"
        "def f(): pass\n"
        "print(f.__code__.co_filename, f.__module__, open(__file__).readline().strip())\n"
    )
    (tmp_path / "program.py").write_text(source)
    code, out, err = run_source(tmp_path, source)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{tmp_path / 'program.py'} program.py __main__ None None {{}} None",
        "True module SourceFileLoader",
        f"{tmp_path / 'program.py'} __main__ import asyncore, os, sys",
    ]
    if sys.version_info < (3, 12):
        command = [sys.executable, "-W", "ignore", "program.py"]
        plain = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert out == plain.stdout


def test_a_zip_file_finds_its_modules_after_chdir(tmp_path):
    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as app:
        app.writestr("__main__.py", "import asyncore, os\nos.chdir('/')\nimport late\n")
        app.writestr("late.py", "print('found')\n")
    assert finish(start("app.pyz", cwd=tmp_path)) == (0, "found\n", "")


@pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="no /dev/stdin")
def test_a_program_on_standard_input(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "asyncore_bridge", "/dev/stdin"],
        input="import asyncore\nprint('read')\n",
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "read\n", "")


def test_the_programs_own_hook_is_told_of_its_own_frames(tmp_path):
    code, out, err = run_source(
        tmp_path,
        "import asyncore, sys\n"
        "def hook(kind, exc, tb):\n"
        "    print(kind.__name__, exc, tb.tb_lineno, tb.tb_next, exc.__traceback__ is tb)\n"
        "sys.excepthook = hook\n"
        "raise LookupError('mine')\n",
    )
    assert (code, out, err) == (1, "LookupError mine 5 None True\n", "")


def test_the_programs_own_hook_is_told_of_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, _ = run_source(
            tmp_path,
            "import asyncore, sys\n"
            "sys.excepthook = lambda kind, exc, tb: print(kind.__name__, exc.errno)\n"
            "d = asyncore.dispatcher()\n"
            "d.create_socket()\n"
            f"d.bind(('127.0.0.1', {taken.getsockname()[1]}))\n",
        )
    assert code == 1
    assert out.startswith("OSError ")


def test_a_syntax_error_is_shown_as_python_shows_it(tmp_path):
    code, out, err = run_source(tmp_path, "import asyncore\nx = = 1\n")
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == f'  File "{tmp_path / "program.py"}", line 2'
    assert err.splitlines()[-1].startswith("SyntaxError: ")
