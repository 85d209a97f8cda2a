"""The same bytes from many threads and processes at once: one content, one object, and everybody is told the truth."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections, transaction

from fanal.core.vault import actions, keyring, place
from fanal.core.vault.batches import current_keys
from fanal.core.vault.errors import KeysLost
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS

pytestmark = pytest.mark.django_db(transaction=True)

PUT_ALL = """
import sys
import django
django.setup()
from pathlib import Path
from django.db import transaction
from fanal.core.vault import actions
paths = sorted(Path(sys.argv[1]).iterdir())
sealed = [item for item in actions.seal_all(paths) if isinstance(item, actions.Sealed)]
with transaction.atomic():
    print(sum(item.fresh for item in actions.store_rows(sealed)))
"""


def objects() -> set[str]:
    """Return the names of all objects in the store."""
    return {item.name for shard in SHARDS for item in place.store().objects(shard)}


def test_eight_threads_with_the_same_bytes(fresh_data: Path, dice: random.Random) -> None:
    data = [dice.randbytes(2000) for _ in range(5)]

    def put_all(number: int) -> int:
        try:
            with transaction.atomic():
                fresh = 0
                for one in data:
                    fresh += actions.put(one).fresh
            return fresh
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        fresh = list(threads.map(put_all, range(8)))
    assert sum(fresh) == len(data)
    assert set(Blob.objects.values_list("name", flat=True)) == objects()
    assert len(objects()) == len(data)


def test_keys_that_another_thread_makes_meanwhile_are_not_lost(
    fresh_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, others = keyring.load, []

    def too_early(path: Path) -> keyring.Keyring:
        monkeypatch.setattr(keyring, "load", load)
        others.append(keyring.make(path))
        raise KeysLost("They were not there when this thread looked.")

    monkeypatch.setattr(keyring, "load", too_early)
    assert current_keys().primary == others[0].primary


def test_four_processes_with_the_same_folder(fresh_data: Path, tmp_path: Path, dice: random.Random) -> None:
    folder = tmp_path / "seized"
    folder.mkdir()
    for number in range(30):
        (folder / str(number)).write_bytes(dice.randbytes(dice.randrange(50_000)))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "fanal.project.settings"}
    command = [sys.executable, "-c", PUT_ALL, str(folder)]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=900) for process in running]
    assert [process.returncode for process in running] == [0] * 4, answers
    assert sum(int(out) for out, _ in answers) == 30
    assert set(Blob.objects.values_list("name", flat=True)) == objects()
    assert len(objects()) == 30
    for path in folder.iterdir():
        with transaction.atomic():
            stored = actions.put(path)
        assert not stored.fresh
        with actions.open_plain(stored.sha256) as file:
            assert file.read() == path.read_bytes()
