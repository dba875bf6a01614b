"""The words of the model: stages, parties, cost items, choices, each list once.

The schema, the rows of rules, the ledger, results and cards read them from here. A list that
scenario files choose from is a `Literal`, with its words as a tuple beside it; rules see a word as
its place in the tuple, and name the places they need by the word (`place`), so that no order is
written down twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

# a person's life course: on the way, and the five ends of those who are not placed

COURSE = (
    "applicant",
    "in_training",
    "retaking_exam",
    "graduate_pool",
    "offer_held",
    "in_recognition",
    "in_visa_queue",
    "pre_departure",
    "adapting",
    "employed",
    "employed_elsewhere",
    "returned",
    "working_at_origin",
)
ENDS = ("not_selected", "dropped_out", "failed", "withdrew", "refused")
STAGES = (*COURSE, *ENDS)
"""In the order of a life course: some rules ask for a range of stages."""

ENGAGEMENT = ("unaware", "aware", "engaged", "committed", "hiring", "withdrawn")
"""States of what an employer has with one programme."""

CONCERNS = ("quality", "predictability", "cost", "speed", "simplicity")
"""What an employer may be concerned about first when it recruits abroad (E2)."""

NONE = -1
"""What rules see where a scenario says null; a number that may be null is never negative."""

UNLIMITED = 1e15
"""What rules see of savings that nobody asks for."""

GRADES = 16
"""Classes of readiness that employers tell apart in the pool."""

# choices of a scenario

Role = Literal["destination", "origin"]
Size = Literal["sme", "large"]
SIZES: tuple[str, ...] = get_args(Size)
SkillLevel = Literal["high", "medium", "low"]
SKILL_LEVELS: tuple[str, ...] = get_args(SkillLevel)
"""Of an occupation: advanced degrees, technical trades, and what needs neither."""
Involvement = Literal["design", "late", "none"]
Selection = Literal["employer", "shared", "institution"]
Demand = Literal["committed", "pool"]
LegalChannel = Literal["new", "existing", "none"]
Recognition = Literal["before_departure", "after_arrival", "none"]
ContractKind = Literal["permanent", "circular", "seasonal", "internship"]
TrainingPlace = Literal["origin", "destination", "both"]
Language = Literal["other", "german", "english", "japanese"]
LanguageLevel = Literal["none", "A1", "A2", "B1", "B2", "C1", "C2"]
PaidPer = Literal["enrolled", "graduate", "placement"]
LEVELS: tuple[str, ...] = get_args(LanguageLevel)
Planned = Literal["trained", "placed", "domestic"]
Vouching = Literal[
    "in_house", "intermediary", "association", "certificate", "public_agency", "trade_union"
]
VOUCHING: tuple[str, ...] = get_args(Vouching)
"""Who vouches for a candidate's skills (E4)."""
Attribute = Literal[
    "prior_employment",
    "prior_wage",
    "attachment",
    "impatience",
    "dependants",
    "savings",
    "credit",
    "aptitude",
    "motivation",
    "age",
    "schooling",
    "language_aptitude",
    "women",
]
ATTRIBUTES: tuple[str, ...] = get_args(Attribute)
"""What is drawn of each person; those that decide on applying come first."""

# parties, and what they pay each other for

SharingParty = Literal[
    "employer",
    "trainee",
    "destination_state",
    "origin_state",
    "donor",
    "institution",
    "intermediary",
]
SHARING_PARTIES: tuple[str, ...] = get_args(SharingParty)
"""Parties that can fund a shared item."""
ORIGIN_HOUSEHOLDS = "origin_households"
OUTSIDE = "outside"  # whoever is not modelled: carriers, customers, trainers abroad
PARTIES = (*SHARING_PARTIES, ORIGIN_HOUSEHOLDS, OUTSIDE)
Payee = Literal[
    "employer",
    "trainee",
    "destination_state",
    "origin_state",
    "donor",
    "institution",
    "intermediary",
    "origin_households",
    "outside",
]
GAINING_PARTIES = tuple(party for party in PARTIES if party != OUTSIDE)
"""Parties with a net present value."""


