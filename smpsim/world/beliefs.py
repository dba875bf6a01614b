"""Beliefs of employers: trust in origins, programmes and schools (E4, E13).

The logit of an employer's trust in a graduate is the sum of what it thinks of the origin, of the
programme and of the school. Variances are brought up to date only when something is met.
"""

from __future__ import annotations

from smpsim.agents.belief import be_shown, logistic, logit, observe_two
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.decisions_of_employers import fading_of, learn_of, prior_of, visit_of
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    institution_row,
    institution_terms,
    origin_belief,
    partner_of,
    partnership_row,
    programme_belief,
    programme_row,
    programme_terms,
    school_belief,
    site_row,
    vouching_mean,
)


@inlined
def origin_of(w, s):
    """Return the government of the origin in which site s lies."""
    return institution_terms(w, site_row(w, s).group).government


@rule
def trust_in(w, k, s):
    """Return the trust of partnership k in a graduate of site s, 0 to 1 (E4)."""
    e = partnership_row(w, k).employer
    total = programme_belief(w, k).logit + origin_belief(w, e, origin_of(w, s)).logit
    return logistic(total + school_belief(w, e, site_row(w, s).institution).logit)


@rule
def note_trust(w, p, k):
    """Note the trust of partnership k in the programme, at the mean of its schools (E4)."""
    partnership = partnership_row(w, k)
    record = programme_row(w, p)
    e = partnership.employer
    total = 0.0
    for s in range(record.first_site, record.first_site + record.sites):
        total += origin_belief(w, e, origin_of(w, s)).logit
        total += school_belief(w, e, site_row(w, s).institution).logit
    trust = logistic(programme_belief(w, k).logit + total / record.sites)
    record.trust_total += trust - partnership.trust
    partnership.trust = trust


@rule
def begin_belief(belief, mean, uncertainty):
    """Set a belief to its prior."""
    belief.logit = mean
    belief.variance = uncertainty * uncertainty
    belief.seen = 0


@rule
def prior_mean(w, e, p):
    """Return the mean of the prior trust of employer e in programme p (E4)."""
    b = behaviour(w)
    group = employer_terms(w, employer_row(w, e).group)
    terms = programme_terms(w, p)
    channel = vouching_mean(w, 0, group.vouching).value
    if terms.vouching != NONE:
        channel = max(channel, vouching_mean(w, 0, terms.vouching).value)
    return prior_of(w, b, e, p, group, terms, channel)


@rule
def begin_trust(w):
    """Set all beliefs to their priors, and show employers the schools that are mapped (E4)."""
    b = behaviour(w)
    for e in range(w.employer_count):
        for g in range(w.government_count):
            begin_belief(origin_belief(w, e, g), 0.0, b.trust_origin_uncertainty)
        for i in range(w.institution_count):
            begin_belief(school_belief(w, e, i), 0.0, b.trust_school_uncertainty)
    for k in range(w.partnership_count):
        e, p = partnership_row(w, k).employer, partnership_row(w, k).programme
        mean = logit(prior_mean(w, e, p)) + employer_row(w, e).opinion
        begin_belief(programme_belief(w, k), mean, b.trust_programme_uncertainty)
        record = programme_row(w, p)
        if b.trust_mapping_strength > 0.0:
            for s in range(record.first_site, record.first_site + record.sites):
                if institution_terms(w, site_row(w, s).group).mapped:
                    visit(w, k, s)
        partnership_row(w, k).trust = 0.0
    for k in range(w.partnership_count):
        note_trust(w, partnership_row(w, k).programme, k)


@rule
def visit(w, k, s):
    """Show an employer the school of site s; what it sees is as precise as that many hires (E4)."""
    b = behaviour(w)
    e = partnership_row(w, k).employer
    i = site_row(w, s).institution
    # nobody is sure of a school without a flaw, or without a merit, after one visit
    good = min(max(visit_of(w, b, institution_row(w, i)), 0.02), 0.98)
    be_shown(
        origin_belief(w, e, origin_of(w, s)),
        programme_belief(w, k),
        school_belief(w, e, i),
        logit(good),
        b.trust_mapping_strength * good * (1.0 - good),
    )


@inlined
def refresh(w, b, belief, uncertainty):
    """Let a belief grow less sure with the months since it was last moved (E13)."""
    if belief.seen < w.month:
        belief.variance = fading_of(
            w, b, belief.variance, uncertainty * uncertainty, w.month - belief.seen
        )
        belief.seen = w.month


@rule
def experience(w, p, e, s, success, weight):
    """Let employer e, if it is in programme p, learn from a hire of site s (E13)."""
    k = partner_of(w, p, e)
    if k < 0:
        return
    b = behaviour(w)
    origin = origin_belief(w, e, origin_of(w, s))
    programme = programme_belief(w, k)
    school = school_belief(w, e, site_row(w, s).institution)
    refresh(w, b, origin, b.trust_origin_uncertainty)
    refresh(w, b, programme, b.trust_programme_uncertainty)
    refresh(w, b, school, b.trust_school_uncertainty)
    learn_of(w, b, partnership_row(w, k), s, origin, programme, school, success, weight)
    note_trust_of(w, e)
    # one's own hires are always news, those of others if they move what one believes
    partnership = partnership_row(w, k)
    moved = abs(partnership.trust - partnership.trust_then)
    if weight >= 1.0 or moved >= b.participation_noticeable:
        tell(w, k)


@rule
def note_trust_of(w, e):
    """Note the trust of employer e in all of its programmes: two may share origin or school."""
    for p in range(w.programme_count):
        k = partner_of(w, p, e)
        if k >= 0:
            note_trust(w, p, k)


@inlined
def tell(w, k):
    """Let the employer of a partnership decide anew next month: it has news."""
    partnership = partnership_row(w, k)
    partnership.decides = min(partnership.decides, w.month + 1)


@rule
def read_reports(w, p, k):
    """Let an employer read what its association tells of hires in the programme (E13).

    Of a programme without an association nobody tells. Reports are about origin and programme,
    not about one school.
    """
    b = behaviour(w)
    if b.trust_association_weight == 0.0 or programme_terms(w, p).association_reach == 0.0:
        return
    partnership = partnership_row(w, k)
    record = programme_row(w, p)
    good = record.successes - partnership.heard_successes
    bad = record.failures - partnership.heard_failures
    if good + bad <= 0.0:
        return
    partnership.heard_successes = record.successes
    partnership.heard_failures = record.failures
    e = partnership.employer
    origin = origin_belief(w, e, origin_of(w, record.first_site))
    programme = programme_belief(w, k)
    refresh(w, b, origin, b.trust_origin_uncertainty)
    refresh(w, b, programme, b.trust_programme_uncertainty)
    schools = logit(partnership.trust) - origin.logit - programme.logit
    weight = b.trust_association_weight
    observe_two(origin, programme, schools, True, good * weight)
    observe_two(origin, programme, schools, False, bad * weight * b.trust_failure_weight)
    note_trust_of(w, e)
