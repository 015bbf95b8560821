"""Every role there is, and the groups of roles that may do something: the one place for both.

Routes, the console's commands and rules that ask for a role name a group from here; a test holds routes, console and
the tables in the READMEs against each other. Must not: whether this case is this person's matter (a service's rule).
"""

ROLES = (
    "complainant", "publisher", "reception", "handler", "teamlead", "approver",
    "cso", "judge", "inspector", "auditor", "manager", "ops",
)  # fmt: skip
"""A token's other roles count for nothing."""

OPENING = frozenset({"reception", "handler", "teamlead", "approver", "cso", "judge", "inspector", "auditor", "manager"})
"""Who may open any case: nothing is screened from management, and who works on one case must see what it hangs on."""
FRONT = frozenset({"reception", "handler", "teamlead", "cso"})
"""Who talks with complainants, and writes down what was said, promised and heard."""
TAKING = OPENING - {"auditor"}
"""Who takes down what somebody says, or a signal of their own: any of the staff may be the one who hears it."""
HANDLING = frozenset({"handler", "teamlead", "cso"})
"""Who works on what a case is, decides it and closes it."""
HOLDING = FRONT | {"manager"}
"""Who may hold a case, and so hand it on, take it, turn it down, pause its clocks."""
LEADING = frozenset({"teamlead", "manager", "cso"})
"""Who calls a crisis team, or gives a clock more time."""
CONFIRMING = frozenset({"teamlead", "cso"})
"""Who looks at somebody else's correction."""
APPROVING = CONFIRMING | {"approver"}
"""Who approves an offer above another person's limit, each within a limit of their own."""
JUDGING = frozenset({"judge"})
"""Who finds who or what answers for a case."""
REPLYING = OPENING - {"auditor"}
"""Who may be asked for their side of a case: of all staff, but whoever reads all and changes nothing."""
RULING = frozenset({"manager", "cso"})
"""Who writes and approves rulebooks, and sets budgets."""
ERASING = frozenset({"manager"})
"""Who has a person's data erased: who answers for the whole, not for one case."""
