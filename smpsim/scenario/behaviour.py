"""How people and organisations behave: parameters shared by all programmes.

The defaults are neutral: they switch each mechanism off, so that a scenario can be as simple
as a bare pipeline. `scenarios/base.yaml` switches them on with one set of values for all.
"""

from __future__ import annotations

from smpsim.scenario.behaviour_of_employers import (
    Awareness,
    Participation,
    Readiness,
    Trust,
    Vacancies,
)
from smpsim.scenario.behaviour_of_offices import (
    Adaptation,
    Alignment,
    Channel,
    Effort,
    Gains,
    Recognition,
    Scaling,
    Selection,
)
from smpsim.scenario.behaviour_of_people import (
    Applying,
    Exam,
    People,
    Retention,
    Training,
    Waiting,
)
from smpsim.scenario.fields import Section


class Behaviour(Section):
    """All behavioural parameters, each section with the number of its rule."""

    people: People = People()
    awareness: Awareness = Awareness()
    participation: Participation = Participation()
    trust: Trust = Trust()
    applying: Applying = Applying()
    selection: Selection = Selection()
    alignment: Alignment = Alignment()
    training: Training = Training()
    exam: Exam = Exam()
    waiting: Waiting = Waiting()
    readiness: Readiness = Readiness()
    recognition: Recognition = Recognition()
    channel: Channel = Channel()
    retention: Retention = Retention()
    vacancies: Vacancies = Vacancies()
    adaptation: Adaptation = Adaptation()
    scaling: Scaling = Scaling()
    effort: Effort = Effort()
    gains: Gains = Gains()
