"""The import law: features point one way, stages point one way, pure is pure, each library has one owner."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "outreach"
ROOT = PACKAGE.parent

#: Which features a feature may import from, itself included; the foundation is open to all.
FEATURES = {
    "accounts": {"accounts"},
    "events": {"accounts", "events"},
    "registration": {"accounts", "events", "registration"},
    "messaging": {"accounts", "events", "registration", "messaging"},
    "plan": {"accounts", "events", "plan"},
    "engagement": {"accounts", "events", "registration", "plan", "engagement"},
    "demo": {"accounts", "events", "registration", "messaging", "plan", "engagement", "demo"},
}
#: Modules of the foundation that know no framework, database, environment, clock or network.
PURE_FOUNDATION = {
    "chain",
    "clock",
    "config",
    "errors",
    "folding",
    "hours",
    "i18n",
    "identifiers",
    "inventory",
    "phone",
    "policy",
    "quarters",
    "retention_schedule",
    "__init__",
}
FOUNDATION = PURE_FOUNDATION | {
    "audit", "database", "fields", "held", "installation", "keystore", "qr", "runtime", "security",
    "throttle", "vault", "web",
}  # fmt: skip
#: The two that put everything together.
ROOTS = {"app", "cli", "commands"}

EDGES = {
    "api",
    "views",
    "staff_views",
    "public_views",
    "feeds",
    "webhooks",
    "status_webhooks",
    "voice_webhooks",
    "commands",
    "forms",
    "simulator",
    "audit_views",
    "hold_commands",
    "hold_views",
    "door_views",
    "sign_up_pages",
    "broadcast_views",
    "kiosk_views",
    "card_views",
    "inbox_views",
    "news_views",
    "promise_views",
    "prompt_views",
    "turnout_views",
    "evidence_views",
    "voice_commands",
}
SHARED_EDGES = {"outreach.accounts.signed_in", "outreach.fields", "outreach.security", "outreach.web"}
IMPURE = ("flask", "flask_sqlalchemy", "flask_login", "flask_wtf", "wtforms", "sqlalchemy", "twilio",
          "requests", "socket", "time", "threading", "psycopg", "werkzeug")  # fmt: skip
OWNERS = {
    "twilio.rest": {"outreach.messaging.gateways.twilio"},
    "twilio.twiml": {"outreach.messaging.channels.voice"},
    "icalendar": {"outreach.events.calendar", "outreach.events.importing"},
    "cryptography": {"outreach.vault"},
    "segno": {"outreach.qr"},
    "argon2": {"outreach.accounts.service"},
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports(name: str) -> set[str]:
    """Every module that a module imports, with names from packages resolved to their modules."""
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = {module for module in inner if module in MODULES}
            found |= submodules or {node.module}
    return found


def feature_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in FEATURES else None


def is_model(name: str) -> bool:
    return ".models" in name or name.endswith(".models")


def is_edge(name: str) -> bool:
    return name.rsplit(".", 1)[-1] in EDGES or name in SHARED_EDGES


def is_pure(name: str) -> bool:
    """A module is pure when neither it nor anything of ours that it imports touches the outside."""
    parts = name.split(".")
    if len(parts) == 2 and parts[1] in PURE_FOUNDATION:
        return True
    direct = imports(name)
    if any(module == bad or module.startswith(bad + ".") for module in direct for bad in IMPURE):
        return False
    return all(is_pure(module) for module in direct if module.startswith("outreach.") and module in MODULES)


def ours(name: str) -> set[str]:
    return {module for module in imports(name) if module in MODULES and module != name}


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_only_features_below_its_own(name):
    feature = feature_of(name)
    if name == "outreach" or name.split(".")[1] in ROOTS:
        return
    for module in ours(name):
        other = feature_of(module)
        if feature is None:
            assert other is None, f"the foundation module {name} imports {module}"
            assert module.split(".")[1:2] != ["app"], f"{name} imports {module}"
        else:
            assert other is None or other in FEATURES[feature], f"{name} imports {module}"
            assert not (other is None and module.split(".")[1] in ROOTS), f"{name} imports {module}"


@pytest.mark.parametrize("name", [name for name in MODULES if not is_edge(name) and name.count(".")])
def test_only_edges_and_roots_import_edges(name):
    if name.split(".")[1] in ROOTS:
        return
    assert [module for module in ours(name) if is_edge(module)] == [] or name in SHARED_EDGES


@pytest.mark.parametrize("name", [name for name in MODULES if is_edge(name)])
def test_edges_import_no_other_feature_s_edges(name):
    for module in ours(name):
        if is_edge(module) and module not in SHARED_EDGES:
            assert feature_of(module) == feature_of(name), f"{name} imports {module}"


@pytest.mark.parametrize("name", [name for name in MODULES if is_model(name)])
def test_models_import_pure_modules_and_models_only(name):
    for module in ours(name):
        assert is_model(module) or is_pure(module) or module == "outreach.database", (
            f"{name} imports {module}"
        )


def test_no_circle_of_imports():
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        assert state.get(name) != 1, " -> ".join((*path, name))
        state[name] = 1
        for module in ours(name):
            # A package's own face (its __init__) gathers what is inside; that is no circle.
            if not name.startswith(module + "."):
                visit(module, (*path, name))
        state[name] = 2

    for name in MODULES:
        visit(name, ())


@pytest.mark.parametrize("name", MODULES)
def test_no_import_inside_a_function(name):
    if name == "outreach.app":
        return
    for function in ast.walk(TREES[name]):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert inside == [], f"{name}.{function.name}"


@pytest.mark.parametrize(("library", "owners"), OWNERS.items(), ids=OWNERS)
def test_each_library_has_its_owner(library, owners):
    users = {
        name
        for name in MODULES
        if any(module == library or module.startswith(library + ".") for module in imports(name))
    }
    assert users <= owners


def test_environment_is_read_in_two_places_only():
    readers = {
        str(path.relative_to(ROOT))
        for path in [*MODULES.values(), ROOT / "wsgi.py"]
        if "os.environ" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"wsgi.py", "outreach/cli.py"}


#: The rules a coordinator could argue about. Each must be explainable by reading one file.
PURE_RULES = [
    "outreach.accounts.sectors",
    "outreach.engagement.batches",
    "outreach.engagement.card_codes",
    "outreach.engagement.contact",
    "outreach.engagement.contact_wording",
    "outreach.engagement.encounters",
    "outreach.engagement.questions",
    "outreach.events.calendar",
    "outreach.events.drafts",
    "outreach.events.kinds",
    "outreach.events.questions",
    "outreach.events.reminding",
    "outreach.events.zones",
    "outreach.messaging.dates",
    "outreach.messaging.due",
    "outreach.messaging.quiet",
    "outreach.messaging.pace",
    "outreach.messaging.prompts",
    "outreach.messaging.validity",
    "outreach.messaging.segments",
    "outreach.messaging.text_budgets",
    "outreach.messaging.voice_dialogue",
    "outreach.messaging.wav",
    "outreach.messaging.voice_questions",
    "outreach.messaging.voice_turns",
    "outreach.messaging.gateways.base",
    "outreach.registration.pauses",
    "outreach.plan.aims",
    "outreach.plan.deeds",
    "outreach.plan.due_words",
    "outreach.plan.importing",
    "outreach.plan.progress",
    "outreach.plan.tables",
    "outreach.plan.wording",
    "outreach.registration.requests",
    "outreach.registration.waitlist",
]


@pytest.mark.parametrize("name", PURE_RULES)
def test_rule_is_pure(name):
    assert is_pure(name)
