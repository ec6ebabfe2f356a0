"""Words and characters that may not stand in a file, each with what to write instead."""

import re

from source import CPP, SCRIPT, Finding

# Each entry: pattern, what to do instead, and which view of the file is searched.
EVERYWHERE = [
    (r"\b(TODO|FIXME|XXX|HACK)\b", "finish it, or file an issue and say nothing"),
    (r"\b[Ff]or now\b", "say what it does, and why that is right"),
    (r"(?<![\w.])/(work|root|home/\w+)/", "no path of one machine"),
    (r"registry\.npm|npmjs\.(org|com)/|deb\.debian\.org|\"resolved\":", "no address of a package registry"),
    (r"-----BEGIN [A-Z ]*PRIVATE KEY", "no private key in the tree: tests make their own"),
]
IN_CPP = [
    (r"\bstd::endl\b", "'\\n': endl flushes"),
    (r"\busing namespace std\s*;", "name what you use"),
    (r"(?<![\w.>:])s?rand\s*\(", "base/random.hpp"),
    (r"\bstd::(mt19937|random_device|uniform_\w+)", "base/random.hpp, which a seed can replay"),
    (r"(?<![\w.>:])(system|popen)\s*\(", "posix_spawn with a fixed argv: no shell"),
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(", "std::string, std::to_chars"),
    (r"\b(atoi|atol|atof|std::stoi|std::stol|std::stoul|std::stod)\s*\(", "std::from_chars, or base/text.hpp"),
    (r"(?<![\w:])(localtime|gmtime|ctime|asctime)\s*\(", "base/time.hpp"),
    (r"\bstd::regex\b", "a hand-written scanner: std::regex can be made to run for ever"),
    (r"\bthread_local\b", "pass it as an argument: it outlives the request it belongs to"),
    (r"\bassert\s*\(", "CHECK or CHECK_REQUEST, which also hold in a release build"),
    (r"\bsystem_clock::now\(\)", "the Clock you were given (base/time.hpp)"),
]
IN_SCRIPT = [
    (r"\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML)\b", "React children: text stays text"),
    (r"<style\b", "a .module.css file: the policy of the page refuses <style>"),
    (r"setAttribute\(\s*[\"']style", "a class, or style={{}} for computed geometry"),
    (r"\beval\s*\(|\bnew Function\b", "no code from text"),
    (r"@ts-(ignore|nocheck)", "the right type"),
    (r"\bas any\b|:\s*any\b", "the right type, or unknown"),
]
# Files whose subject these words are.
EXEMPT = re.compile(r"^tools/tidy/|^CONTRIBUTING\.md$|^LICENSE$")
# Tests wait, seed and spawn in ways that the product must not, and inject what the page must refuse.
NOT_IN_TESTS = {"base/random.hpp, which a seed can replay", "the Clock you were given (base/time.hpp)",
                "a .module.css file: the policy of the page refuses <style>", "React children: text stays text",
                "a hand-written scanner: std::regex can be made to run for ever"}


def check_words(files):
    for file in files:
        if EXEMPT.search(file.path):
            continue
        yield from search(file, EVERYWHERE, file.text)
        if file.suffix in CPP:
            yield from search(file, IN_CPP, file.code)
        elif file.suffix in SCRIPT:
            yield from search(file, IN_SCRIPT, blank_comments(file))


def blank_comments(file):
    """Strings stay: `setAttribute("style"` is about a string."""
    return "".join(" " if mark not in " \n" else char for char, mark in zip(file.text, file.comments)) \
        if file.comments.strip() else file.text


def search(file, table, text):
    for pattern, instead in table:
        if instead in NOT_IN_TESTS and file.is_test():
            continue
        for match in re.finditer(pattern, text):
            yield Finding(file.path, file.line_of(match.start()), f"`{match.group().strip()}`: {instead}")


def check_ownership(files):
    """`new` only straight into a smart pointer, `delete` never, and shared_ptr only where sharing is the point."""
    for file in files:
        if file.suffix not in CPP:
            continue
        for number, line in enumerate(file.code.splitlines(), 1):
            if re.search(r"(?<![\w.#])new\s+[A-Za-z_:(]", line) and not re.search(r"_ptr|\boperator\b", line):
                yield Finding(file.path, number, "`new`: std::make_unique")
            if re.search(r"\bdelete\b\s*(\[\s*\])?\s*[A-Za-z_(*]", line):
                yield Finding(file.path, number, "`delete`: an owner that cleans up by itself")


def check_banners(files):
    """A comment is a sentence. A ruler of dashes is noise that grows with the file."""
    for file in files:
        if file.suffix not in CPP | SCRIPT | {".sql", ".py", ".sh", ".css", ".txt", ".cmake"}:
            continue
        for number, line in enumerate(file.lines, 1):
            if re.match(r"^\s*(//|#|--|/\*|\*)\s*[-=*#~+/_]{4,}", line):
                yield Finding(file.path, number, "banner comment")
