"""An agency is given its own addresses, what was sent to them and who of its people reads digests."""

from django.db import migrations

from fanal.core.access.policies import OWN, row_policies

OF_ITS_WEBHOOK = "EXISTS (SELECT 1 FROM dispatch_webhook AS webhook WHERE webhook.id = webhook_id)"
OF_ITS_DELIVERY = "EXISTS (SELECT 1 FROM dispatch_delivery AS delivery WHERE delivery.id = delivery_id)"


class Migration(migrations.Migration):
    replaces = [("dispatch", "0003_pause_and_secrets"), ("dispatch", "0004_confirmed_digests")]
    dependencies = [("dispatch", "0001_initial"), ("access", "0002_asking")]
    operations = [
        row_policies("dispatch_webhook", seen=OWN, written=OWN),
        row_policies("dispatch_delivery", seen=OF_ITS_WEBHOOK, written=OF_ITS_WEBHOOK),
        row_policies("dispatch_try", seen=OF_ITS_DELIVERY),
        row_policies("dispatch_digest", seen=OWN, written=OWN),
    ]
