"""The server of the cockpit: on this computer alone; and the page in a browser, if there is one."""

import re
import signal
import socket
import urllib.request

import pytest
from browsers import a_browser
from processes import Command
from typer.testing import CliRunner

from smpsim.app.state import State
from smpsim.cli import app

SEATS = "programmes.pilot.intakes.seats"
SECONDS = 240_000
"""Milliseconds that anything on the page may take: a busy machine compiles the model first."""


class Cockpit(Command):
    """A server, and where it is."""

    def __enter__(self):
        said = self.process.stderr.readline()
        self.address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        return self


@pytest.fixture(scope="module")
def cockpit():
    with Cockpit("-m", "smpsim", "app", "bare_pipeline", "--port", "0", "--no-browser") as found:
        yield found


@pytest.mark.slow
def test_the_page_is_served_to_this_computer_alone_and_asks_no_other(cockpit):
    with urllib.request.urlopen(cockpit.address) as answered:
        text = answered.read().decode()
    fetched = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']([^\"']+)", text)
    assert fetched
    assert not [one for one in fetched if re.match(r"(https?:)?//", one)]
    # what the page loads comes with a package
    for one in fetched:
        if "cdn" in one:
            with urllib.request.urlopen(cockpit.address + one.lstrip("/")) as answered:
                assert answered.status == 200
    # nobody listens on the addresses by which others reach this computer
    port = int(cockpit.address.rstrip("/").rpartition(":")[2])
    for family, *_, place in socket.getaddrinfo(
        socket.gethostname(), port, type=socket.SOCK_STREAM
    ):
        if not place[0].startswith("127.") and place[0] != "::1":
            with socket.socket(family) as one:
                one.settimeout(2)
                assert one.connect_ex(place) != 0


def test_a_taken_port_and_an_unknown_scenario_are_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = CliRunner().invoke(app, ["app", "--no-browser", "--port", port])
    assert found.exit_code == 2
    assert f"--port: got {port}, which is taken" in found.stderr
    found = CliRunner().invoke(app, ["app", "bare_pipelin", "--no-browser"])
    assert found.exit_code == 2
    assert "did you mean 'bare_pipeline'?" in found.stderr


@pytest.fixture(scope="module")
def browser():
    with a_browser() as found:
        yield found


@pytest.fixture
def page(browser):
    found = browser.new_page(viewport={"width": 390, "height": 844})
    found.set_default_timeout(SECONDS)
    found.asked = []
    found.on("request", lambda one: found.asked.append(one.url))
    yield found
    found.close()


def placed(page):
    return page.locator("tr", has=page.locator("th", has_text=re.compile("^placed"))).inner_text()


@pytest.mark.slow
def test_a_link_is_shown_a_slider_moves_the_answer_and_nobody_else_is_asked(cockpit, page):
    link = State("bare_pipeline", {SEATS: 40}, replications=50).link()
    page.goto(cockpit.address + link.replace("version=0", "version=00"))
    page.get_by_text("From planned to kept").wait_for()
    assert "This link was made with smpsim" in page.locator(".problem").first.inner_text()
    # more runs change the numbers too
    page.locator("[aria-label='all runs are done']").wait_for(state="attached")
    before = placed(page)
    # on a telephone the questions open on demand
    page.get_by_role("button", name="Change something").click()
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "old => [...document.querySelectorAll('tr')].some("
        "one => one.innerText.startsWith('placed') && one.innerText !== old)",
        arg=before,
    )
    page.get_by_role("tab", name="Take away").click()
    page.get_by_text("smpsim run bare_pipeline -n 50 --parameters likely --set").wait_for()
    outside = [one for one in page.asked if not one.startswith((cockpit.address, "data:", "blob:"))]
    assert outside == []
    # nothing sticks out at the side
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.slow
def test_a_broken_upload_says_what_is_wrong_with_it(cockpit, page):
    page.goto(cockpit.address + State("bare_pipeline", replications=50).link())
    page.get_by_role("button", name="Change something").click()
    content = b"extends: base\nmonts: 3\n"
    file = {"name": "up.yaml", "mimeType": "text/yaml", "buffer": content}
    page.locator("input[type=file][accept*=yaml]").set_input_files(file)
    page.get_by_text("did you mean 'months'?").wait_for()


@pytest.mark.slow
def test_it_ends_when_it_is_told_to(cockpit):
    code, said = cockpit.send(signal.SIGINT)
    assert "Traceback" not in said
    assert code in (0, 130)
