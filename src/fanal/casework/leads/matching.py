"""From hits between prints to proposals: one a pair, with the reason in a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from fanal.casework.evidence.queries import families_of, held_by_several
from fanal.casework.leads.actions import Proposal
from fanal.casework.prints.queries import Hit, near

EXACT = "exact/1"
MOST_LEADS_A_CONTENT = 100
"""The nearest so many are proposed for one content: a picture that lies there 10,000 times must not drown the rest."""
