"""The link of a case with an entry is given to whoever takes part and is given the entry."""

from importlib import import_module

from django.db import migrations

from fanal.core.access.policies import row_given, seen_from_now_on

BEFORE: str = import_module("fanal.casework.cases.migrations.0003_row_policies").LINK_SEEN
SEEN = f"{BEFORE} AND (entry_id IS NULL OR {row_given('entries_entry', 'cases_link.entry_id')})"


class Migration(migrations.Migration):
    """Until now the queries alone held that."""

    dependencies = [("cases", "0003_row_policies"), ("entries", "0004_shown")]
    operations = [seen_from_now_on("cases_link", seen=SEEN, before=BEFORE)]
