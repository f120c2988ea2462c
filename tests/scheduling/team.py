"""A team that takes bookings one after the other, by one of the rotations, with everything seeded."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

from website.scheduling.rotations import ROTATIONS, Choice, Share, head_start, next_turn, turn_given_back


class Team:
    """Hosts 1, 2, 3 … with the weights given; `log` has the hosts chosen, in order."""

    def __init__(self, weights: Sequence[int], rotation: str = "balanced", seed: int = 1) -> None:
        shares = (Share(host, weight, position=host) for host, weight in enumerate(weights, 1))
        self.shares = {share.host_id: share for share in shares}
        self.rotation = ROTATIONS[rotation]
        self.rng = Random(seed)
        self.log: list[int] = []

    def take(self, bookings: int, busy: Collection[int] = (), busy_rate: float = 0.0) -> list[int]:
        """Takes some bookings: `busy` hosts never are free, the others are busy at random. Who got them."""
        hosts = [host for host in self.shares if host not in busy]
        taken: list[int] = []
        while len(taken) < bookings:
            free = [host for host in hosts if self.rng.random() >= busy_rate]
            if free:
                taken.append(self.book(free).host_id)
        return taken

    def book(self, free: Collection[int]) -> Choice:
        """Gives one booking to one of the free hosts."""
        pool = list(self.shares.values())
        choice = self.rotation.choose([self.shares[host] for host in free], pool, self.rng)
        chosen = self.shares[choice.host_id]
        self.shares[choice.host_id] = replace(chosen, given=chosen.given + 1, turn=next_turn(pool))
        self.log.append(choice.host_id)
        return choice

    def give_back(self, former: Share) -> None:
        """A booking of the host came to nothing; `former` is their share when they were chosen for it."""
        share = self.shares[former.host_id]
        turn = turn_given_back(share.turn, former.turn)
        self.shares[former.host_id] = replace(share, given=share.given - 1, turn=turn)

    def join(self, host: int, weight: int = 1) -> None:
        """A host joins, or comes back with what they were given before."""
        share = self.shares.get(host, Share(host, weight, position=host))
        self.shares[host] = replace(share, head_start=head_start(share, list(self.shares.values())))

    def given(self) -> Counter[int]:
        """How many bookings each host was given."""
        return Counter({host: share.given for host, share in self.shares.items()})

    def fair(self, host: int, bookings: int) -> float:
        """What this host's weight would give them of so many bookings."""
        return bookings * self.shares[host].weight / sum(share.weight for share in self.shares.values())


def longest_run(log: Sequence[int], host: int) -> int:
    """How many bookings in a row the host got at most."""
    longest = run = 0
    for chosen in log:
        run = run + 1 if chosen == host else 0
        longest = max(longest, run)
    return longest
