"""What belongs together by links that people accepted, while no two that were judged different meet in one group."""

from collections.abc import Iterable


def groups_of(same: Iterable[tuple[int, int, float]], different: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return groups of two or more that links hold together, each in ascending order, the largest first.

    `same` are links with their confidence, the surest of which are taken first: a link that would bring a pair of
    `different` into one group is left out, so what a person said of two wins over what follows through others. The
    order in which links are given plays no role.
    """
    group_of: dict[int, int] = {}
    members: dict[int, set[int]] = {}
    apart: dict[int, set[int]] = {}
    for left, right in different:
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    for left, right, _ in sorted(same, key=lambda link: (-link[2], link[0], link[1])):
        for one in (left, right):
            members.setdefault(group_of.setdefault(one, one), {one})
        here, there = sorted((group_of[left], group_of[right]), key=lambda group: (-len(members[group]), group))
        if here == there or any(apart.get(one, set()) & members[here] for one in members[there]):
            continue
        moved = members.pop(there)
        members[here] |= moved
        group_of.update(dict.fromkeys(moved, here))
    found = [sorted(group) for group in members.values() if len(group) > 1]
    return sorted(found, key=lambda group: (-len(group), group))
