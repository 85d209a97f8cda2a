"""An agency is given its own proposals, and writes them."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("access", "0002_asking")]
    operations = [row_policies("approvals_proposal", seen=OWN, written=OWN)]
