"""The commands, one file each.

Exit codes: 0 done; 1 done in part (a broken row was left out, a check found something);
2 nothing done (bad input, bad settings, no token).
"""

import sys

import click

from bot import __version__
from bot.cli.audit import audit
from bot.cli.doctor import doctor
from bot.cli.evidence import evidence
from bot.cli.migrate import migrate
from bot.cli.retain import retain
from bot.cli.run import run
from bot.cli.sandbox import sandbox
from bot.cli.scan import scan
from bot.cli.transparency import transparency
from bot.domain.errors import SaringError
from classifiers import ModelError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="saring")
def commands() -> None:
    """Saring watches public channels for terrorist propaganda, with a person deciding."""


for command in (run, sandbox, scan, doctor, migrate, audit, retain, evidence, transparency):
    commands.add_command(command)


def main() -> None:
    """Runs a command; what went wrong is one sentence and exit code 2."""
    try:
        commands(standalone_mode=True)
    except (SaringError, ModelError) as problem:
        click.echo(f"saring: {problem}", err=True)
        sys.exit(2)
