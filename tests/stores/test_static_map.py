"""The drawn map of Hội An."""

import pytest
from django.utils import timezone

from stores.queries.points import point_rows
from stores.static_map import HEIGHT, WIDTH, StaticMap, is_on_it, project
from tests.factories import make_point


def make_rows(*points):
    return point_rows(points, place=None, now=timezone.now())


def test_project_maps_corners_of_land_to_map_corners():
    assert project(108.290, 15.930) == (0, 0)
    assert project(108.405, 15.855) == (WIDTH, HEIGHT)


def test_map_draws_pin_of_point_in_town(db):
    (row,) = make_rows(make_point(lat=15.8772, lng=108.3265))

    (pin,) = StaticMap([row]).pins

    assert pin.row == row
    assert 0 < pin.x < WIDTH
    assert 0 < pin.y < HEIGHT


@pytest.mark.parametrize(("lat", "lng"), [(15.5, 108.33), (15.88, 109.0), (16.2, 108)])
def test_map_lists_point_out_of_town_without_pin(db, lat, lng):
    rows = make_rows(make_point(lat=lat, lng=lng))

    sketch = StaticMap(rows)

    assert not is_on_it(rows[0])
    assert (sketch.pins, sketch.rows, sketch.outside) == ([], rows, rows)


def test_map_draws_nearest_pin_on_top(db):
    centre = make_point(kind="regional_centre", lat=15.88, lng=108.33)
    near = make_point(lat=15.881, lng=108.33)
    far = make_point(lat=15.90, lng=108.33)

    pins = StaticMap(make_rows(far, near, centre)).pins

    assert [pin.row.point for pin in pins] == [far, near, centre]


def test_map_without_points_is_drawn():
    sketch = StaticMap([])

    assert (sketch.pins, sketch.view) == ([], f"0 0 {WIDTH} {HEIGHT}")
    assert all(path.startswith("M") for path, _width in sketch.rivers)
