"""The files a report can be given out as. The renderers are loaded when they are asked for."""

from importlib import import_module

from ..figures import View

# Ending: what it is called, the renderer, its content type.
FORMATS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "html": "HTML"}
RENDERERS = {"pdf": "pdf", "docx": "word", "xlsx": "excel", "html": "html"}
OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}


def rendered(document, format):
    """The bytes of the document in one of `FORMATS`."""
    renderer = import_module(f".{RENDERERS[format]}", __package__)
    content = renderer.render(document)
    return content.encode("utf-8") if isinstance(content, str) else content


def name(programme, period, view, format):
    """What the file is called: asf-gavleborg-2016-2020.pdf; one for the office alone says so."""
    internal = "-intern" if view == View.FULL else ""
    return f"{programme.slug}-{period.code}{internal}.{format}"
