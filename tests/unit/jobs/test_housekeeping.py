"""What comes by itself keeps the house."""

from datetime import timedelta

import pytest

from fanal.core.access.models import Session
from fanal.core.jobs import jobs
from fanal.core.jobs.registry import Attempt
from fanal.kit import clock

pytestmark = pytest.mark.django_db


def test_sessions_that_have_ended_are_forgotten() -> None:
    for key, hours in (("over", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() + timedelta(hours=hours))

    jobs.forget_sessions(Attempt(job=1, number=0, worker=1, lease=30.0))

    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]
