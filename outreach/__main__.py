"""Where the `outreach` command begins."""

import gc

# Loading makes no garbage, and looking for it takes a fifth of the time. `cli.application` turns it on.
gc.disable()

from outreach.cli import main  # noqa: E402

if __name__ == "__main__":
    main(prog_name="outreach")
