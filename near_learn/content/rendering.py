"""From a draft to what learners see: every piece rendered, sanitised and put in its place."""

import re
from types import MappingProxyType

from near_learn.content.course import ModuleText, Section
from near_learn.content.definitions import take
from near_learn.content.draft import QUIZ, Draft, DraftOption, DraftQuestion, DraftSection, DraftTarget, Prose
from near_learn.content.markup import TAG, Renderer, plain
from near_learn.content.problem import Report
from near_learn.content.prose import check
from near_learn.content.question import GAP_MARK, Option, Question, Target
from near_learn.content.source import Line

# Authors begin an explanation with this word, the player has its own heading: it would stand there twice.
LABEL = re.compile(
    r"(?:explanation|explicación|uitleg|toelichting|vysvětlení|selitys|perustelu|spiegazione|explicație|εξήγηση|"
    r"explication|erklärung|begründung): *",
    re.IGNORECASE,
)

# Where no input can stand.
CLOSED = re.compile(r"<(a|code|math|pre)\b.*?</\1>", re.DOTALL)


def module_text(draft: Draft, renderer: Renderer, report: Report) -> ModuleText:
    """The text of a module in one language. Problems in its prose and links are in the report."""
    renderer.open(report, draft.language, draft.definitions)
    writer = _Writer(renderer, report)
    sections = [(section, writer.section(section)) for section in draft.sections]
    position = next((i for i, (section, _) in enumerate(sections) if section.id == QUIZ), len(sections))
    quiz = sections[position][1] if position < len(sections) else Section(QUIZ, "", ())
    renderer.footnotes.unused()
    front = draft.front
    return ModuleText(
        language=draft.language,
        title=front["title"],
        summary=front["summary"],
        objectives=front["objectives"],
        sections=tuple(section for _, section in sections if section is not quiz),
        quiz=quiz.questions,
        quiz_title=quiz.title,
        quiz_html=quiz.html,
        quiz_position=position,
        source_version=front["version"] if "version" in front.values else front["source_version"],
    )


def page(prose: Prose, title: str, renderer: Renderer, report: Report, language: str = "en") -> str:
    """The HTML of a text without sections and questions: the description of a course."""
    lines, definitions = take(prose.lines, report)
    renderer.open(report, language, definitions)
    renderer.begin("", title)
    text = renderer.block(Prose(lines), notes=True) if check(Prose(lines), report) else ""
    notes = renderer.end()
    renderer.footnotes.unused()
    return f"{text}\n{notes}" if notes else text


class _Writer:
    """Checks and renders the pieces of one file, in the order in which they stand there."""

    def __init__(self, renderer: Renderer, report: Report) -> None:
        self.renderer = renderer
        self.report = renderer.report = report

    def section(self, section: DraftSection) -> Section:
        """The section with its blocks; empty prose between two questions is left out."""
        title = self.title(section.heading.title, section.heading.line)
        self.renderer.begin(section.id, title)
        blocks = [
            self.question(part) if isinstance(part, DraftQuestion) else self.block(part, notes=True)
            for part in section.parts
        ]
        blocks.append(self.renderer.end())
        return Section(section.id, title, tuple(block for block in blocks if block))

    def question(self, draft: DraftQuestion) -> Question:
        """The question with its options."""
        title = self.title(draft.heading.title, draft.heading.line)
        options = tuple(self.option(option) for option in draft.options)
        return Question(
            id=draft.id,
            title=title,
            stem_html=self.stem(draft),
            kind=draft.kind,
            multiple=sum(option.correct for option in options) > 1,
            options=options,
            explanation_html=self.block(_without_label(draft.explanation)),
            hint_html=self.block(draft.hint),
            weight=draft.attributes.weight,
            objective=draft.attributes.objective,
            see=draft.attributes.see,
            fixed=draft.attributes.fixed,
            targets=tuple(self.target(target) for target in draft.targets),
            matches=MappingProxyType(
                {option.id or "": option.target for option in draft.options if option.target}
            ),
            gaps=tuple(draft.gaps),
            range=draft.range,
        )

    def stem(self, draft: DraftQuestion) -> str:
        """The text under the heading; every gap in it must be where an input can stand."""
        html = self.block(draft.stem)
        if draft.gaps and html and not _fillable(html, len(draft.gaps)):
            self.report.error(
                draft.stem.line, "a gap cannot stand in a link, in code or in the description of a picture"
            )
        return html

    def option(self, draft: DraftOption) -> Option:
        """One option."""
        rendered = self.inline(draft.text)
        return Option(draft.id or "", plain(rendered), rendered, draft.correct, self.block(draft.feedback))

    def target(self, draft: DraftTarget) -> Target:
        """One right side."""
        rendered = self.inline(draft.text)
        return Target(draft.id, plain(rendered), rendered)

    def block(self, prose: Prose, *, notes: bool = False) -> str:
        """Paragraphs and the like."""
        return self.renderer.block(prose, notes=notes) if check(prose, self.report) else ""

    def inline(self, prose: Prose) -> str:
        """A text inside a line."""
        return self.renderer.inline(prose) if check(prose, self.report) else ""

    def title(self, text: str, line: int) -> str:
        """A heading as plain text."""
        return plain(self.inline(Prose([Line(line, text)])))


def _without_label(explanation: Prose) -> Prose:
    lines = explanation.lines
    match = LABEL.match(lines[0].text) if lines else None
    if not match:
        return explanation
    rest = lines[0].text[match.end() :]
    return Prose([Line(lines[0].number, rest[:1].upper() + rest[1:]), *lines[1:]])


def _fillable(html: str, gaps: int) -> bool:
    """Whether every gap is in the text itself."""
    return TAG.sub("", CLOSED.sub("", html)).count(GAP_MARK) == gaps
