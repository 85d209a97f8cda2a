"""What can be wrong with the embedded database, each with what to do about it."""

from fanal.kit.errors import Unavailable


class DatabaseUnavailable(Unavailable):
    """The embedded PostgreSQL cannot be found, made or started."""

    code = "database.unavailable"
    of_the_server = True
    next_step = "Look in the server.log of the cluster, or name another server in DATABASE_URL."
