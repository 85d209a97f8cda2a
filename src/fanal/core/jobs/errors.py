"""What can be wrong with a job."""

from fanal.kit.errors import Conflict, FanalError, Invalid


class LostLease(Conflict):
    """This attempt no longer owns its job: it took too long to be heard of, and another has it now."""

    code = "jobs.lost_lease"
    next_step = "Nothing: the job is in other hands, and nothing of this attempt was written."


class UnknownJob(Invalid):
    """No job of this name is registered."""

    code = "jobs.unknown"


class Hopeless(FanalError):
    """Trying again would not help: put the job on the shelf at once."""

    code = "jobs.hopeless"


class WorkerDied(FanalError):
    """Every worker that tried this job died of it, or was stopped in the middle of it."""

    code = "jobs.worker_died"
    next_step = "Look at what the job was about; then retry it from the shelf."
