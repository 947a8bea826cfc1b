"""Steps 8 and 9: marks, publication by a second person, a certificate that can be verified by anybody."""

import json

from tests.browser.walking import PHONE
from trainhub.kernel.db import transaction
from trainhub.people import messages


def mark_and_publish(walk, code):
    """The marker marks; who has not marked publishes."""
    page = walk.as_person("marker")
    walk.visit(page, "/home/exam", "marker-home")
    walk.visit(page, f"/exam/marking/{code}", "to-be-marked")
    walk.press(page, "Mark all papers")
    walk.wait_for_work(page)
    walk.look(page, "marked")
    page = walk.as_person("results-officer")
    walk.visit(page, f"/exam/marking/{code}", "to-be-published")
    walk.press(page, "Publish the results")
    walk.wait_for_work(page)
    walk.look(page, "published")


def people_are_told(app):
    """Who gave a number is told there; who gave none is not told at the number of the registering party."""
    with transaction():
        messages.send_waiting()
    lines = (app.config["SETTINGS"].instance / "outbox" / "outbox.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    assert {each["to"] for each in said} == {"19900000001"}
    assert len(said) == 2, "one at registration, one with the result"


def the_trainee_sees_the_result(walk):
    """On the phone: the result, and the way to say that it was somebody else."""
    page = walk.as_person("trainee", PHONE)
    walk.visit(page, "/exam/my", "my-result")
    assert "92" in page.inner_text("main")


def somebody_objects(walk, ticket, id_number):
    """A stranger without account says that they did not sit."""
    page = walk.as_stranger(PHONE)
    walk.visit(page, "/exam/objections/", "objection")
    page.fill("#ticket_number", ticket)
    page.fill("#id_number", id_number)
    walk.press(page, "Go on")
    page.check('input[name="ground"][value="not_sat"]')
    page.fill("#text", "那天我在外地，没有参加考试。")
    walk.press(page, "Object")
    walk.look(page, "objection-taken")


def issue(walk, code):
    """The certificate officer issues; what is objected to is kept back."""
    page = walk.as_person("certificate-officer")
    walk.visit(page, "/exam/certificates", "certificates-waiting")
    page.locator("main tbody button").first.click()
    page.wait_for_load_state()
    walk.wait_for_work(page)
    walk.look(page, "certificates-issued")


def verify(walk, folder):
    """Anybody verifies by number and by file; a changed byte and an appended revision are called altered."""
    page = walk.as_person("trainee")
    walk.visit(page, "/exam/certificates/mine", "my-certificate")
    number = page.locator("tbody a").first.inner_text().strip()
    document = walk.fetch(page, page.locator('a[href*="/mine/"]'))
    page = walk.as_stranger(PHONE)
    walk.visit(page, f"/verify/{number}", "verified-by-number")
    assert page.locator(".verdict").get_attribute("class").count("notice-good")
    assert upload(walk, page, folder, document, "verified-by-file") == "good"
    assert upload(walk, page, folder, flipped(document)) == "bad"
    assert upload(walk, page, folder, document + b"\n% added\n", "altered") == "bad"
    return number


def flipped(document):
    """The file with one bit of one byte changed, in the middle of what is signed."""
    place = len(document) // 3
    return document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :]


def upload(walk, page, folder, document, name=None):
    """Verify a file; returns the tone of the answer."""
    path = folder / "certificate.pdf"
    path.write_bytes(document)
    walk.visit(page, "/verify")
    page.set_input_files("#file", path)
    walk.press(page, "Verify the file")
    if name:
        walk.look(page, name)
    shown = page.locator(".verdict").get_attribute("class")
    return next(tone for tone in ("good", "bad", "warn", "info") if f"notice-{tone}" in shown)


def audit(walk):
    """The auditor finds every decision in the ledger."""
    page = walk.as_person("auditor")
    walk.visit(page, "/home/oversight", "auditor-home")
    walk.visit(page, "/oversight/ledger", "ledger")
