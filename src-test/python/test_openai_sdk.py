"""The official SDK's files and batches, against the local endpoint."""

import hashlib
import json
import time

import openai
import pytest

pytestmark = pytest.mark.classic

PATHS = {
    "/v1/chat/completions": lambda text: {"messages": [{"role": "user", "content": text}]},
    "/v1/responses": lambda text: {"input": text},
}


@pytest.fixture
def client(endpoint):
    # No proxy: it runs on this machine.
    http = openai.DefaultHttpxClient(trust_env=False)
    with openai.OpenAI(
        base_url=endpoint.url, api_key="sk-local", max_retries=0, http_client=http
    ) as client:
        yield client


def upload(client, path="/v1/chat/completions", count=20, model="echo"):
    lines = [
        {
            "custom_id": f"row-{i}",
            "method": "POST",
            "url": path,
            "body": {"model": model, **PATHS[path](f"text {i}")},
        }
        for i in range(count)
    ]
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return client.files.create(file=("requests.jsonl", content), purpose="batch"), content


def create(client, file, path="/v1/chat/completions", **options):
    return client.batches.create(
        input_file_id=file.id, endpoint=path, completion_window="24h", **options
    )


def until(client, batch, *states):
    deadline = time.monotonic() + 60
    while batch.status not in states:
        assert time.monotonic() < deadline, batch
        batch = client.batches.retrieve(batch.id)
    return batch


def read(client, file_id):
    lines = [json.loads(line) for line in client.files.content(file_id).text.splitlines()]
    return {line["custom_id"]: line for line in lines}


def answer(path, body):
    """As the SDK itself reads a body."""
    if path == "/v1/responses":
        return openai.types.responses.Response.construct(**body).output_text
    return openai.types.chat.ChatCompletion.construct(**body).choices[0].message.content


@pytest.mark.parametrize("path", PATHS)
def test_a_batch_is_uploaded_created_followed_and_read(client, path):
    file, content = upload(client, path)
    assert (file.object, file.purpose, file.bytes) == ("file", "batch", len(content))
    assert client.files.retrieve(file.id).filename == "requests.jsonl"
    assert client.files.content(file.id).content == content

    batch = create(client, file, path, metadata={"team": "data"})
    assert (batch.object, batch.endpoint, batch.input_file_id) == ("batch", path, file.id)
    batch = until(client, batch, "completed")

    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (20, 20, 0)
    assert batch.metadata == {"team": "data"}
    assert batch.created_at <= batch.in_progress_at <= batch.completed_at < batch.expires_at
    assert batch.error_file_id is None and batch.errors is None
    lines = read(client, batch.output_file_id)
    assert sorted(lines) == sorted(f"row-{i}" for i in range(20))
    for i in range(20):
        line = lines[f"row-{i}"]
        digest = hashlib.sha256(f"text {i}".encode()).hexdigest()
        assert line["error"] is None and line["response"]["status_code"] == 200
        assert line["id"] and line["response"]["request_id"]
        assert answer(path, line["response"]["body"]) == f"sha256:{digest}"


def test_lines_that_fail_are_in_the_error_file(client, endpoint):
    endpoint.script({"batch": {"lines": [{"kind": "status", "status": 400, "contains": "text 7"}]}})

    batch = until(client, create(client, upload(client)[0]), "completed")

    assert (batch.request_counts.completed, batch.request_counts.failed) == (19, 1)
    assert "row-7" not in read(client, batch.output_file_id)
    (line,) = read(client, batch.error_file_id).values()
    assert (line["custom_id"], line["response"]["status_code"]) == ("row-7", 400)
    assert line["response"]["body"]["error"]["message"]


def test_a_batch_is_cancelled(client, endpoint):
    endpoint.script({"batch": {"hold": ["in_progress"], "holdAfterLines": 5}})
    batch = until(client, create(client, upload(client)[0]), "in_progress")
    while batch.request_counts.completed < 5:
        batch = client.batches.retrieve(batch.id)

    cancelling = client.batches.cancel(batch.id)
    batch = until(client, cancelling, "cancelled")

    assert cancelling.status in ("cancelling", "cancelled") and cancelling.cancelling_at
    assert batch.cancelled_at >= batch.cancelling_at
    assert len(read(client, batch.output_file_id)) == 5
    assert client.batches.cancel(batch.id).status == "cancelled"


def test_a_batch_that_has_ended_cannot_be_cancelled(client):
    batch = until(client, create(client, upload(client, count=1)[0]), "completed")

    with pytest.raises(openai.ConflictError, match="Cannot cancel a batch with status 'completed'"):
        client.batches.cancel(batch.id)


def test_batches_and_files_are_listed_page_by_page(client):
    made = [create(client, upload(client, count=1)[0]) for _ in range(5)]

    assert [b.id for b in client.batches.list(limit=2)] == [b.id for b in reversed(made)]
    page = client.batches.list(limit=2)
    assert len(page.data) == 2 and page.has_next_page()
    for batch in made:
        until(client, batch, "completed")
    inputs = [f.id for f in client.files.list(purpose="batch", order="asc", limit=2)]
    assert inputs == [b.input_file_id for b in made]
    assert client.files.delete(inputs[0]).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(inputs[0])


def test_a_file_that_cannot_be_taken_fails_its_batch(client):
    content = b'{"custom_id": "a"}\n'
    file = client.files.create(file=("requests.jsonl", content), purpose="batch")

    batch = until(client, create(client, file), "failed")

    assert batch.errors.data[0].line == 1 and batch.errors.data[0].message
    assert batch.output_file_id is None and batch.error_file_id is None


def test_what_does_not_exist_raises_the_errors_of_the_sdk(client):
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_none")
    with pytest.raises(openai.NotFoundError):
        client.files.content("file-none")
    with pytest.raises(openai.BadRequestError):
        client.files.create(file=("requests.jsonl", b"{}"), purpose="none")
