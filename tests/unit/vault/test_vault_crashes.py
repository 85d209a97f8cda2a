"""Killed at any named point, the vault has lost nothing that was acknowledged and shows nothing half-made."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from fanal.core.vault import actions, crash, place
from fanal.core.vault.errors import BlobErased
from fanal.core.vault.models import Blob
from fanal.core.vault.store import SHARDS

# Forks a child a point. The child goes through every verb, notes what it was told is done, and dies at the point.
FLOW = """
import hashlib, json, os, signal, sys
from datetime import timedelta
import django
django.setup()
from django.db import connections, transaction
from fanal.core.vault import actions, batches, crash, sealing
sealing.SMALL = 2000
notes = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def acknowledge(verb, sha256, data):
    os.write(notes, (json.dumps([verb, sha256.hex(), data.hex()]) + "\\n").encode())

def store(*contents):
    sealed = actions.seal_all(list(contents))
    with transaction.atomic():
        stored = actions.store_rows(sealed)
    for item, data in zip(stored, contents):
        acknowledge("stored", item.sha256, data)
    return [item.sha256 for item in stored]

def die(at):
    crash.watch(lambda point: os.kill(os.getpid(), signal.SIGKILL) if point == at else None)

def flow(point):
    batches.current_keys()
    die(point)
    large = (point + " large").encode() * 300
    erased, _, _ = store((point + " one").encode(), b"shared by all", large)
    store(large, b"shared by all")
    actions.seal_all([(point + " orphan").encode()])
    acknowledge("erasing", erased, b"")
    with transaction.atomic():
        actions.erase(erased)
    acknowledge("erased", erased, b"")
    actions.sweep(timedelta(seconds=-5))
    actions.rotate_keys()
    actions.rewrap()
    actions.retire_keys()

died = []
for point in crash.POINTS:
    child = os.fork()
    if child == 0:
        flow(point)
        os._exit(0)
    died.append([point, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])])
print(json.dumps(died))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_point(fresh_data: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "fanal.project.settings"}
    command = [sys.executable, "-c", FLOW, str(notes)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [[point, -9] for point in crash.POINTS], run.stderr

    last: dict[str, tuple[str, str]] = {}
    for line in notes.read_text().splitlines():
        verb, sha256, data = json.loads(line)
        last[sha256] = (verb, data)
    assert len(last) > 15, "too little was acknowledged to prove anything"
    for sha256, (verb, data) in last.items():
        if verb == "stored":
            with actions.open_plain(bytes.fromhex(sha256)) as file:
                assert file.read().hex() == data
        elif verb == "erased":
            with pytest.raises(BlobErased):
                actions.open_plain(bytes.fromhex(sha256))
    assert list(actions.check()) == []
    assert actions.sweep(timedelta(seconds=-5)).missing == ()
    assert {item.name for shard in SHARDS for item in place.store().objects(shard)} == set(
        Blob.objects.filter(name__isnull=False).values_list("name", flat=True)
    )
    assert [path.name for path in (fresh_data / "keys").iterdir()] == ["vault.json"]
