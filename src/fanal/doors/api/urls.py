"""Addresses of the API, and its description at `/api/v1/openapi.json`."""

from django.urls import path, re_path
from ninja import NinjaAPI

from fanal import __version__
from fanal.doors.api import (
    agencies,
    alerts,
    case_contents,
    cases,
    central,
    checks,
    claims,
    clues,
    contents,
    countries,
    deeds,
    entries,
    leads,
    log,
    notices,
    people,
    problems,
    proposals,
    retention,
    series,
    stream,
    submissions,
    uploads,
    webhooks,
)

api = NinjaAPI(
    title="Fanal",
    version=__version__,
    description="What programs may ask of Fanal. Every route is for a person of an agency, who is known by a token.",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
problems.answer_problems(api)
ROOMS = (cases, case_contents)
REGISTRY = (clues, entries, deeds, countries, series)
OF_OTHERS = (checks, claims, alerts, stream, notices, proposals, retention, log, central)
BY_ADMINISTRATORS = (people, webhooks)
for noun in (agencies, submissions, uploads, contents, leads, *REGISTRY, *ROOMS, *OF_OTHERS, *BY_ADMINISTRATORS):
    api.add_router("", noun.router)

urlpatterns = [path("v1/", api.urls), re_path("", problems.nowhere)]
