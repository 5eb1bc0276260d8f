"""Book what a form says once, however often it is sent."""

from stores.models import SalesPoint, StockForm, StockMovement


class BookedOtherwise(Exception):
    """The form booked something else before: `movement`."""

    def __init__(self, movement: StockMovement) -> None:
        super().__init__(f"{movement} was booked with it")
        self.movement = movement


def booked_before(
    *, partner_id: int, client_id: str, **said: object
) -> StockMovement | None:
    """The movement that a form of the partner's point has booked, if it has.

    `said` are the fields it must have. Locks the point until the transaction ends, so
    that the same form sent at once waits. A form without a `client_id` has no past.

    Raises BookedOtherwise.
    """
    if not client_id:
        return None
    lock_point(partner=partner_id)
    movements = StockMovement.objects.filter(
        form__point__partner=partner_id, form__client_id=client_id
    )
    movement = movements.first()
    if movement and not movements.filter(**said).exists():
        raise BookedOtherwise(movement)
    return movement


def lock_point(**which: object) -> SalesPoint:
    """Let a point do one thing at a time; whoever only refers to it need not wait."""
    return SalesPoint.objects.select_for_update(no_key=True).get(**which)


def remember(movement: StockMovement, client_id: str) -> StockMovement:
    """Write down which form booked the movement."""
    if client_id:
        point = SalesPoint.objects.get(partner=movement.record.partner_id)
        StockForm.objects.create(point=point, client_id=client_id, movement=movement)
    return movement
