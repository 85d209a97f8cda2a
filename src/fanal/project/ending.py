"""What is to be done as soon as a server process is told to end, before it waits for what still leaves."""

import signal
import socket
import threading
from collections.abc import Callable

ENDS = {signal.SIGINT, signal.SIGTERM}


def when_told_to_end(then: Callable[[], object]) -> None:
    """Call `then`, in a thread of its own, once this process gets a signal to end; to be said in the main thread.

    The server has handlers of its own for these signals. The interpreter writes their numbers to a socket beside.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(heard, told, then), name="ending", daemon=True).start()


def _wait(heard: socket.socket, _told: socket.socket, then: Callable[[], object]) -> None:
    """Wait for ever; both sockets stay open for as long as this thread holds them."""
    while numbers := heard.recv(64):
        if ENDS & set(numbers):
            then()
