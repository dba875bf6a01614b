"""What scenarios in memory were read from, so that what their files say of figures stays known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smpsim.scenario.kept_by_identity import KeptByIdentity
from smpsim.scenario.schema import Scenario
from smpsim.scenario.yaml_files import Document


@dataclass(frozen=True)
class Read:
    """The merged document of a scenario.

    Parameters
    ----------
    document : Document
        As it was when the scenario was made of it.
    texts : mapping of str to str
        Texts of files that are on no disk, by name.
    """

    document: Document
    texts: Mapping[str, str] = field(default_factory=dict)


_KEPT: KeptByIdentity[Scenario, Read | Scenario] = KeptByIdentity()


def keep_origin(scenario: Scenario, origin: Read | Scenario) -> None:
    """Keep for as long as a scenario lives what it was read from, or which other it was made of."""
    _KEPT.keep(scenario, origin)


def origin_of(scenario: Scenario) -> Read | Scenario | None:
    """Return what a scenario was read from or made of; None if that is not known."""
    return _KEPT.of(scenario)
