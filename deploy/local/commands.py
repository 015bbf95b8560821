"""The commands of `complaints`. Each lives in a module of its own and is one line here."""

import io
import logging
import sys
from typing import NoReturn

import asyncpg
import typer
from aiokafka.errors import KafkaError
from rich.console import Console

from local.clock_commands import clock
from local.demo.command import demo
from local.doctor import doctor
from local.errors import LocalError
from local.foreground import down, up
from local.importing.command import import_file
from local.log_commands import log
from local.repair import rebuild, redrive
from local.rules.command import rules
from local.status_report import status, token
from runtime.header_names import take_any_names

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_show_locals=False, help="The complaint system on this machine."
)
app.command()(up)
app.command()(down)
app.command()(status)
app.command()(token)
app.command()(doctor)
app.command("import")(import_file)
app.command()(demo)
app.command()(rebuild)
app.command()(redrive)
app.add_typer(log, name="log")
app.add_typer(rules, name="rules")
app.add_typer(clock, name="clock")


def run() -> None:
    """Run the command line; what goes wrong around us is said in one message and ends with exit code 1."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # what it warns of, an answer says in the end
    take_any_names()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese, or no check mark, ends no command
    try:
        app()
    except LocalError as error:
        _end(str(error))
    except (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _end(f"{type(error).__name__} {error}".strip() + "; look at `complaints doctor` and at logs/ of the data")


def _end(message: str) -> NoReturn:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"complaints: {message}", markup=False, style="red")
    sys.exit(1)
