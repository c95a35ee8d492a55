"""Starts the bot: `python -m bot run | shell | train`."""

import argparse
import os
import signal
import socket
import sys
import warnings
from pathlib import Path

from bot.errors import StartError
from bot.prepare import newest_model
from bot.rasa_changes.late_imports import LeftOutError

HOST = "127.0.0.1"
PORT = 5005
MODELS = Path("models")

# Rasa and its libraries read these when they are imported.
_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "HF_HUB_OFFLINE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # Texts and vectors here are too short for threads to share: they would only wait for
    # each other. The encoder has a setting of its own.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "SANIC_REQUEST_MAX_SIZE": "3500000",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    # Rasa's pinned libraries warn developers of their own future, at every start; Sanic
    # turns those warnings on when it is imported.
    import sanic.app  # noqa: F401

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    options = _parser().parse_args(arguments)
    from knowledge_base.errors import KnowledgeBaseError

    try:
        options.run(options)
    except (StartError, KnowledgeBaseError, LeftOutError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="run | shell | train")
    run = commands.add_parser("run", help="serve the widget and the channels")
    run.add_argument("--host", default=HOST, help=f"address (default {HOST})")
    run.add_argument("--port", type=_port, default=PORT, help=f"default {PORT}")
    run.set_defaults(run=_run)
    shell = commands.add_parser("shell", help="chat in this terminal")
    shell.set_defaults(run=_shell)
    train = commands.add_parser("train", help="train the model; does nothing if none changed")
    train.set_defaults(run=_train)
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: use 1 to 65535.")
    return int(text)


def _run(options: argparse.Namespace) -> None:
    from bot.data_folder import take

    _require_free(options.host, options.port)
    take()
    model = _prepared()
    from bot.serving import serve

    serve(model, options.host, options.port)


def _shell(options: argparse.Namespace) -> None:
    # Not every library can be interrupted while it is imported, and nothing is lost yet.
    signal.signal(signal.SIGINT, _leave)
    model = _prepared()
    from bot.shell import chat

    chat(model)


def _leave(*_: object) -> None:
    print(flush=True)
    os._exit(0)


def _prepared() -> str:
    """Check what the bot needs, import Rasa, and return the path of the model."""
    from bot import rasa_changes
    from bot.rasa_changes.late_imports import require_light
    from bot.sealing import shared_sealer
    from knowledge_base.answer import shared_answerer

    shared_sealer()
    shared_answerer()
    model = latest_model()
    require_light(model)
    print("Loading the bot ...", flush=True)
    # Before anything else imports Rasa.
    rasa_changes.import_rasa()
    return model


def _train(options: argparse.Namespace) -> None:
    print("Training (a few minutes; quick if nothing changed) ...", flush=True)
    from rasa.model_training import train

    from bot.serving import configure_logging

    configure_logging()
    # Our classifier chooses among a retrieval intent's responses, not Rasa's selector.
    for warned in ("The following duplicated intents", ".*training a response selector"):
        warnings.filterwarnings("ignore", message=warned)
    result = train("domain.yml", "config.yml", ["data"], output=str(MODELS))
    if result.code != 0:
        raise StartError("Training failed; the lines above say why.")


def _require_free(host: str, port: int) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise StartError(f"{host!r} is no address of this machine ({error.strerror}).") from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise StartError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop the program that uses "
                f"it, or choose another port: make run PORT={port + 1}"
            ) from error


def latest_model() -> str:
    """Return the path of the newest trained model.

    Raises:
        StartError: there is none.
    """
    model = newest_model(MODELS)
    if model is None:
        raise StartError("There is no trained model: run `make train`.")
    return str(model)


if __name__ == "__main__":
    sys.exit(main())
