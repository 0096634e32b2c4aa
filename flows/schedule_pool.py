"""Names by which schedules, their worker and ``prefect.yaml`` know each other."""

#: Prefect's work pool, of the kind that starts a process for each run.
POOL = "suasion"
#: The flow that a schedule starts.
FLOW = "scheduled-run"
