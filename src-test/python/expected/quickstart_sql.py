def check(run):
    tickets = run.tables[0]
    assert tickets.columns == ["ticket_id", "product", "text", "gold"]
    assert len(tickets.rows) == 10

    urgent = run.table("ticket_id", "text", "response")
    assert len(urgent.rows) > 0
    assert set(urgent.column("response")) <= {"bug", "question", "other"}

    labels = run.table("product", "bug", "question", "other")
    assert {row["product"]: list(row)[1:] for row in labels.rows} == {
        "Doorlet": [21, 15, 9],
        "Larkbook": [42, 33, 14],
        "Nestsync": [28, 23, 11],
        "Pannier S2": [19, 16, 7],
        "Shiftwell": [35, 24, 13],
    }

    errors = run.table("type", "retryable", "tickets", "example")
    assert [list(row)[:3] for row in errors.rows] == [["invalid_input", False, 4]]

    right = run.table("gold", "answered", "percent_right")
    assert [tuple(row) for row in right.rows] == [
        ("bug", 144, 95.1),
        ("other", 55, 90.9),
        ("question", 111, 94.6),
    ]

    cost = run.table("source", "tickets", "tokens", "tokens_paid_now")
    assert [row["source"] for row in cost.rows] == ["checkpoint", None]
    assert cost.column("tickets") == [310, 4]
    assert cost.rows[0]["tokens"] > 30_000
    assert cost.rows[0]["tokens_paid_now"] == 0
