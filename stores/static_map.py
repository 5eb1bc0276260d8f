"""A drawn map of Hội An, for visitors without network or script, and for paper."""

from collections.abc import Iterable
from dataclasses import dataclass

from stores.queries.points import PointRow

WEST, EAST, SOUTH, NORTH = 108.290, 108.405, 15.855, 15.930
WIDTH, HEIGHT = 690, 468

Line = list[tuple[float, float]]

COAST: Line = [
    (108.333, 15.937),
    (108.350, 15.9235),
    (108.362, 15.9130),
    (108.373, 15.9030),
    (108.385, 15.8945),
    (108.393, 15.8870),
    (108.397, 15.8790),
    (108.393, 15.8720),
    (108.400, 15.8650),
    (108.412, 15.8570),
]
THU_BON: Line = [
    (108.286, 15.8705),
    (108.300, 15.8700),
    (108.312, 15.8720),
    (108.322, 15.8738),
    (108.333, 15.8752),
    (108.345, 15.8735),
    (108.358, 15.8720),
    (108.372, 15.8700),
    (108.384, 15.8715),
    (108.398, 15.8740),
]
SOUTH_ARM: Line = [
    (108.318, 15.8725),
    (108.328, 15.8680),
    (108.342, 15.8662),
    (108.356, 15.8680),
    (108.366, 15.8700),
]
DE_VONG: Line = [
    (108.330, 15.9120),
    (108.343, 15.9000),
    (108.356, 15.8930),
    (108.368, 15.8880),
    (108.380, 15.8820),
    (108.390, 15.8755),
]
ROADS: list[Line] = [
    [(108.286, 15.8800), (108.306, 15.8805), (108.322, 15.8795), (108.337, 15.8800)],
    [(108.337, 15.8800), (108.352, 15.8835), (108.366, 15.8890), (108.381, 15.8915)],
    [(108.330, 15.8800), (108.334, 15.8900), (108.340, 15.9010), (108.345, 15.9110)],
    [(108.352, 15.8835), (108.360, 15.8770), (108.372, 15.8730)],
    [(108.306, 15.8805), (108.304, 15.8950), (108.297, 15.9150)],
]
NAMES = [
    ("Phố cổ", 108.3225, 15.8868, "place"),
    ("Trà Quế", 108.3255, 15.9035, "place"),
    ("Thanh Hà", 108.2925, 15.8878, "place"),
    ("Cửa Đại", 108.3665, 15.8955, "place"),
    ("Cẩm Thanh", 108.3640, 15.8790, "place"),
    ("An Bàng", 108.3300, 15.9130, "place"),
    ("sông Thu Bồn", 108.3030, 15.8655, "water"),
    ("Biển Đông", 108.3830, 15.9080, "water"),
]


@dataclass(frozen=True)
class Pin:
    row: PointRow
    x: float
    y: float


class StaticMap:
    """The drawing with the points of some rows on it, in its own coordinates.

    `close` is the half around the only pin, for a page about one point.
    Positions of river, coast and roads follow the real ones to about half a kilometre.
    """

    def __init__(self, rows: Iterable[PointRow]) -> None:
        self.rows = list(rows)
        inside = [row for row in self.rows if is_on_it(row)]
        self.outside = [row for row in self.rows if not is_on_it(row)]
        self.pins = [
            Pin(row, *project(row.point.lng, row.point.lat)) for row in reversed(inside)
        ]
        self.view = f"0 0 {WIDTH} {HEIGHT}"
        self.close = self.view
        if len(self.pins) == 1:
            wide, high = WIDTH // 2, HEIGHT // 2
            left = min(max(self.pins[0].x - wide / 2, 0), WIDTH - wide)
            top = min(max(self.pins[0].y - high / 2, 0), HEIGHT - high)
            self.close = f"{left:g} {top:g} {wide} {high}"
        self.sea = path([*COAST, (EAST + 0.01, NORTH + 0.01)]) + "Z"
        self.rivers = [(path(THU_BON), 27), (path(SOUTH_ARM), 14), (path(DE_VONG), 8)]
        self.roads = [path(road) for road in ROADS]
        self.names = [(name, *project(x, y), kind) for name, x, y, kind in NAMES]


def is_on_it(row: PointRow) -> bool:
    return WEST < row.point.lng < EAST and SOUTH < row.point.lat < NORTH


def project(lng: float, lat: float) -> tuple[float, float]:
    x = (lng - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - lat) / (NORTH - SOUTH) * HEIGHT
    return round(x, 1), round(y, 1)


def path(line: Line) -> str:
    """A smooth path through the points of a line."""
    points = [project(lng, lat) for lng, lat in line]
    (x, y), *others = points
    steps = [f"M{x:g} {y:g}"]
    for (x1, y1), (x2, y2) in zip(others, others[1:], strict=False):
        steps.append(f"Q{x1:g} {y1:g} {(x1 + x2) / 2:g} {(y1 + y2) / 2:g}")
    steps.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(steps)
