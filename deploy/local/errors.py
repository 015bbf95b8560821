"""The one root of what goes wrong here. Every message says what is the matter and what to do about it.

LocalError
    SystemLacks (system)    JarsMissing (jars)    PortTaken (ports)    NotStopped (process)
    BrokerFailed (kafka)    PostgresFailed (postgres)    DoorFailed (caddy)    ServiceFailed (service)
    NotLoopback (tokens)    SecretsBroken (secret_files)
    AlreadyRunning, DataUnusable, NotReachable, NotOurs (supervisor)    NothingRuns (status)    Unanswered (stores)
    Unreadable (importing.table)    NotAnswered (importing.publish)    NotFollowed (importing.receipts)
    ViewsBehind (importing.views)
    DemoFailed (demo.office)    NoBeginning (demo.command)    ExportUnreadable, ClockNotFound (clock_commands)
    NoRulebook (rules.files)    NoSuchRulebook, OnePerson (rules.command)    Refused, SystemSilent (rules.asking)
"""


class LocalError(Exception):
    """Shown to the person at the command line as it is, without a traceback."""
