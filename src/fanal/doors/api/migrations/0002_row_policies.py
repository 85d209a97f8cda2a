"""Answers that are kept are given to the agency of the one who asked."""

from django.db import migrations

from fanal.core.access.policies import of_own_person, row_policies

REPLY_OWN = of_own_person("api_reply.user_id")


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("access", "0002_asking")]
    operations = [row_policies("api_reply", seen=REPLY_OWN, written=REPLY_OWN)]
