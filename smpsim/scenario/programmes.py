"""A programme: the design that a user compares with others."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from smpsim.scenario.fields import (
    DESIGN,
    FIXED,
    NEUTRAL,
    SAME_NAMES,
    UNSEEN,
    Section,
    described,
    duration,
    share,
)
from smpsim.scenario.quantities import (
    Age,
    Amount,
    Hours,
    Money,
    Positive,
    Rate,
    Ratio,
    Share,
    Years,
)
from smpsim.vocabulary import (
    ALL_ITEMS,
    SHARED_ITEMS,
    ContractKind,
    CostUnit,
    Demand,
    Funded,
    Involvement,
    Language,
    LanguageLevel,
    LegalChannel,
    Payee,
    Planned,
    Recognition,
    Selection,
    SharedItem,
    SharingParty,
    SkillLevel,
    TrainingPlace,
    Vouching,
)

People = Annotated[float, Field(ge=0, le=1e9)]


class Intakes(Section):
    """When people start, and how many training."""

    seats: float = described(
        ...,
        "trainees per intake",
        "Seats; a fraction is carried over to the next intake",
        ge=0,
        le=10**7,
    )
    every_months: Annotated[int, FIXED] = described(
        12, "months", "Interval between intakes", DESIGN, ge=1, le=600
    )
    number: Annotated[int, FIXED] = described(
        1, "intakes", "Number of intakes", DESIGN, ge=0, le=600
    )
    applicants_per_seat: Annotated[float, UNSEEN] = described(
        1.0,
        "people per seat",
        "People whom the call reaches, before any of them decides (E5)",
        NEUTRAL,
        ge=0,
        le=1000,
    )
    pilot_share: Annotated[float, FIXED] = described(
        1.0,
        "share",
        "Seats of the first intake relative to the plan, to which later ones grow (E17)",
        NEUTRAL,
        gt=0,
        le=1,
    )
    budget: Money | None = described(
        None, "currency", "Spending after which no intake opens; null: no ceiling", NEUTRAL, ge=0
    )


class TrainingPlan(Section):
    """What is taught when and where."""

    months_before_departure: int = duration(12, "Training before the exam", DESIGN)
    exam: bool = described(
        True, "yes or no", "An exam ends the training; if not, all who finish graduate", DESIGN
    )
    months_after_offer: int = duration(0, "Further preparation once an offer is held", NEUTRAL)
    months_after_arrival: int = duration(0, "Training on the job after arrival", NEUTRAL)
    place: Annotated[TrainingPlace, UNSEEN] = described(
        "origin", "word", "Where the training is given", DESIGN
    )
    language_target: LanguageLevel = described(
        "none", "CEFR level", "Language level that the exam asks for", DESIGN
    )
    language: Annotated[Language, UNSEEN] = described(
        "other", "word", "Language taught, on which the hours to a level depend", DESIGN
    )
    language_needed: Annotated[LanguageLevel | None, UNSEEN] = described(
        None,
        "CEFR level",
        "Level that work needs; null: the exam's, or readiness.language_needed of a named language",
        DESIGN,
    )
    language_hours_per_month: float = described(
        0.0, "hours", "Language lessons during training", DESIGN, ge=0, le=300
    )


class Entrants(Section):
    """Who is admitted, where they differ from the people of the other programmes."""

    initial_skill: Share | None = described(
        None, "0 to 1", "Skill before training; null: as behaviour.people", DESIGN
    )
    initial_language_hours: Hours | None = described(
        None, "hours", "Hours of the language learned before; null: as behaviour.people", DESIGN
    )
    age: Age | None = described(
        None, "years", "Age at application; null: as behaviour.people", DESIGN
    )
    prior_employment: float | None = share(
        None, "Share of applicants with a job at home; null: as behaviour.people", DESIGN
    )
    prior_wage: Ratio | None = described(
        None,
        "ratio",
        "Wage of that job relative to the wage at home; null: as behaviour.people",
        DESIGN,
    )
    women: float | None = share(None, "Share of women; null: as behaviour.people", DESIGN)
    dependants: float | None = share(
        None, "Share with children or others to care for; null: as behaviour.people", DESIGN
    )
    schooling: Years | None = described(
        None, "years", "Years of school; null: as behaviour.people", DESIGN
    )
    language_aptitude: Ratio | None = described(
        None,
        "ratio",
        ("Hours of language learning counted for each hour of lessons; null: as behaviour.people"),
        DESIGN,
    )
    savings: Positive | None = described(
        None, "currency", "Household's savings; null: as behaviour.people", DESIGN
    )
    credit: Amount | None = described(
        None, "currency", "What the household can borrow; null: as behaviour.people", DESIGN
    )
    attachment: Amount | None = described(
        None, "currency per month", "Cost of being away; null: as behaviour.people", DESIGN
    )
    impatience: Rate | None = described(
        None, "per year", "Own discount rate; null: as behaviour.people", DESIGN
    )


class Contract(Section):
    """What the placed sign."""

    kind: Annotated[ContractKind, UNSEEN] = described(
        "permanent", "word", "Kind of contract", DESIGN
    )
    months: Annotated[int | None, UNSEEN] = described(
        None, "months", "Length of a contract that is not permanent", DESIGN, ge=1, le=600
    )
    retention_clause_months: int = duration(
        0, "Stay clause: time for which those placed commit to stay", NEUTRAL
    )
    break_months: int = duration(
        0, "Time at home before a further contract begins; 0: it follows at once", NEUTRAL
    )
    permit_bound: bool = described(
        False, "yes or no", "The permit binds the worker to the employer", NEUTRAL
    )
    renewable: bool = described(
        True,
        "yes or no",
        "A further contract or a permanent permit may follow one that is not permanent",
        DESIGN,
    )


class Costs(Section):
    """Unit costs, in the scenario's currency."""

    array_of = SHARED_ITEMS

    setup: Annotated[Money, FIXED] = described(
        0.0, "currency", "One-off cost to set up", NEUTRAL, ge=0
    )
    selection: Money = described(
        0.0, "currency per applicant", "Cost of outreach and selection", NEUTRAL, ge=0
    )
    language: Money = described(
        0.0, "currency per trainee-month", "Language lessons", NEUTRAL, ge=0
    )
    stipend: Money = described(
        0.0, "currency per trainee-month", "Stipend of trainees", NEUTRAL, ge=0
    )
    exam: Money = described(0.0, "currency per attempt", "Exam fee", NEUTRAL, ge=0)
    visa: Money = described(0.0, "currency per application", "Visa fee", NEUTRAL, ge=0)
    travel: Money = described(0.0, "currency per departure", "Cost of the journey", NEUTRAL, ge=0)
    adaptation: Money = described(
        0.0, "currency per worker-month", "Training after arrival", NEUTRAL, ge=0
    )
    overhead: Money = described(0.0, "currency per month", "Running the programme", NEUTRAL, ge=0)
    reintegration: Money = described(
        0.0, "currency per returnee", "Support after return", NEUTRAL, ge=0
    )


