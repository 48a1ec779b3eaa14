"""The test matrix: ``nox`` runs the suite on every Python that is here, then the static checks."""

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["tests", "lint"]

PYTHONS = ["3.9", "3.10", "3.11", "3.12", "3.13"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the suite on one Python."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session(python="3.11")
def generated(session: nox.Session) -> None:
    """Rewrite thousands of generated programs, and talk with them. Takes an hour or so; a number says how many."""
    many = session.posargs[0] if session.posargs else "1000"
    session.install("-e", ".[dev]")
    command = ("python", "-m", "pytest", "tests/codemods/test_generated_programs.py")
    session.run(*command, env={"GENERATED_PROGRAMS": many})


@nox.session
def lint(session: nox.Session) -> None:
    """Run ruff and mypy."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("mypy", "tests/typing")


@nox.session(python="3.11")
def survey(session: nox.Session) -> None:
    """Run the codemods over the real projects that tests/downstream pins. Downloads them."""
    session.install("-e", ".[dev]", "unearth")
    session.run("python", "-m", "downstream", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session(python="3.11")
def downstream(session: nox.Session) -> None:
    """Run real projects' own tests on the bridge and with the stdlib's modules, and adopt real copies."""
    session.install("-e", ".[dev]", "unearth")
    session.run("python", "-m", "downstream", "--bridge", *session.posargs, env={"PYTHONPATH": "tests"})
    session.run("python", "-m", "downstream", "--adopt", env={"PYTHONPATH": "tests"})
