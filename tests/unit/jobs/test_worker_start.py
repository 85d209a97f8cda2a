"""What a worker has ready before its threads begin."""

import subprocess
import sys

BEGIN = """
import sys, django
django.setup()
from fanal.core.jobs import worker
def begin(work):
    work.close()
    print("numba" in sys.modules)
worker.asyncio.run = begin
worker.run_worker()
"""


def test_the_compiler_is_loaded_by_one_thread_alone() -> None:
    # Two jobs that loaded it at once left every comparison failing, for as long as the worker lived.
    done = subprocess.run([sys.executable, "-c", BEGIN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]
