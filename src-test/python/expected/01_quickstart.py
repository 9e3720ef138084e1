from notebook import bars


def check(run):
    tickets = run.tables[0]
    assert tickets.columns == ["ticket_id", "product", "text", "gold"]
    assert len(tickets.rows) == 10

    tried = run.table("text", "response", "type")
    assert len(tried.rows) == 5
    assert set(tried.column("response")) <= {"bug", "question", "other"}

    products = bars(run.picture("What people write about"))
    assert products == {
        "Doorlet": 45,
        "Larkbook": 89,
        "Nestsync": 62,
        "Pannier S2": 42,
        "Shiftwell": 72,
    }

    failed = run.table("ticket_id", "type", "message")
    assert failed.column("type") == ["invalid_input"] * 4

    matrix = run.picture("answers are right")
    assert matrix.get_title(loc="left") == "292 of 310 answers are right (94%)"
    numbers = [int(text.get_text()) for text in matrix.texts]
    assert numbers == [137, 4, 3, 5, 105, 1, 3, 2, 50]

    again = run.table("source", "count")
    assert {row["source"]: row["count"] for row in again.rows} == {None: 4, "checkpoint": 310}

    result = run.names["result"]
    assert result.count() == 314
    assert result.where("(response IS NULL) = (error IS NULL)").count() == 0
