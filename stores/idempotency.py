"""Carry out what a form asks for once, however often it is submitted."""

from collections.abc import Callable, Mapping

from django.db import models

from catalogue.refusals import Refusal


class FormReused(Refusal):
    """The form was submitted before with other content; `result` is what it made."""

    def __init__(self, sentence: str, result: object) -> None:
        super().__init__(sentence)
        self.result = result


class SubmittedForm(models.Model):
    """A form that was carried out, by the token that it was rendered with.

    `scope` says which kind of form it is and of which point, `result_id` is the id of
    what it made.
    """

    scope = models.CharField(max_length=60)
    token = models.CharField(max_length=40)
    content = models.JSONField(help_text="what the form asked for")
    result_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "token"], name="submittedform_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.token}"

    def finish(self, result: models.Model) -> None:
        """Record what was made, in the transaction that made it."""
        if self.pk:
            self.result_id = result.pk
            self.save(update_fields=["result_id"])


def begin_submission(
    *,
    scope: str,
    token: str,
    content: Mapping[str, object],
    reused: Callable[[int], FormReused],
) -> SubmittedForm:
    """The form's row; its `result_id` is set if the form was carried out before.

    The same form submitted at once waits for the first one's transaction. `content`
    is anything that JSON can hold. Without a token each submission is a new one.

    Raises what `reused` makes of the earlier result's id, if the content differs.
    """
    fresh = SubmittedForm(scope=scope, token=token, content=dict(content))
    if not token:
        return fresh
    form, created = SubmittedForm.objects.get_or_create(
        scope=scope, token=token, defaults={"content": fresh.content}
    )
    if not created and form.content != fresh.content and form.result_id:
        raise reused(form.result_id)
    return form
