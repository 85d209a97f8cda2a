from typing import Any

from django.db import migrations, models


def join_pairs(apps: Any, _: Any) -> None:
    """Make one lead of those that several techniques proposed of one pair; judgements move to the surest."""
    leads, judgements = apps.get_model("leads", "Lead"), apps.get_model("leads", "Judgement")
    surest: dict[tuple[int, int], Any] = {}
    for lead in leads.objects.order_by("-confidence", "technique").iterator():
        names = ("technique", "distance", "confidence", "why", "detail")
        finding = {name: getattr(lead, name) for name in names}
        kept = surest.setdefault((lead.left_id, lead.right_id), lead)
        kept.findings = [*kept.findings, finding]
        if kept is not lead:
            judgements.objects.filter(lead=lead).update(lead=kept)
            lead.delete()
    for lead in surest.values():
        last = judgements.objects.filter(lead=lead, withdrawn_at__isnull=True).order_by("-at", "-id").first()
        lead.state = last.verdict if last else "open"
        lead.save(update_fields=["findings", "state"])


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]

    operations = [
        migrations.AddField("lead", "findings", models.JSONField(default=list)),
        migrations.RunPython(join_pairs, migrations.RunPython.noop),
        migrations.RemoveConstraint("lead", "lead_once_a_pair_and_technique"),
        migrations.AddConstraint("lead", models.UniqueConstraint(fields=["left", "right"], name="lead_once_a_pair")),
    ]