CostUnit = Literal["enrolled", "trainee_month", "applicant", "arrival", "month", "returnee"]
"""What a cost of a user's own is paid for: each of these once."""


class Item(NamedTuple):
    """Something that is paid for.

    Parameters
    ----------
    name : str
    group : str
        ``"shared"``: a cost that the parties share as a programme's funding says; ``"transfer"``:
        money that changes hands without anything being provided for it; ``"gain"``: what work and
        the way to it are worth, or cost beside what is shared; ``"provision"``: what institutions
        and intermediaries, who serve at cost, spend on what they are paid for; ``"own"``: a place
        for a cost that a scenario adds, which has its name, payee and payers from there.
    payee : str
        Who receives it, one of `PARTIES`.
    """

    name: str
    group: Literal["shared", "transfer", "gain", "own", "provision"]
    payee: str


ITEM_TABLE = (
    Item("setup", "shared", "intermediary"),
    Item("selection", "shared", "intermediary"),
    Item("training", "shared", "institution"),
    Item("language", "shared", "institution"),
    Item("stipend", "shared", "trainee"),
    Item("exam", "shared", "institution"),
    Item("recognition", "shared", "destination_state"),
    Item("visa", "shared", "destination_state"),
    Item("travel", "shared", OUTSIDE),
    Item("adaptation", "shared", OUTSIDE),
    Item("overhead", "shared", "intermediary"),
    Item("reintegration", "shared", "trainee"),
    Item("placement_fee", "transfer", "intermediary"),
    Item("refund", "transfer", "employer"),
    Item("incentive", "transfer", "employer"),
    Item("employer_margin", "gain", "employer"),
    Item("employer_loss", "gain", OUTSIDE),
    Item("alternative_hire", "gain", "employer"),
    Item("wage_gain", "gain", "trainee"),
    Item("tax", "gain", "destination_state"),
    Item("remittances", "gain", ORIGIN_HOUSEHOLDS),
    Item("skilled_output", "gain", "origin_state"),
    Item("return_premium", "gain", "trainee"),
    Item("pay_forgone", "gain", OUTSIDE),
    Item("living_cost", "gain", OUTSIDE),
    Item("interest", "gain", OUTSIDE),
    Item("lost_output", "gain", OUTSIDE),
    Item("public_training", "gain", OUTSIDE),
    *(Item(f"own_{n + 1}", "own", OUTSIDE) for n in range(4)),
    Item("provision_by_institution", "provision", OUTSIDE),
    Item("provision_by_intermediary", "provision", OUTSIDE),
)
ITEMS = tuple(item.name for item in ITEM_TABLE)
PAYEES = tuple(item.payee for item in ITEM_TABLE)
"""The payee of each item."""
OWN_ITEMS = tuple(item.name for item in ITEM_TABLE if item.group == "own")
SHARED_ITEMS = tuple(item.name for item in ITEM_TABLE if item.group == "shared")
COST_ITEMS = (*SHARED_ITEMS, *OWN_ITEMS)
"""All that is a cost of a programme."""
TRANSFERS = tuple(item.name for item in ITEM_TABLE if item.group == "transfer")


