"""What goes wrong, as Python exceptions with one line each."""


class LlmError(Exception):
    """Something that the connector refuses or that failed; its text is one line."""


class OptionError(LlmError, ValueError):
    """An option or a column that cannot be used. Told before any call."""


class SessionError(LlmError, RuntimeError):
    """Spark, or the connector's jar, is not where it is needed."""
