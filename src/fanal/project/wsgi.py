"""The application as a web server calls it."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from fanal.core.access.asking import NOBODY, process_asks_for

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanal.project.settings")
application = get_wsgi_application()
process_asks_for(NOBODY)
# Loaded before anybody waits for it: code that compares takes seconds to load.
import_module("fanal.casework.prints.live")
