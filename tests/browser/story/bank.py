"""Step 4: an author imports a question file, a second person approves, a paper is assembled and sealed."""

import openpyxl

from trainhub.demo.bank import HEADER, POINTS, questions_for

BANK = "BANK-STORY"


def import_and_review(walk, folder):
    """Bring in the project's own questions by Excel, with one row that cannot be read; approve all."""
    page = walk.as_person("item-author")
    walk.visit(page, "/exam/bank/", "banks")
    page.locator("summary", has_text=walk.words("Open a bank")).click()
    page.fill("#code", BANK)
    page.fill("#name", "主要负责人题库")
    page.select_option("#qualification", "PRINCIPAL")
    walk.press(page, "Open the bank")
    walk.visit(page, f"/exam/bank/{BANK}/import", "import")
    page.set_input_files("#file", question_file(folder))
    walk.press(page, "Hand in the file")
    walk.wait_for_work(page)
    walk.look(page, "import-result")
    walk.says(page, "Rejected rows")
    the_author_cannot_approve(walk, page)
    page = walk.as_person("item-reviewer")
    walk.visit(page, "/home/exam", "reviewer-home")
    walk.visit(page, f"/exam/bank/{BANK}/review", "review")
    with page.expect_navigation():
        page.keyboard.press("a")
    approve_the_rest(walk, page)


def question_file(folder):
    """The demo's questions as a workbook, with a row whose key names no option."""
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER)
    for row in questions_for("PRINCIPAL"):
        workbook.active.append(row)
    workbook.active.append(
        ["单选题", POINTS["01.1"], "一道答案有误的题（ ）。", "甲", "乙", "丙", "丁", "G", ""]
    )
    path = folder / "questions.xlsx"
    workbook.save(path)
    return path


def the_author_cannot_approve(walk, page):
    """The review page is not the author's."""
    walk.visit(page, f"/exam/bank/{BANK}/review", status=403)


def approve_the_rest(walk, page):
    """Approve what is left, a page of the list at a time."""
    for _page in range(20):
        walk.visit(page, f"/exam/bank/{BANK}?state=in_review")
        if not page.locator("[data-choose-all]").count():
            break
        page.locator("[data-choose-all]").check()
        page.select_option("#action", "approve")
        walk.press(page, "Do it")
    walk.visit(page, f"/exam/bank/{BANK}?state=approved", "approved-items")


def assemble_and_seal(walk):
    """Draw up a blueprint by the regulations, assemble, and have a second person review and seal."""
    page = walk.as_person("paper-officer")
    walk.visit(page, "/exam/papers/blueprints", "blueprints")
    page.fill("#name", "主要负责人理论卷")
    page.select_option("#qualification", "PRINCIPAL")
    walk.press(page, "Draw it up")
    walk.look(page, "blueprint")
    walk.press(page, "Assemble papers")
    walk.wait_for_work(page)
    walk.look(page, "assembly")
    page.locator("main td a").first.click()
    page.wait_for_load_state()
    walk.look(page, "assembled-paper")
    paper = page.url
    page = walk.as_person("paper-reviewer")
    page.goto(paper)
    walk.press(page, "Open the proof")
    walk.look(page, "proof")
    page.goto(paper)
    walk.press(page, "Approve")
    page.check("#opening-1")
    walk.press(page, "Seal the paper")
    walk.look(page, "sealed-paper")
    walk.says(
        page,
        "This paper is opened by the clock: the program shows it to nobody before its sitting begins, and "
        "records every opening. But whoever runs the server and its key folder could read it before.",
    )
    walk.visit(page, paper.removeprefix(walk.address) + "/proof", status=409)
