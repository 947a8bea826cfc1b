"""What the style guide shows: one of everything, with texts as long as real ones."""

from datetime import timedelta

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired

from trainhub.kernel import clock
from trainhub.kernel.errors import Refused, RuleReference
from trainhub.kernel.pages import Page
from trainhub.kernel.rooms import Task


class SampleForm(FlaskForm):
    """A field of every kind."""

    name = StringField("姓名", [InputRequired()], description="与身份证一致。")
    password = PasswordField("密码", [InputRequired()])
    count = IntegerField("人数")
    day = DateField("考试日期", [InputRequired()])
    site = SelectField("考点", choices=[("1", "海川职业技术学院考点"), ("2", "东港区安全考试点")])
    part = RadioField("科目", choices=[("theory", "理论"), ("practical", "实际操作")])
    needs = SelectMultipleField(
        "需要的便利",
        choices=[("large", "大字号"), ("ground", "一层考场")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    reason = TextAreaField("原因", [InputRequired()])
    file = FileField("名册文件", description="Excel 工作簿（.xlsx），不超过 10 MB。")
    agreed = BooleanField("我已核对以上内容")


def refusal():
    """A refusal as the separation rules give it."""
    rule = RuleReference(
        "S-07", "授课教员不得为自己培训过的人员监考或考评", "地方规定（待主管部门确认）：监考人员管理办法"
    )
    return Refused(
        rule, ["周娜于 2026-06-02 至 2026-06-20 在宏远职业培训学校为考生李敏授课（班级 HY-2606）。"]
    )


def _steps():
    now = clock.now()
    done = [("计划", "考务员 陈静"), ("名册", "考务员 陈静"), ("座位与准考证", "考务员 陈静")]
    steps = [{"label": label, "state": "done", "by": by, "at": now} for label, by in done]
    steps.append({"label": "密封试卷", "state": "current", "blocks": ["尚未选定试卷"]})
    return steps + [{"label": label, "state": "todo"} for label in ("开考", "结束", "评分", "发布")]


def _tasks():
    now = clock.now()
    return [
        Task("为考试安排监考人员", "#", "低压电工作业 · 东港区安全考试点", 2, now + timedelta(days=1), "bad"),
        Task("审核名册", "#", "海川职业技术学院考点", 12, now + timedelta(days=6), "warn"),
        Task("公布成绩", "#", "安全生产管理人员", None, None, "neutral"),
    ]


def context(side="training"):
    """All that ``kernel/style_guide.html`` asks for."""
    form = SampleForm(name="", part="theory")
    form.validate()
    return {
        "side": side,
        "form": form,
        "refused": refusal(),
        "steps_list": _steps(),
        "tasks": _tasks(),
        "page": Page(list(range(20)), 4, 20, 433),
        "job": {
            "state": "failed",
            "done": 120,
            "total": 300,
            "message": "第 36 行：身份证号与第 35 行相同。",
        },
        "now": clock.now(),
        "navigation": [
            {"label": label, "url": "#", "current": label == "我的待办", "count": count}
            for label, count in (
                ("我的待办", 3),
                ("培训班", 0),
                ("课程", 0),
                ("事故警示", 12),
                ("培训记录", 0),
            )
        ],
    }