def _checked_shares(shares: dict[str, float], what: str) -> dict[str, float]:
    """Return shares of a cost that add up to one; none at all are the donor's."""
    if any(not 0 <= value <= 1 for value in shares.values()):
        raise ValueError(f"{what}: got {shares}; allowed: shares from 0 to 1")
    total = sum(shares.values())
    if shares and abs(total - 1.0) > 1e-9:
        raise ValueError(f"{what}: got shares that add up to {total:g}; allowed: 1")
    return shares


class OwnCost(Section):
    """A cost that the model does not have: what it is paid for, to whom and by whom."""

    label: str = described("", "text", "In plain words; the name when left out", DESIGN)
    per: Annotated[CostUnit, FIXED] = described(
        ..., "word", "What it is paid for: each person enrolled, each month of the programme ..."
    )
    amount: Money = described(0.0, "currency", "Paid for each", NEUTRAL, ge=0)
    payee: Annotated[Payee, FIXED] = described("outside", "party", "Who receives it", DESIGN)
    payers: dict[SharingParty, float] = described(
        {}, "shares by party", "Who pays; left out: as funding.all, or the donor", DESIGN
    )

    @field_validator("payers")
    @classmethod
    def _shares_add_up(cls, payers: dict[str, float]) -> dict[str, float]:
        return _checked_shares(payers, "payers")


