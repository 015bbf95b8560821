"""The command line `complaints` from its first moment on: Ctrl-C ends it without a word, also while it is still loaded.

Must not: import anything that takes time. The commands stand in `commands`.
"""

import sys

INTERRUPTED = 130
"""The exit code of whoever was ended by Ctrl-C, as shells have it."""


def main() -> None:
    """Load the commands and run one."""
    try:
        from local.commands import run  # noqa: PLC0415 -- this is what takes the time
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run()
