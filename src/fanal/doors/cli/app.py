"""The `fanal` command: one file a subcommand, each with `register(app)`, none importing anything heavy to do so."""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from fanal.doors.cli.platform import Platform
from fanal.kit.errors import FanalError
from fanal.kit.faults import without_words

COMMANDS = (
    "demo",
    "fingerprint",
    "match",
    "text",
    "submit",
    "login",
    "check",
    "watch",
    "leads",
    "alerts",
    "registry",
    "case",
    "approvals",
    "visibility",
    "notice",
    "retention",
    "search",
    "catalogue",
    "agency",
    "log",
    "officer",
    "provider",
    "token",
    "serve",
    "worker",
    "techniques",
    "verify",
    "witness",
    "export",
    "migrate",
    "jobs",
)
FAILED, INTERRUPTED = 1, 130


def build() -> typer.Typer:
    """Return the command with all its subcommands."""
    app = typer.Typer(
        name="fanal",
        help="Find what seized pictures, videos and sound have in common with all that was ever submitted.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for command in COMMANDS:
        import_module(f"fanal.doors.cli.{command}").register(app)
    return app


def _root() -> None:
    """Find what seized pictures, videos and sound have in common with all that was ever submitted."""


def run(platform: Platform, arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 ok, 1 failed, 2 wrong usage.

    What went wrong is said on standard error in one sentence, with the next step.
    """
    try:
        build()(args=arguments, obj=platform, prog_name="fanal")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except FanalError as error:
        sys.stderr.write(f"fanal: {error.message}\n       {error.hint}\n")
        return FAILED
    except _faults_of_the_database():
        sys.stderr.write("fanal: The database does not answer any more.\n")
        sys.stderr.write("       See that it runs, then run the same command again: what was acknowledged is kept.\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as in `fanal ... | head`: nothing is left to say to anyone.
        sys.stderr.close()
        return FAILED
    except Exception as error:  # noqa: BLE001 - a traceback would quote content
        sys.stderr.write(f"fanal: Something failed that was not foreseen.\n{without_words(error)}\n")
        sys.stderr.write("       Run it again. If it fails again, report these lines: they hold nothing of any file.\n")
        return FAILED
    return 0


def _faults_of_the_database() -> tuple[type[Exception], ...]:
    """Return the errors of a database that is away; none where no command has loaded Django, which takes long."""
    loaded = sys.modules.get("django.db")
    return (loaded.OperationalError, loaded.InterfaceError) if loaded else ()
