"""`python -m fanal.project` is the `fanal` command."""

from fanal.project.entry import main

main()
