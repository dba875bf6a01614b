"""What rules may read: sets of arguments by whom a decision is about."""

from __future__ import annotations

from collections.abc import Mapping

NUMBER, WHOLE, YES_OR_NO = "number", "whole number", "yes or no"
Arguments = Mapping[str, tuple[str, str]]
"""By name: an expression of the engine, and a kind: `NUMBER` and so on, or a table of rows."""

TIME: Arguments = {
    "month": ("w.month", WHOLE),
    "calendar_month": ("(w.calendar_month + w.month) % 12", WHOLE),
    "b": ("behaviour(w)", "behaviour"),
}
PERSON: Arguments = {
    **TIME,
    "person": ("person", "trainees"),
    "programme": ("programme_row(w, person.programme)", "programmes"),
    "programme_terms": ("programme_terms(w, person.programme)", "programme_terms"),
}
INSTITUTION = "site_row(w, person.site).institution"
TRAINED: Arguments = {
    **PERSON,
    "institution": (f"institution_row(w, {INSTITUTION})", "institutions"),
    "institution_terms": (
        f"institution_terms(w, institution_row(w, {INSTITUTION}).group)",
        "institution_terms",
    ),
}
SPONSORED: Arguments = {
    **TRAINED,
    "employer": ("employer_row(w, person.employer)", "employers"),
    "employer_terms": (
        "employer_terms(w, employer_row(w, person.employer).group)",
        "employer_terms",
    ),
}
DESTINATION: Arguments = {
    "government": (
        "government_row(w, programme_terms(w, person.programme).government)",
        "governments",
    ),
    "government_terms": (
        "government_terms(w, programme_terms(w, person.programme).government)",
        "government_terms",
    ),
}
APPLICATION: Arguments = {
    **SPONSORED,
    **DESTINATION,
    "lane": ("lane_row(w, number)", "lanes"),
    "lane_terms": ("lane_terms(w, number)", "lane_terms"),
    "waited": ("w.month - person.applied", WHOLE),
}
OF_SITE: Arguments = {
    "site": ("site_row(w, s)", "sites"),
    "institution": ("institution_row(w, site_row(w, s).institution)", "institutions"),
    "institution_terms": ("institution_terms(w, site_row(w, s).group)", "institution_terms"),
}
PARTNERSHIP: Arguments = {
    **TIME,
    "partnership": ("partnership", "partnerships"),
    "employer": ("employer_row(w, partnership.employer)", "employers"),
    "employer_terms": (
        "employer_terms(w, employer_row(w, partnership.employer).group)",
        "employer_terms",
    ),
    "programme": ("programme_row(w, partnership.programme)", "programmes"),
    "programme_terms": ("programme_terms(w, partnership.programme)", "programme_terms"),
}
EMPLOYER: Arguments = {
    **TIME,
    "employer": ("employer_row(w, e)", "employers"),
    "employer_terms": ("employer_terms(w, employer_row(w, e).group)", "employer_terms"),
}
CHOICE: Arguments = {
    **EMPLOYER,
    "trust": ("trust", NUMBER),
    "site": ("site_row(w, s)", "sites"),
    "institution": ("institution_row(w, site_row(w, s).institution)", "institutions"),
    "programme": ("programme_row(w, site_row(w, s).programme)", "programmes"),
    "programme_terms": ("programme_terms(w, site_row(w, s).programme)", "programme_terms"),
}
PROGRAMME: Arguments = {
    **TIME,
    "programme": ("programme_row(w, p)", "programmes"),
    "programme_terms": ("programme_terms(w, p)", "programme_terms"),
}
OWN_INSTITUTION: Arguments = {
    **TIME,
    "institution": ("institution_row(w, i)", "institutions"),
    "institution_terms": (
        "institution_terms(w, institution_row(w, i).group)",
        "institution_terms",
    ),
}
GOVERNED: Arguments = {
    **TIME,
    "government": ("government_row(w, g)", "governments"),
    "government_terms": ("government_terms(w, g)", "government_terms"),
}
LANE: Arguments = {
    **TIME,
    "lane": ("lane", "lanes"),
    "lane_terms": ("lane_terms(w, number)", "lane_terms"),
    "government": ("government_row(w, lane_terms(w, number).government)", "governments"),
    "government_terms": (
        "government_terms(w, lane_terms(w, number).government)",
        "government_terms",
    ),
}
WAITING: Arguments = {**TRAINED, "waited": ("w.month - person.graduated", WHOLE)}


def leaving(prefix: str) -> Arguments:
    """Return what a hazard of leaving while waiting may read, with its parameters by one name."""
    effects = {
        "base": "base",
        "prior_effect": "prior_employment",
        "age_effect": "age",
        "motivation_effect": "motivation",
    }
    return {
        **WAITING,
        **{name: (f"b.waiting_{prefix}_{of}", NUMBER) for name, of in effects.items()},
    }
