"""What happens later: the schedule, and the worker that runs every task.

A task is a function decorated with `django_tasks.task`, beside what it belongs to; it
is enqueued in the transaction that causes it. `schedule.py` lists what is enqueued by
the clock. `manage.py work` runs all of it (`worker.py`): what fails is tried again
after growing pauses, and what a killed worker left is run by the next.
"""
