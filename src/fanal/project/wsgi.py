"""The application as a web server calls it."""

import os
import sys
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from fanal.core.access.asking import NOBODY, process_asks_for
from fanal.project.ending import when_told_to_end
from fanal.project.gate import Gate

AT_ONCE = 8
"""Requests in work. They wait for the database more than they compute."""

ON_THEIR_WAY = 32
"""Pieces of uploads that come, each of 8 MiB at most: memory bounds them, and a slow line takes nobody's turn."""
SWITCH_SECONDS = 0.001
"""How long a thread that computes keeps the interpreter from one whose answer has come from the database or the disk.
With the interpreter's own 5 ms, a dozen times while the turn at the log is held, one busy page made all others wait.
"""

sys.setswitchinterval(SWITCH_SECONDS)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.project.settings")
application = Gate(get_wsgi_application(), AT_ONCE, ON_THEIR_WAY)
process_asks_for(NOBODY)
# Loaded before anybody waits for it: code that compares, and the map, take a second or more to load.
import_module("fanal.casework.prints.live")
import_module("fanal.engine.origin.place").place_at(0.0, 0.0)
when_told_to_end(import_module("fanal.doors.api.stream").lookout.close)