class Wages(Section):
    """What work is worth: the gains side of the ledger."""

    origin: Annotated[Money, UNSEEN] = described(
        0.0, "currency per month", "Wage at home", NEUTRAL, ge=0
    )
    destination: Annotated[Money, UNSEEN] = described(
        0.0, "currency per month", "Wage abroad", NEUTRAL, ge=0
    )
    outside: Annotated[Money | None, UNSEEN] = described(
        None,
        "currency per month",
        "Wage that other employers of the destination pay; null: the same",
        NEUTRAL,
        ge=0,
    )
    tax: Annotated[float, UNSEEN] = share(0.0, "Tax and contributions on the wage abroad", NEUTRAL)
    remitted: Annotated[float, UNSEEN] = share(
        0.0, "Remittances as a share of the wage abroad", NEUTRAL
    )
    price_level: Annotated[float | None, UNSEEN] = described(
        None,
        "ratio",
        "Prices where this wage is spent, relative to prices at home; null: as behaviour.applying",
        DESIGN,
        gt=0,
        le=100,
    )
    trained: Annotated[Money | None, UNSEEN] = described(
        None,
        "currency per month",
        "Wage at home after training; null: with half of the extra output below",
        DESIGN,
        ge=0,
    )
    living_cost: Annotated[Money | None, UNSEEN] = described(
        None,
        "currency per month",
        "Cost of living in training; null: as behaviour.training.living_share",
        DESIGN,
        ge=0,
    )
    skilled_output: Money = described(
        0.0, "currency per month", "Extra output of a graduate or returnee at home", NEUTRAL, ge=0
    )
    public_training: Money = described(
        0.0,
        "currency per person",
        "Public spending on earlier training, lost to the origin when somebody leaves (E15)",
        NEUTRAL,
        ge=0,
    )


class Renewal(Section):
    """E17: when funders decide whether to go on."""

    every_months: int = duration(0, "Interval of renewal dates; 0: none", NEUTRAL)
    planned_per_month: float = described(
        0.0,
        "placements per month",
        "Placements planned for a month of intakes with all the seats of the design",
        NEUTRAL,
        ge=0,
        le=1e6,
    )
    arrival_months: Annotated[int | None, UNSEEN] = described(
        None,
        "months",
        "Time from its start after which an intake is judged; null: training and all that follows",
        NEUTRAL,
        ge=0,
        le=600,
    )


