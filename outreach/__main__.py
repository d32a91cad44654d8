"""`python -m outreach` is the command `outreach`."""

from outreach.cli import main

main(prog_name="outreach")
