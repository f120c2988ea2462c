"""A process remembers so much, and for so long."""

from website.services.memory import Memory


def test_what_is_too_old_is_forgotten_by_whoever_wants_it_new() -> None:
    times = iter([0.0, 119.0, 120.0, 120.0])
    memory: Memory[str] = Memory(10, lambda: next(times))
    memory.put(b"a", "x")
    assert memory.get(b"a", 120.0) == "x"
    assert memory.get(b"a", 120.0) is None
    assert memory.get(b"a", 600.0) == "x"
    assert memory.get(b"b", 600.0) is None


def test_no_more_than_so_many_are_kept_the_oldest_go() -> None:
    memory: Memory[int] = Memory(2, lambda: 0.0)
    for number in (1, 2, 1, 3):
        memory.put(bytes([number]), number)
    assert [memory.get(bytes([number]), 1.0) for number in (1, 2, 3)] == [1, None, 3]
    memory.clear()
    assert memory.get(bytes([1]), 1.0) is None
