"""What can go wrong with the audit log."""

from fanal.kit.errors import Invalid, Unavailable


class AuditUnavailable(Unavailable):
    """What was to be done could not be logged, so it was not done."""

    code = "audit.unavailable"
    next_step = "Nothing was done. Tell the operator: `fanal verify audit` says what is wrong with the audit log."


class Unloggable(Invalid):
    """This entry cannot be written: an unknown verb, or a detail that is too large or no JSON."""

    code = "audit.unloggable"
    next_step = "Report this as a fault of Fanal."


class LogAltered(AuditUnavailable):
    """The log is not what was signed: rows were removed or changed behind Fanal's back."""

    code = "audit.altered"
    next_step = "Stop, keep the disks as they are, and run `fanal verify audit`: it names the first bad leaf."
