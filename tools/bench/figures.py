"""What was measured, as rows of one Markdown table. Every figure is the median of its rounds."""

import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    """One row: a value of ours in each round, and beside it a peer's in the same round or a fixed limit."""

    what: str
    ours: list
    unit: str
    peer: list = dataclasses.field(default_factory=list)
    peer_name: str = ""
    at_least: float | None = None  # aim for the ratio to the peer
    at_most_times: float | None = None  # likewise
    at_most: float | None = None  # aim for our own value, in its unit
    at_least_own: float | None = None  # likewise

    def row(self):
        ours = statistics.median(self.ours)
        cells = [self.what, f"{number(ours)} {self.unit}", self.peer_cell(), self.ratio_cell(), self.aim_cell()]
        return "| " + " | ".join(cells) + " |"

    def ratio(self):
        """Rounds are paired, so that what disturbs one round disturbs both of its sides."""
        if self.peer:
            return statistics.median(ours / peer for ours, peer in zip(self.ours, self.peer, strict=True))
        return statistics.median(self.ours) / self.at_most if self.at_most else None

    def peer_cell(self):
        if self.peer:
            return f"{self.peer_name}: {number(statistics.median(self.peer))} {self.unit}"
        return f"limit: {number(self.at_most)} {self.unit}" if self.at_most else ""

    def ratio_cell(self):
        ratio = self.ratio()
        return "" if ratio is None else f"{ratio:.2f}×"

    def aim_cell(self):
        aims = []
        if self.at_least is not None:
            aims.append((f"≥ {self.at_least:g}×", self.ratio() >= self.at_least))
        if self.at_most_times is not None:
            aims.append((f"≤ {self.at_most_times:g}×", self.ratio() <= self.at_most_times))
        if self.at_least_own is not None:
            aims.append((f"≥ {self.at_least_own:g} {self.unit}", statistics.median(self.ours) >= self.at_least_own))
        if self.at_most is not None:
            aims.append((f"≤ {self.at_most:g} {self.unit}", statistics.median(self.ours) <= self.at_most))
        return ", ".join(f"{aim}: {'met' if met else '**missed**'}" for aim, met in aims)


def number(value):
    """Three digits that mean something, and thousands apart."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def render_table(figures):
    head = ["| what | ours | peer or limit | ratio | aim |", "|---|---|---|---|---|"]
    return "\n".join(head + [figure.row() for figure in figures]) + "\n"
