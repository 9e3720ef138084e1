"""databricks.yml names what is there. Whether Databricks takes it is not tried."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from notebook import cells_of

# Once is enough: no session is used.
pytestmark = pytest.mark.classic

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
JOBS = BUNDLE["resources"]["jobs"]
NOTEBOOK_TASKS = JOBS["notebooks"]["tasks"]
JAR = ROOT / "jobs" / "target" / "spark-llm-jobs.jar"


def job(*arguments):
    """A command of LlmJob that needs no Spark."""
    return subprocess.run(
        ["java", "-cp", str(JAR), *arguments], capture_output=True, text=True, timeout=60
    )


def test_the_jar_job_gives_flags_that_the_job_has():
    [task] = JOBS["label_tickets"]["tasks"]
    main = task["spark_jar_task"]["main_class_name"]
    command, *flags = task["spark_jar_task"]["parameters"]

    help_page = job(main, command, "--help")

    assert help_page.returncode == 0, help_page.stderr
    given = [flag for flag in flags if flag.startswith("--")]
    assert len(given) >= 8
    for flag in given:
        assert re.search(rf"{flag}\b", help_page.stdout), flag


def test_libraries_are_what_the_build_makes():
    libraries = [
        library
        for job in JOBS.values()
        for task in job["tasks"]
        for library in task["libraries"]
    ]
    wheel = BUNDLE["artifacts"]["wheel"]

    assert {path for library in libraries for path in library.values()} == {
        "jobs/target/spark-llm-jobs.jar",
        "connector/target/spark-llm-connector.jar",
        f"{wheel['path']}/dist/*.whl",
    }
    assert (ROOT / wheel["path"] / "pyproject.toml").is_file()
    assert "--wheel-dir dist" in wheel["build"]


@pytest.mark.parametrize("task", NOTEBOOK_TASKS, ids=lambda task: task["task_key"])
def test_a_notebook_task_sets_widgets_that_the_notebook_has(task):
    notebook = ROOT / task["notebook_task"]["notebook_path"]
    code = "\n".join(cell.text for cell in cells_of(notebook))
    widgets = set(re.findall(r'widgets\.text\("(\w+)"|WIDGET TEXT (\w+)', code))
    names = {first or second for first, second in widgets}

    assert set(task["notebook_task"]["base_parameters"]) <= names


def test_a_real_service_gets_its_key_from_the_secret_scope():
    for name, changed in BUNDLE["targets"]["openai"]["resources"]["jobs"].items():
        [cluster] = changed["job_clusters"]
        assert cluster["job_cluster_key"] == JOBS[name]["job_clusters"][0]["job_cluster_key"]
        key = cluster["new_cluster"]["spark_env_vars"]["OPENAI_API_KEY"]
        assert key == "{{secrets/${var.secret_scope}/${var.secret_key}}}"
