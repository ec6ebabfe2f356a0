"""Who may include whom: src/floors.txt, the libraries that only one room may touch, and the rules of coroutines."""

import re

from source import CPP, Finding

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# A library and the only places that may include it. Elsewhere its types would leak through every floor.
LIBRARIES = [
    (r"boost/(asio|beast)", r"^src/net/"),
    (r"libpq-fe\.h|postgres_ext\.h", r"^src/db/|^tests/support/"),
    (r"openssl/", r"^src/(crypto|net|egress)/|^tests/support/"),
    (r"sodium", r"^src/(crypto|base)/"),
    (r"toml\+\+", r"^src/(config|agent)/"),
    (r"zip\.h$|zipconf\.h", r"^src/archive/"),
    (r"curl/", r"^src/(mail|egress)/"),
]
# Slow to compile, and an implementation detail wherever it is used: in a .cpp only.
NOT_IN_HEADERS = re.compile(r"boost/(asio|beast|json)|libpq-fe\.h|openssl/|sodium|toml\+\+|^zip\.h$|curl/|^(iostream|regex)$")
COROUTINES = re.compile(r"^src/net/")


class Floors:
    """The parsed src/floors.txt: `floor N: room...` and `edge a -> b`."""

    def __init__(self, text):
        self.floors, self.edges, self.errors = {}, {}, []
        for number, line in enumerate(text.splitlines(), 1):
            line = line.partition("#")[0].strip()
            floor = re.fullmatch(r"floor (\d+):(.*)", line)
            edge = re.fullmatch(r"edge (\S+) -> (\S+)", line)
            if floor:
                for room in floor[2].split():
                    self.floors[room] = (int(floor[1]), number)
            elif edge:
                self.edges[(edge[1], edge[2])] = number
            elif line:
                self.errors.append((number, "neither `floor N: room...` nor `edge a -> b`"))

    def floor_of(self, room):
        pattern = "modules/*" if room.startswith("modules/") else room
        return self.floors.get(pattern, (None, 0))[0]


def room_of(path, rooms):
    """`src/net/tls.hpp` -> `net`, `src/modules/site/site.hpp` -> `modules/site`; None outside the rooms."""
    parts = path.split("/")
    if parts[0] != "src" or len(parts) < 3:
        return None
    room = "/".join(parts[1:3]) if parts[1] == "modules" else parts[1]
    return room if rooms is None or room in rooms else None


def check_floors(files, text):
    floors = Floors(text)
    listed = "src/floors.txt"
    for number, complaint in floors.errors:
        yield Finding(listed, number, complaint)
    rooms = {room_of(file.path, None) for file in files} - {None}
    for room, (_, number) in floors.floors.items():
        if room != "modules/*" and room not in rooms:
            yield Finding(listed, number, f"there is no room {room}; remove it")
    for room in sorted(rooms):
        if floors.floor_of(room) is None:
            yield Finding(listed, 1, f"src/{room} stands on no floor")

    used = set()
    for file in files:
        room = room_of(file.path, rooms)
        if file.suffix in CPP and room:
            yield from check_includes(file, room, rooms, floors, used)
    for edge, number in floors.edges.items():
        if edge not in used:
            yield Finding(listed, number, f"nobody needs the edge {edge[0]} -> {edge[1]} any more")


def check_includes(file, room, rooms, floors, used):
    for match in INCLUDE.finditer(file.text):
        target = room_of("src/" + match[2], rooms) if match[1] == '"' else None
        if target is None or target == room:
            if match[2].startswith(("apps/", "tests/", "support/")) and not file.is_test():
                yield Finding(file.path, file.line_of(match.start()), f"{match[2]}: the house stands on rooms only")
            continue
        if room.startswith("modules/") and target.startswith("modules/"):
            edge = (room.split("/")[1], target.split("/")[1])
            if edge in floors.edges:
                used.add(edge)
            if edge not in floors.edges or match[2] != f"{target}/{edge[1]}.hpp":
                yield Finding(file.path, file.line_of(match.start()),
                              f"{match[2]}: a module reaches another only by an edge, and only its {edge[1]}.hpp")
            continue
        mine, theirs = floors.floor_of(room), floors.floor_of(target)
        if mine is None or theirs is None:
            continue
        if theirs >= mine:
            yield Finding(file.path, file.line_of(match.start()),
                          f"{match[2]}: {target} is on floor {theirs}, {room} on floor {mine}; include lower floors only")


def check_libraries(files):
    for file in files:
        if file.suffix not in CPP:
            continue
        for match in INCLUDE.finditer(file.text):
            line = file.line_of(match.start())
            for library, places in LIBRARIES:
                if re.match(library, match[2]) and not re.search(places, file.path):
                    yield Finding(file.path, line, f"<{match[2]}> belongs to {places.strip('^')} alone")
            if file.suffix == ".hpp" and match[1] == "<" and NOT_IN_HEADERS.search(match[2]):
                yield Finding(file.path, line, f"<{match[2]}>: in a .cpp only")


def check_coroutines(files):
    """Coroutines only in src/net; and g++ 12 destroys twice what is made by braces or captured by a lambda inside an
    expression that holds co_await: name it first."""
    for file in files:
        if file.suffix not in CPP:
            continue
        for match in re.finditer(r"\bco_(await|return|yield)\b", file.code):
            line = file.line_of(match.start())
            if not COROUTINES.search(file.path):
                yield Finding(file.path, line, f"{match.group()}: coroutines live in src/net; handlers are plain functions")
            elif match[1] == "await" and has_braces(file.code, match.start()):
                yield Finding(file.path, line, "braces or a lambda beside co_await: g++ 12 destroys them twice; name it first")


def has_braces(code, position):
    """Whether the statement around `position` holds `{` inside parentheses or after a type name."""
    begin = find_statement(code, position)
    depth = 0
    for index in range(begin, len(code)):
        char = code[index]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "{":
            return depth > 0 or re.search(r"[\w>]$", code[begin:index].rstrip()) is not None
        elif char == ";" and depth <= 0:
            return False
    return False


def find_statement(code, position):
    """Where the statement of `position` begins: after `;`, `{` or `}`, unless what was closed is part of a call."""
    depth = 0
    for index in range(position - 1, -1, -1):
        char = code[index]
        if char == ")":
            depth += 1
        elif char == "(":
            depth -= 1
        elif char == "}" and code[index + 1:position].lstrip()[:1] in tuple(",)+-*/.<>&|?:"):
            continue
        elif char in ";{}" and depth <= 0 and not (char == "{" and code[index - 1:index].isalnum()):
            return index + 1
    return 0
