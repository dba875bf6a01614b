"""Who is where at the horizon, how often an exam was sat, and which employers know of it."""

import pytest

import smpsim


@pytest.fixture(scope="module")
def runs():
    return smpsim.run("reference", 8, parameters="centre").outcomes()


def test_everybody_who_migrated_is_somewhere(runs):
    # a contract that is permanent is followed by no second one
    there = runs["at_work"] + runs["elsewhere"] + runs["returned"]
    assert (there == runs["migrated"]).all()
    assert (runs["at_work"] > 0).all()


def test_each_person_sits_the_exam_at_least_once(runs):
    sat = runs["graduated"] + runs["failed"]
    assert (runs["exam_sittings"] >= sat).all()
    assert (runs["exam_sittings"] <= 3 * runs["enrolled"]).all()


def test_nobody_sits_an_exam_that_there_is_not():
    values = {"programmes.pilot.training.exam": False}
    runs = smpsim.run("reference", overrides=values, replications=2).outcomes()
    assert (runs["exam_sittings"] == 0).all()


def test_employers_who_take_part_know_of_it(runs):
    assert (runs["employers"] == 20).all()
    assert (runs["employers_engaged"] <= runs["employers_aware"]).all()
    assert (runs["employers_aware"] <= runs["employers"]).all()
    assert (runs["employers_engaged"] > 0).any()
