"""Drawings: an SVG file that is more than a picture is refused, whatever it is spelt like."""

from pathlib import Path

import pytest

from tests.content.world import DRAWING, media_problems

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {}>{}</svg>'
ENDLESS = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/><use href="#a{n + 1}"/></g>' for n in range(30))
DRAWINGS = {
    "a script": SVG.format("", "<script>alert(1)</script>"),
    "a script in capitals": SVG.format("", "<SCRIPT>alert(1)</SCRIPT>"),
    "a script behind a prefix": '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>x</s:script></s:svg>',
    "a handler": SVG.format('onload="alert(1)"', ""),
    "a handler from its type": '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x">]>' + SVG.format("", ""),
    "another document in it": SVG.format("", "<foreignObject><p>x</p></foreignObject>"),
    "HTML in it": SVG.format("", '<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x"/>'),
    "a link": SVG.format("", '<a href="#x"><text>x</text></a>'),
    "a link to a script": SVG.format("", '<use xlink:href="javascript:alert(1)"/>'),
    "a link spelt with references": SVG.format("", '<use xlink:href="java&#115;cript:alert(1)"/>'),
    "an animated link": SVG.format("", '<animate attributeName="href" to="javascript:alert(1)"/>'),
    "a set": SVG.format("", '<set attributeName="onmouseover" to="alert(1)"/>'),
    "a picture from elsewhere": SVG.format("", '<image href="https://evil.example/pixel.png"/>'),
    "a drawing in a data address": SVG.format("", '<image href="data:image/svg+xml,x"/>'),
    "a style from elsewhere": SVG.format("", "<style>@import 'https://evil.example/x.css';</style>"),
    "a style in pieces": SVG.format("", "<style>rect{fill:u<![CDATA[rl(//evil.example)]]>}</style>"),
    "a style with escapes": SVG.format("", "<style>rect{fill:\\75rl(//evil.example)}</style>"),
    "a fill from elsewhere": SVG.format("", '<rect style="fill:url(https://evil.example/#a)"/>'),
    "a style sheet": '<?xml-stylesheet href="https://evil.example/x.css"?>' + SVG.format("", ""),
    "an entity": '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("", "<text>&a;</text>"),
    "an outside entity": '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("", "&a;"),
    "billions of entities": "<!DOCTYPE svg [<!ENTITY a 'x'>"
    + "".join(f"<!ENTITY a{n} '&a{n - 1 or ''};&a{n - 1 or ''};'>" for n in range(1, 40))
    + "]>"
    + SVG.format("", "&a39;"),
    "itself again": SVG.format("", '<g id="a"><use href="#a"/></g>'),
    "billions of uses": SVG.format("", ENDLESS),
    "deep": SVG.format("", "<g>" * 100 + "</g>" * 100),
    "many": SVG.format("", "<g/>" * 30_000),
    "an HTML page": "<!doctype html><html><script>alert(1)</script></html>",
    "HTML in XML": '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "no namespace": "<svg><path/></svg>",
    "broken": "<svg",
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_that_is_more_than_a_picture(name: str, tmp_path: Path) -> None:
    (problem,) = media_problems(tmp_path, drawing__svg=DRAWINGS[name])
    assert problem.startswith(
        ("error: media/drawing.svg:1: the drawing", "error: media/drawing.svg:1: this is no")
    )


@pytest.mark.parametrize(
    "svg",
    [
        DRAWING,
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- made with a program -->\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        + SVG.format('xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:export-filename="C:\\a.png"',
                     '<defs><linearGradient id="g"/></defs><rect fill="url(#g)" style="fill:url(#g)"/>'
                     '<style>rect { stroke: url("#g") }</style><use xlink:href="#g"/>'
                     '<image href="data:image/png;base64,iVBORw0KGgo="/>'),
    ],
)  # fmt: skip
def test_a_drawing_that_is_a_picture(svg: str, tmp_path: Path) -> None:
    assert media_problems(tmp_path, drawing__svg=svg) == []