class Programme(Section):
    """A partnership design."""

    name: Annotated[str, FIXED] = described(..., "name", "Name of the programme", min_length=1)
    occupation: str = described("any", "text", "Target occupation", DESIGN)
    institutions: Annotated[list[str], FIXED] = described(
        ..., "names", "Groups that train", min_length=1
    )
    employers: Annotated[list[str], FIXED] = described([], "names", "Groups that may hire", DESIGN)
    destination: Annotated[str, FIXED] = described(..., "name", "Government of the destination")
    setup_months: Annotated[int, UNSEEN, FIXED] = duration(
        0, "Time before the first intake, in addition to that of the origin", NEUTRAL
    )
    intakes: Intakes = described(..., "section", "When people start, and how many")
    entrants: Entrants = Entrants()
    training: TrainingPlan = TrainingPlan()
    employer_involvement: Involvement = described(
        "design", "word", "When employers come in (Action 2)", DESIGN
    )
    late_from_month: int = duration(12, "Month from which late employers can engage", DESIGN)
    founding_share: Annotated[float, FIXED] = share(
        0.0,
        "Employers who found the programme, or know it from its start if they come late",
        NEUTRAL,
    )
    selection: Selection = described("institution", "word", "Who selects the trainees", DESIGN)
    demand: Demand = described(
        "pool", "word", "Seats are committed by employers, or graduates go to a pool", DESIGN
    )
    occupation_match: Annotated[float, UNSEEN] = share(
        1.0, "Vacancies of the employers that the occupation fits (Action 1)", NEUTRAL
    )
    forecast_error: float = described(
        0.0,
        "sd of logarithm",
        "Error of the employers' forecast of vacancies (Action 1)",
        NEUTRAL,
        ge=0,
        le=3,
    )
    job_guarantee: bool = described(False, "yes or no", "A job is guaranteed at the end", NEUTRAL)
    channel: LegalChannel = described("existing", "word", "Legal channel of migration", DESIGN)
    visa_lane: str = described("standard", "name", "Lane of the visa office", DESIGN)
    skill_level: SkillLevel = described(
        "medium",
        "word",
        (
            "Skill level of the occupation, on which it depends how well usual recruitment "
            "serves it (E3)"
        ),
    )
    recognition: Recognition = described(
        "none", "word", "When the qualification is recognised", NEUTRAL
    )
    regulated: bool = described(
        False,
        "yes or no",
        "Only people with a recognised qualification may stay in the occupation (E11)",
        NEUTRAL,
    )
    departure_months: int = duration(0, "Time from the visa to arrival", NEUTRAL)
    contract: Contract = Contract()
    domestic_track_share: Annotated[float, UNSEEN] = share(
        0.0, "Graduates meant for the home market", NEUTRAL
    )
    refund_share: float = share(
        0.0, "Share of the fee refunded when somebody leaves early (Action 3)", NEUTRAL
    )
    refund_months: int = duration(12, "Time after arrival in which leaving counts as early", DESIGN)
    integration_support: float = share(0.0, "Support after arrival", NEUTRAL)
    diaspora: Annotated[float, UNSEEN] = share(
        0.0, "How far people from home live where the work is", NEUTRAL
    )
    promotion: float = described(
        0.0, "per month", "Reach of promotion among employers (Action 8)", NEUTRAL, ge=0, le=10
    )
    association_reach: float = described(
        0.0, "per month", "Reach through business associations (Action 4)", NEUTRAL, ge=0, le=10
    )
    vouching: Annotated[Vouching | None, FIXED] = described(
        None,
        "word",
        "Channel that the programme adds (Action 7); null: the employers' own",
        NEUTRAL,
    )
    fee_per_recruit: Money = described(
        0.0, "currency", "Placement fee of the employer to the intermediary", NEUTRAL, ge=0
    )
    costs: Costs = Costs()
    own_costs: Annotated[dict[str, OwnCost], SAME_NAMES] = described(
        {}, "sections by name", "Costs that the model does not have, at most four", DESIGN
    )
    funding: dict[Funded, dict[SharingParty, float]] = described(
        {},
        "shares by item and party",
        "Who pays; all: every item that is not named itself; left out: the donor",
        DESIGN,
    )
    wages: Wages = Wages()
    renewal: Renewal = Renewal()
    planned: Annotated[dict[Planned, People], FIXED] = described(
        {}, "people", "The plan, never the outcome", DESIGN
    )
    sources: Annotated[dict[str, str], FIXED] = described(
        {}, "text by key", "Where each figure comes from", DESIGN
    )

    def payers_of(self, item: SharedItem) -> dict[SharingParty, float]:
        """Return the shares in which parties pay for an item: its own, or those of all."""
        return self.funding.get(item) or self.payers_of_all()

    def payers_of_own(self, cost: OwnCost) -> dict[SharingParty, float]:
        """Return the shares in which parties pay for a cost that the scenario adds."""
        return cost.payers or self.payers_of_all()

    def payers_of_all(self) -> dict[SharingParty, float]:
        """Return the shares of what is not named; the donor's where none are stated."""
        donor_alone: dict[SharingParty, float] = {"donor": 1.0}
        return self.funding.get(ALL_ITEMS) or donor_alone

    @field_validator("funding")
    @classmethod
    def _shares_add_up(cls, funding: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for item, shares in funding.items():
            _checked_shares(shares, item)
        return funding
