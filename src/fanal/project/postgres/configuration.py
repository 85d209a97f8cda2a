"""The server's configuration, written anew at every start."""

import os
from pathlib import Path

SMALLEST_BUFFERS, LARGEST_BUFFERS = 128, 1024

ACCESS = """\
# Written by Fanal. Only the private Unix socket, only with a password.
local all all scram-sha-256
local replication all scram-sha-256
"""


def text(sockets: Path, cluster_name: str) -> str:
    """Return postgresql.conf for a small server that never trades durability for speed.

    The server's log never names content: no statement, no parameter and no offending value is written to it.
    """
    return f"""\
# Written by Fanal at every start. Put your own settings into extra.conf beside this file: they win.
cluster_name = '{cluster_name}'
listen_addresses = ''
unix_socket_directories = '{_quoted(sockets)}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 200

fsync = on
synchronous_commit = on
full_page_writes = on

shared_buffers = {_shared_buffers()}MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
log_statement = 'none'
log_error_verbosity = 'terse'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

include_if_exists = 'extra.conf'
"""


def _shared_buffers() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(SMALLEST_BUFFERS, min(memory // 16, LARGEST_BUFFERS))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
