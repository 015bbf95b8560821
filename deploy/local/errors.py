"""The one root of what goes wrong here. Every message says what is the matter and what to do about it; each kind stands
beside what raises it.
"""


class LocalError(Exception):
    """Shown to the person at the command line as it is, without a traceback."""
