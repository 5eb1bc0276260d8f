"""The drawn map of Hội An."""

import pytest
from django.utils import timezone

from stores.queries.points import point_rows
from stores.static_map import HEIGHT, WIDTH, StaticMap, is_on_it, project
from tests.factories import make_point


def make_rows(*points):
    return point_rows(points, place=None, now=timezone.now())


def test_the_corners_of_the_land_are_the_corners_of_the_paper():
    assert project(108.290, 15.930) == (0, 0)
    assert project(108.405, 15.855) == (WIDTH, HEIGHT)


def test_a_point_in_town_has_a_pin_on_the_paper(db):
    (row,) = make_rows(make_point(lat=15.8772, lng=108.3265))

    (pin,) = StaticMap([row]).pins

    assert pin.row == row
    assert 0 < pin.x < WIDTH
    assert 0 < pin.y < HEIGHT


@pytest.mark.parametrize(("lat", "lng"), [(15.5, 108.33), (15.88, 109.0), (16.2, 108)])
def test_a_point_out_of_town_has_none_but_stays_in_the_list(db, lat, lng):
    rows = make_rows(make_point(lat=lat, lng=lng))

    sketch = StaticMap(rows)

    assert not is_on_it(rows[0])
    assert (sketch.pins, sketch.rows, sketch.outside) == ([], rows, rows)


def test_the_nearest_pin_is_drawn_over_the_others(db):
    centre = make_point(kind="regional_centre", lat=15.88, lng=108.33)
    near = make_point(lat=15.881, lng=108.33)
    far = make_point(lat=15.90, lng=108.33)

    pins = StaticMap(make_rows(far, near, centre)).pins

    assert [pin.row.point for pin in pins] == [far, near, centre]


def test_an_empty_map_is_still_a_map():
    sketch = StaticMap([])

    assert (sketch.pins, sketch.view) == ([], f"0 0 {WIDTH} {HEIGHT}")
    assert all(path.startswith("M") for path, _width in sketch.rivers)
