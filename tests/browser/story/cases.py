"""Step 3: a case is drafted with its facts and film, approved by another, seen to its end, acknowledged."""

from datetime import timedelta

from playwright.sync_api import expect

from trainhub.kernel import clock

TITLE = "检修传送带未断电上锁致一人死亡（教学虚构）"
TEXTS = {
    "unit": "某机械企业，从业人员 180 人。",
    "events": "维修工未断开电源即进入防护罩内清理积料，传送带突然启动。",
    "rescue": "现场按下急停并送医。",
    "direct_cause": "未执行断电、上锁、挂牌、验电。",
    "indirect_cause": "能量隔离制度停留在纸面，锁具配备不足。",
    "responsibility": "车间主任被撤职。",
    "lessons": "谁检修谁上锁，一人一锁，钥匙随身。",
    "measures": "全员配发个人锁具，启动前鸣铃并巡视。",
}


def draft(walk, film_file):
    """The publisher drafts the case and hands it in; returns its code."""
    page = walk.as_person("publisher")
    walk.visit(page, "/training/cases/new", "new-case")
    page.fill("#title", TITLE)
    page.fill("#occurred_on", str(clock.today() - timedelta(days=40)))
    page.fill("#district", "市北区")
    page.fill("#place", "装配车间")
    page.select_option("#industry", "manufacturing")
    page.select_option("#accident_type", "machinery")
    page.select_option("#cause", "act")
    page.fill("#deaths", "3")
    page.fill("#loss", "4200000")
    for name, text in TEXTS.items():
        page.fill(f"#{name}", text)
    page.fill("#source", "教学虚构案例")
    walk.press(page, "Keep the draft")
    walk.says(page, "serious accident")
    code = page.url.rstrip("/").split("/")[-2]
    page.fill("#film_title", "警示片")
    page.set_input_files("#film_file", film_file)
    walk.press(page, "Upload")
    walk.wait_for_work(page)
    walk.visit(page, f"/training/cases/{code}/edit", "case-draft")
    walk.press(page, "Hand in for approval")
    walk.visit(page, f"/training/cases/{code}/review", "case-handed-in")
    return code


def approve(walk, code):
    """Another person approves it."""
    page = walk.as_person("approver")
    walk.visit(page, "/home/training", "approver-home")
    walk.visit(page, f"/training/cases/{code}/review", "case-to-approve")
    walk.press(page, "Approve and publish")
    page = walk.as_person("publisher")
    walk.visit(page, f"/training/cases/{code}/coverage")
    page.fill("#due_on", str(clock.today() + timedelta(days=10)))
    walk.press(page, "Assign")


def watch_and_acknowledge(walk, code):
    """The trainee finds it by its words, watches the film, and says so; the publisher sees it."""
    page = walk.as_person("trainee")
    walk.visit(page, "/training/cases?q=上锁&level=serious", "case-found")
    expect(page.locator("mark").first).to_have_text("上锁")
    walk.press_words(page, TITLE)
    page.check("#agreed")
    walk.press(page, "Acknowledge")
    walk.says(page, "Watch the film to its end first: what the server has counted decides.")
    walk.visit(page, f"/training/cases/{code}", "case")
    page.locator("[data-begin]").click()
    expect(page.locator("[data-viewing]")).to_have_attribute("data-reason", "complete", timeout=40_000)
    page.check("#agreed")
    walk.press(page, "Acknowledge")
    walk.look(page, "case-acknowledged")
    page = walk.as_person("publisher")
    walk.visit(page, f"/training/cases/{code}/coverage", "coverage")
    assert "林小满" in page.inner_text("main")
