"""A delivery can be gone on with until its submitter was told how it ended, not only until it was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="submission", name="submission_resumes_where_it_stopped"),
        migrations.AlterField(
            model_name="submission", name="resume_key", field=models.BinaryField(max_length=32, null=True)
        ),
        migrations.RunSQL(
            "UPDATE evidence_submission SET resume_key = NULL WHERE state = 'received'",
            "UPDATE evidence_submission SET resume_key = '' WHERE resume_key IS NULL",
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("agency", "resume_key"), name="submission_resumes_where_it_stopped"
            ),
        ),
    ]
