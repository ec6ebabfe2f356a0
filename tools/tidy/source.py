"""A file of the project as the rules see it: its text, and the same text without comments and without the insides of
strings. All three views have the same length and the same lines, so a position in one is a position in each."""

import dataclasses
import functools
import pathlib
import re

CPP = {".cpp", ".hpp"}
SCRIPT = {".ts", ".tsx", ".mjs", ".js"}


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str


@dataclasses.dataclass(frozen=True)
class Source:
    path: str  # from the root of the project, with slashes
    text: str

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def views(self):
        if self.suffix in CPP or self.suffix in SCRIPT:
            return split_views(self.text, is_cpp=self.suffix in CPP)
        return self.text, ""

    @property
    def code(self):
        """The text with comments and the insides of strings blanked."""
        return self.views[0]

    @property
    def comments(self):
        """The text with everything but comments blanked."""
        return self.views[1]

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def is_test(self):
        return re.search(r"(_(pg|io)?test\.cpp|/test_\w+\.hpp|\.test\.(ts|tsx|mjs))$|^tests/|^web/test/", self.path) is not None


CPP_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)" | "(?:\\.|[^"\\\n])*" | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')""",
    re.S | re.X)
SCRIPT_TOKEN = re.compile(
    r"""(?P<comment>(?<![:\w])//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*" | (?<!\w)'(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`
        | (?<=[=(,:!&|?;{}])[ ]?/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)""",
    re.S | re.X)


def split_views(text, is_cpp):
    code, comments, last = [], [], 0
    for token in (CPP_TOKEN if is_cpp else SCRIPT_TOKEN).finditer(text):
        between = text[last:token.start()]
        code.append(between)
        comments.append(blank(between))
        whole = token.group()
        if token.group("comment"):
            code.append(blank(whole))
            comments.append(whole)
        else:
            code.append(whole[0] + blank(whole[1:-1]) + whole[-1])
            comments.append(blank(whole))
        last = token.end()
    code.append(text[last:])
    comments.append(blank(text[last:]))
    return "".join(code), "".join(comments)


def blank(text):
    return re.sub(r"[^\n]", " ", text)
