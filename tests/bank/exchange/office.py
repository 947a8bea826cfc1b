"""Word documents for tests, written as Word writes them."""

from __future__ import annotations

import io
import zipfile
from html import escape

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paragraph(text, inner="", properties=""):
    runs = "<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p>{properties}<w:r>{runs}{inner}</w:r></w:p>"


def table(*rows):
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{each}</w:tr>" for each in cells) + "</w:tbl>"


def document(*blocks, **parts):
    body = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{SPACE}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{SPACE}">{content}</w:{name}>')
    return target.getvalue()