def named_items(own: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names and payees of all items, where a scenario adds some.

    Parameters
    ----------
    own : mapping of str to str
        Payees of the costs that it adds, by name, in the order of their places.
    """
    names = dict(zip(OWN_ITEMS, own, strict=False))
    payees = dict(zip(OWN_ITEMS, own.values(), strict=False))
    return (
        tuple(names.get(item, item) for item in ITEMS),
        tuple(payees.get(item.name, item.payee) for item in ITEM_TABLE),
    )


ALL_ITEMS = "all"
"""Under ``funding``: the shares of every item that is not named beside it."""
FUNDED = (ALL_ITEMS, *SHARED_ITEMS)
"""The keys of ``funding``."""
if TYPE_CHECKING:
    SharedItem = str
    Funded = str
else:
    SharedItem = Literal[SHARED_ITEMS]
    Funded = Literal[FUNDED]

# what holds placements back


class Cause(NamedTuple):
    """Why a planned seat does not end in a placement.

    Parameters
    ----------
    name : str
        The outcome ``lost_`` and this name counts it.
    group : str
        Who or what is the limit, in plain words.
    label : str
        In plain words, to be read after "lost to".
    """

    name: str
    group: str
    label: str


# seats that were not opened because earlier ones placed too few: what held those back is the limit
EARLIER = "earlier placements"

CAUSE_TABLE = (
    Cause("budget", "funding", "intakes not opened: the budget is spent"),
    Cause("renewal", EARLIER, "intakes not opened: the programme is not renewed"),
    Cause("growth", EARLIER, "intakes smaller than designed"),
    Cause("set_up", "set-up", "intakes that set-up delays beyond the horizon"),
    Cause("uncommitted_not_asked", "employers", "seats not committed: employers not asked yet"),
    Cause("uncommitted_unaware", "employers", "seats not committed: employers unaware"),
    Cause("uncommitted_unwilling", "employers", "seats not committed: employers unwilling"),
    Cause("uncommitted_no_vacancy", "employers", "seats not committed: no vacancies"),
    Cause("applicants", "applicants", "too few applicants who can pay their share"),
    Cause("no_room", "schools", "no room at the schools"),
    Cause("dropout", "training", "dropout from training"),
    Cause("exam", "training", "exam failed"),
    Cause("domestic_track", "domestic track", "the domestic track"),
    Cause("no_channel", "legal channel", "no legal channel open"),
    Cause("employers_not_asked", "employers", "no offer: employers not asked yet"),
    Cause("employers_unaware", "employers", "no offer: employers unaware"),
    Cause("employers_unwilling", "employers", "no offer: employers unwilling"),
    Cause("no_vacancy", "employers", "no offer: no open vacancy"),
    Cause("not_ready", "readiness", "graduates not ready for an offer"),
    Cause("offer_cancelled", "employers", "offers cancelled by employers"),
    Cause("recognition", "recognition", "recognition refused, or not waited for"),
    Cause("visa_refused", "visa office", "visas refused"),
    Cause("visa_wait", "visa office", "too long a wait for the visa"),
    Cause("quota", "visa office", "too long a wait for next year's quota"),
    Cause("job_at_home", "own choice", "a job at home"),
    Cause("withdrawal", "own choice", "a change of mind"),
    Cause("own_way", "own choice", "going abroad on their own"),
)
"""In the order of a life course. A graduate who leaves the pool counts for what kept employers
from an offer at that time; an own choice counts where nothing did."""
CAUSES = tuple(cause.name for cause in CAUSE_TABLE)
LOSSES = tuple(f"lost_{cause}" for cause in CAUSES)
ACCOUNT = ("planned_seats", *LOSSES)
"""Lines of a programme's loss account: planned = placed + under way + the losses."""

# what runs are recorded by


class Series(NamedTuple):
    """A monthly series of a programme, a column of `Result.trajectories`.

    Parameters
    ----------
    name : str
    unit : str
        ``"currency"`` stands for that of the scenario.
    label : str
        In plain words, without the unit.
    together : str
        What several programmes have together: the ``"sum"``; the ``"mean"``; or each of what they
        share counted once (``"distinct"``), which can't be told from their columns.
    """

    name: str
    unit: str
    label: str
    together: Literal["sum", "mean", "distinct"] = "sum"


STAGE_GROUPS = {
    "employed by the sponsor": ("adapting", "employed"),
    "employed elsewhere": ("employed_elsewhere",),
    "returned": ("returned",),
    "working at origin": ("working_at_origin",),
    "offer, recognition, departure": ("offer_held", "in_recognition", "pre_departure"),
    "waiting for a visa": ("in_visa_queue",),
    "waiting for an employer": ("graduate_pool",),
    "in training or exams": ("in_training", "retaking_exam"),
    "applying": ("applicant",),
    "left before placement": ("dropped_out", "failed", "withdrew", "refused"),
}
"""Stages that pictures show together, from the end of the life course to its beginning."""

STATE_TABLE = (
    Series("planned", "people", "planned so far"),
    Series("lost", "people", "lost so far"),
    Series("enrolled", "people", "enrolled so far"),
    Series("graduated", "people", "graduated so far"),
    Series("placed", "people", "placed so far"),
    Series("migrated", "people", "migrated so far"),
    Series("domestic", "people", "in the domestic track so far"),
    Series("vacancies_open", "vacancies", "open vacancies of its employers", "distinct"),
    Series("vacancies_filled", "vacancies", "filled vacancies of its employers", "distinct"),
    Series("employers_aware", "employers", "employers who know the programme", "distinct"),
    Series("employers_engaged", "employers", "employers engaged", "distinct"),
    Series("seats_committed", "seats", "seats committed"),
    Series("mean_trust", "0 to 1", "mean trust in institutions", "mean"),
    Series("mean_alignment", "0 to 1", "mean alignment of curricula", "mean"),
    Series("visa_backlog", "applications", "backlog of its visa lane", "mean"),
    Series("visa_wait_months", "months", "mean wait for a visa of those decided", "mean"),
    Series("seats_factor", "ratio", "seats relative to the design", "mean"),
)
STATE_COLUMNS = tuple(series.name for series in STATE_TABLE)
TRAJECTORY_COLUMNS = (*STAGES, *STATE_COLUMNS)
"""Columns of a month of a programme: people in each stage, then its state."""

SERIES = {
    series.name: series
    for series in (
        *(Series(stage, "people", f"in stage {stage.replace('_', ' ')}") for stage in STAGES),
        *STATE_TABLE,
        Series("cost", "currency", "cost of the month"),
        Series("cost_cumulative", "currency", "cost so far"),
    )
}
"""All monthly series by name; the last two follow from the ledger."""

FOLLOWED = tuple(
    f"{kind}{before}"
    for kind in ("training", "abroad", "at_home", "back")
    for before in ("", "_worked")
)
"""What those whose gains count are doing: each kind, without and with work before the training."""
FOLLOW_UP_MONTHS = 60
"""Time after training in which gains count, where a scenario says nothing else."""

RETENTION_MONTHS = (12, 24, 36)


class Way(NamedTuple):
    """How the way from enrolment to a placement ends.

    Parameters
    ----------
    name : str
    label : str
        In plain words, of people.
    """

    name: str
    label: str


WAY_TABLE = (
    Way("placed", "placed"),
    Way("dropped_out", "dropped out of training"),
    Way("failed", "failed the exam for good"),
    Way("withdrew", "gave up, or declined"),
    Way("refused", "visa or recognition refused"),
    Way("job_at_home", "took a job at home"),
    Way("domestic", "took the domestic track"),
    Way("own_way", "went abroad on their own"),
)
"""Ends of which a person meets one only, so that each competes with all others."""
WAYS = tuple(way.name for way in WAY_TABLE)
SPELLS = (*WAYS, "under_way", "left_employer", "with_employer")
"""Lengths of time in months, by how they ended: from enrolment to one of the ways, or to the
horizon (under way); from arrival until the sponsor was left, or to the horizon (still there)."""
SEEN = (
    *(f"{what}_{months}" for months in RETENTION_MONTHS for what in ("seen", "retained")),
    *("losing", "placed_in_window"),
)
"""Counts of those placed so long before the horizon, and of those still with their sponsor; of
those who lose, and of those placed, by the end of their cohort's window."""


def place(word: str, words: Any) -> int:
    """Return the number by which rules know a word of a tuple or a `Literal`."""
    return (words if isinstance(words, tuple) else get_args(words)).index(word)
