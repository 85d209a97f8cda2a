"""The migrations make the tables that models describe, as `makemigrations --check` would say, without a database."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = {app.label for app in apps.get_app_configs() if app.name.startswith("fanal.")}
LOADER = MigrationLoader(None)


def test_no_model_waits_for_a_migration() -> None:
    described = ProjectState.from_apps(apps)
    changes = MigrationAutodetector(LOADER.project_state(), described).changes(graph=LOADER.graph)
    missing = {
        label: [operation.describe() for migration in migrations for operation in migration.operations]
        for label, migrations in changes.items()
        if label in OURS
    }
    assert missing == {}


def test_every_room_with_tables_has_migrations_and_one_last_one() -> None:
    with_tables = {model._meta.app_label for model in apps.get_models()} & OURS
    assert with_tables <= LOADER.migrated_apps
    assert LOADER.detect_conflicts() == {}, "of two with one number, the later is renumbered"
