"""The named worlds of the simulated request logs: what is true in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from disclosure_trends.errors import SettingsError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What makes one simulated world differ from the others.

    Effects on demand are on the log scale, effects on validity on the logit scale,
    times in months. Everything not named here is the same in all worlds.

    Attributes
    ----------
    name : str
        Public name.
    shock : float
        Jump of the demand of the adopting region from the first month of the "after"
        window on.
    policy, line_policy : float
        Change of validity from that month on: on every line and everywhere; on the
        designated line alone.
    relabel : bool
        Both lines are equally valid (.40): moving changes nothing.
    stimulus, stimulus_spread : float
        Demand that adoption itself creates: mean and standard deviation over
        authorities.
    entrants : int
        Adopters that hardly file anything until they adopt.
    selection : float
        Jump of an adopter's own demand at adoption that adoption did not cause.
    anticipation : float
        Growth a month over four months from three months before adoption on, which
        stays and which adoption did not cause.
    leak : float
        Share of wrong-line requests of authorities not yet on the line that an
        adopter files for them, in the last four months.
    all_at_once : bool
        Every authority of the region adopts in the first month of "after".
    decision_days : float or None
        Mean of the exponential delay of a decision where decisions are late.
    inside, outside : int
        Authorities in the adopting region and elsewhere.
    countries_inside, countries_outside : int
        Countries they come from.
    """

    name: str
    shock: float = 0.0
    policy: float = 0.0
    line_policy: float = 0.0
    relabel: bool = False
    stimulus: float = 0.0
    stimulus_spread: float = 0.0
    entrants: int = 0
    selection: float = 0.0
    anticipation: float = 0.0
    leak: float = 0.0
    all_at_once: bool = False
    decision_days: float | None = None
    inside: int = 120
    outside: int = 80
    countries_inside: int = 27
    countries_outside: int = 15


_ALL = (
    Scenario(name="null_demand", relabel=True, shock=0.30),
    Scenario(name="null_policy", relabel=True, policy=0.8),
    Scenario(name="rerouting_only"),
    Scenario(name="rerouting", shock=0.30),
    Scenario(
        name="induced", shock=0.20, stimulus=0.25, stimulus_spread=0.2, entrants=12
    ),
    Scenario(name="policy", policy=0.5, shock=0.10),
    Scenario(name="all_at_once", all_at_once=True, shock=0.30),
    Scenario(name="selection", selection=0.35, shock=0.10),
    Scenario(name="anticipation", anticipation=0.12),
    Scenario(name="late", decision_days=25.0, shock=0.10),
    Scenario(
        name="small",
        shock=0.20,
        inside=30,
        outside=20,
        countries_inside=10,
        countries_outside=6,
    ),
    Scenario(name="spillover", shock=0.20, leak=0.15),
    Scenario(name="line_policy", line_policy=0.8, shock=0.10),
)
SCENARIOS: Mapping[str, Scenario] = MappingProxyType({s.name: s for s in _ALL})


def find_scenario(name: str) -> Scenario:
    """Look a scenario up by its public name.

    Parameters
    ----------
    name : str
        For example ``"rerouting"``.

    Returns
    -------
    Scenario
        What is true in that world.

    Raises
    ------
    SettingsError
        If there is no scenario of that name.
    """
    if name not in SCENARIOS:
        raise SettingsError(
            f"scenario: {name!r} is unknown; "
            f"allowed are {', '.join(SCENARIOS)}{nearest(name, SCENARIOS)}"
        )
    return SCENARIOS[name]
